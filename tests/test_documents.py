"""What the documents say is what the code says: tables, commands, routes, links, names of files."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

import transcriber
from tests.support.fakes import EchoEngine
from tests.support.places import DEMO_MODELS, FAKE_SETUP, PROJECT
from tools import document_tables
from transcriber.exports import FORMATS
from transcriber.jobs.configurations import Configurations
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.results import Results
from transcriber.jobs.store import Jobs
from transcriber.models import catalog
from transcriber.models.store import ModelStore
from transcriber.server.app import create_app
from transcriber.server.routes.v1.access import Limits
from transcriber.server.routes.v1.request import Transcription, Translation
from transcriber.server.setup_process import SetupQueue
from transcriber.transcript import Transcript

FOR_USERS = [
    *(PROJECT / name for name in ("README.md", "user-model-setup-guide.md")),
    *sorted((PROJECT / "docs").glob("*.md")),
]
DOCUMENTS = [
    *FOR_USERS,
    PROJECT / "CONTRIBUTING.md",
    *(PROJECT / folder / "README.md" for folder in ("benchmarks", "demo_models", "examples")),
]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)
PARSERS = document_tables.parsers()
HTTP = PROJECT / "docs" / "http.md"


def read(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def of_name(document: Path) -> str:
    return str(document.relative_to(PROJECT))


SOURCES = sorted((PROJECT / "transcriber").rglob("*.py"))
VISIBLE = [place for place in PROJECT.iterdir() if not place.name.startswith(".")]
FILES = [f"/{of_name(file)}" for place in VISIBLE for file in (place, *place.rglob("*.*"))]
FOLDERS = {place.name for place in (*VISIBLE, *(PROJECT / "transcriber").iterdir()) if place.is_dir()}
OTHERS = {"version.py"}
"""Files of torch that are named without it."""
in_each = pytest.mark.parametrize("document", DOCUMENTS, ids=of_name)


def test_the_tables_are_the_catalogues() -> None:
    assert document_tables.default_models() in read(PROJECT / "docs" / "models.md")
    assert document_tables.all_models() in read(PROJECT / "user-model-setup-guide.md")


def test_the_size_of_the_set_up_is_right() -> None:
    size = sum(catalog.find(name).size or 0 for name in catalog.defaults())
    for document in ("README.md", "user-model-setup-guide.md"):
        assert f"{size / 1e9:.1f} GB" in (PROJECT / document).read_text(encoding="utf-8")


@pytest.mark.parametrize("document", document_tables.DOCUMENTS, ids=of_name)
def test_tables_that_are_made_from_the_code_are_up_to_date(document: Path) -> None:
    assert document_tables.rewritten(read(document)) == read(document), "run python -m tools.document_tables"


def typed(text: str) -> Iterator[tuple[str, str]]:
    """(program, arguments) of each line in the blocks that show what to type, without comments."""
    for language, block in BLOCK.findall(text):
        for line in () if language else block.splitlines():
            command = line.partition(" #")[0].rpartition("| ")[2].removeprefix(".venv/bin/")
            program, _, arguments = re.sub(r"^python (-m )?", "", command).strip().partition(" ")
            yield program, arguments


@in_each
def test_every_command_is_one_that_the_program_takes(document: Path) -> None:
    for program, arguments in typed(read(document)):
        if program == "transcriber":
            program, _, arguments = arguments.partition(" ")  # noqa: PLW2901
        if program in PARSERS:
            PARSERS[program].parse_args(shlex.split(arguments))
        elif program == "make":
            assert re.search(rf"^(.* )?{arguments}( .*)?:", read(PROJECT / "Makefile"), re.M), arguments
        elif program.startswith(("tools.", "benchmarks.")):
            assert (PROJECT / f"{program.replace('.', '/')}.py").is_file(), program
        elif program.endswith(".py"):
            assert (PROJECT / program).is_file(), program


@pytest.mark.parametrize("document", FOR_USERS, ids=of_name)
def test_every_option_in_the_text_is_one_of_the_program(document: Path) -> None:
    for code in re.findall(r"`([^`\n]+)`", BLOCK.sub("", read(document))):
        command = code.removeprefix(".venv/bin/").removeprefix("python ").removeprefix("transcriber ")
        parsers = [PARSERS[name] for name in (command.split(" ")[0],) if name in PARSERS]
        if parsers or command.startswith("--"):
            known = {option for parser in parsers or PARSERS.values() for option in parser._option_string_actions}
            assert set(re.findall(r"(?<!\S)--[\w-]+", command)) <= known, code


@in_each
def test_what_is_installed_and_made_is_there(document: Path) -> None:
    for file in re.findall(r"pip install -r (\S+\.txt)", read(document)):
        assert (PROJECT / file).is_file(), file


def test_every_command_of_the_program_is_in_the_document() -> None:
    table = read(PROJECT / "docs" / "command-line.md").split("| command |")[1].split("\n\n")[0]
    listed = re.findall(r"^\| `(\w+)` \|", table, re.M)
    assert sorted(listed) == sorted(name for name in PARSERS if not name.endswith(".py"))


def test_the_map_has_every_room() -> None:
    rooms = re.findall(r"`(\w+)/`", read(PROJECT / "CONTRIBUTING.md"))
    for folder in (PROJECT / "transcriber").iterdir():
        assert folder.name in rooms or not (folder / "__init__.py").exists()


def test_the_table_of_formats_has_each_once() -> None:
    rows = re.findall(r"^\| (`.+?`) \| .+ \|$", read(PROJECT / "docs" / "formats.md").split("## Subtitles")[0], re.M)
    assert sorted(re.findall(r"`(\w+)`", " ".join(rows))) == sorted(FORMATS)


def test_numbers_in_words_are_right() -> None:
    words = (
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty twenty-one twenty-two"
    )
    number = dict(enumerate(words.split(), start=10))
    formats, models = number[len(FORMATS)], number[sum(bool(spec.file) for spec in catalog.ROWS)]
    for name in ("README.md", "docs/page.md"):
        assert re.search(rf"{formats} (formats|\[formats)", read(PROJECT / name))
    assert f"[The guide](user-model-setup-guide.md) lists {models}:" in read(PROJECT / "README.md")


@pytest.fixture
def routes(jobs: Jobs, results: Results, transcript: Transcript, tmp_path: Path) -> set[str]:
    """Every route that /openapi.json describes, such as "GET /jobs"."""
    store = ModelStore(DEMO_MODELS)
    setups = SetupQueue(FAKE_SETUP, store.folder, tmp_path / "setup.log")
    dispatcher = Dispatcher(jobs, results, EchoEngine(transcript), store)
    app = create_app(dispatcher, Configurations(jobs.database, store, "cpu"), setups, Limits(1, 1))
    return {f"{method.upper()} {path}" for path, methods in app.openapi()["paths"].items() for method in methods}


def test_every_route_is_in_the_document(routes: set[str]) -> None:
    rows = [line for line in read(HTTP).splitlines() if line.startswith("| `")]
    listed = [
        route for row in rows for route in re.findall(r"`((?:GET|POST|PUT|PATCH|DELETE) \S+)`", row.split(" | ")[0])
    ]
    assert sorted(listed) == sorted(routes)


def test_every_address_that_is_called_is_a_route(routes: set[str]) -> None:
    paths = {route.split(" ")[1] for route in routes}
    for path in re.findall(r"^curl http://[^/]+(\S+)", read(HTTP), re.M):
        assert path in paths


def test_every_field_of_openais_form_is_in_the_document() -> None:
    rows = re.findall(r"^\| `([\w\[\]]+)` \| (yes|no) \|", read(HTTP), re.M)
    names = [
        [field.alias or name for name, field in form.model_fields.items()] for form in (Transcription, Translation)
    ]
    assert sorted(rows) == sorted((name, "yes" if name in names[1] else "no") for name in names[0])


@in_each
def test_every_link_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", BLOCK.sub("", read(document))):
        assert (document.parent / target).exists(), target


@in_each
def test_every_python_example_is_python_and_imports_what_there_is(document: Path) -> None:
    for language, block in BLOCK.findall(read(document)):
        if language != "python":
            continue
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.ImportFrom) and node.module == "transcriber":
                assert {alias.name for alias in node.names} <= set(transcriber.__all__)


@pytest.mark.parametrize("document", [*DOCUMENTS, *SOURCES], ids=of_name)
def test_every_file_of_ours_that_is_named_is_there(document: Path) -> None:
    """Other people's are named with their package, such as torch/serialization.py."""
    for name in re.findall(r"(?<![\w/.{}-])((?:[a-z\d_-]+/)*[a-z\d_-]+\.(?:py|js|md))\b", read(document)):
        if name.partition("/")[0] in FOLDERS or ("/" not in name and name not in OTHERS):
            assert any(file.endswith(f"/{name}") for file in FILES), name
