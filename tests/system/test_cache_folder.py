"""Where libraries keep what they compile, for users of every kind."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.places import DEMO_MODELS, PROJECT, SAMPLE
from tests.support.programs import run_program
from transcriber.system import cache_folder

NAMELESS = ("unshare", "--user", "--map-user=54321", "--map-group=54321")
"""util-linux: the same process, as a user whom no list of users has."""
SHOW = (
    "import os; from transcriber.system import cache_folder as c; c.prepare()\n"
    "print(*map(os.environ.get, (*c.CACHE_VARIABLES, 'HOME')))"
)


def as_nobody(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Python as a user without a name and, unless it is given, without a home."""
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "TMPDIR", "LANG")}
    command = [*NAMELESS, sys.executable, *map(str, arguments)]
    return subprocess.run(
        command, cwd=PROJECT, capture_output=True, text=True, timeout=200, check=False, env={**kept, **environment}
    )


@pytest.fixture(autouse=True, scope="module")
def can_be_nameless() -> None:
    if not shutil.which("unshare") or as_nobody("--version").returncode:
        pytest.skip("this system lets nobody be nameless")


@pytest.mark.parametrize("home", [None, "/dev/null/nowhere", "/dev/null", ""])
def test_without_a_home_it_is_among_the_temporary_files(tmp_path: Path, home: str | None) -> None:
    given = {} if home is None else {"HOME": home}
    if home == "" and os.access("/", os.W_OK):
        pytest.skip("the home is then the root of the disk")
    first, second = (as_nobody("-c", SHOW, TMPDIR=str(tmp_path), **given) for _ in range(2))
    assert first.returncode == 0, first.stderr
    folder = tmp_path / "transcriber-54321"
    assert first.stdout.split()[:2] == [str(folder / "numba"), str(folder / "torch")]
    assert first.stdout.split()[2:] == [str(folder) if home is None else home]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert second.stdout == first.stdout


def test_with_a_home_it_is_in_the_users_cache_folder(tmp_path: Path) -> None:
    result = as_nobody("-c", SHOW, HOME=str(tmp_path), XDG_CACHE_HOME=str(tmp_path / "cache ü"))
    assert result.stdout.startswith(str(tmp_path / "cache ü" / "transcriber" / "numba"))


def test_what_the_user_has_said_stays(tmp_path: Path) -> None:
    result = as_nobody("-c", SHOW, NUMBA_CACHE_DIR="/mine", TMPDIR=str(tmp_path))
    assert result.stdout.split()[0] == "/mine"


def test_a_folder_that_others_may_write_is_not_used(tmp_path: Path) -> None:
    """What numba finds there is run."""
    (tmp_path / "transcriber-54321").mkdir(mode=0o777)
    (tmp_path / "transcriber-54321").chmod(0o777)
    result = as_nobody("-c", SHOW, TMPDIR=str(tmp_path))
    assert result.returncode == 0, result.stderr
    assert not result.stdout.startswith(str(tmp_path / "transcriber-54321"))
    assert result.stdout.startswith(str(tmp_path / "transcriber-"))


def test_a_link_to_elsewhere_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "transcriber-54321").symlink_to(tmp_path / "elsewhere")
    result = as_nobody("-c", SHOW, TMPDIR=str(tmp_path))
    assert "transcriber-54321" not in result.stdout


def test_nothing_can_be_written_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError("read-only")

    for name in (*cache_folder.CACHE_VARIABLES, "NUMBA_DISABLE_JIT"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setattr(cache_folder.user_folders, "cache", refused)
    monkeypatch.setattr(cache_folder, "_of_temporary", refused)
    monkeypatch.setattr(cache_folder.tempfile, "mkdtemp", refused)
    cache_folder.prepare()
    assert os.environ["NUMBA_DISABLE_JIT"] == "1"


@pytest.mark.parametrize(
    "arguments",
    [
        ("-m", "transcriber", "--help"),
        ("-m", "transcriber", "--version"),
        ("-m", "transcriber", "models", "--models-dir", DEMO_MODELS),
        ("-m", "transcriber", "check", "--models-dir", DEMO_MODELS),
        ("-m", "transcriber", "serve", "--help"),
        ("-m", "transcriber", "transcribe", "--help"),
        ("transcribe_ui.py", "--help"),
        ("setup_local_models.py", "--help"),
        ("setup_local_models.py", "--check", "--models-dir", DEMO_MODELS),
    ],
    ids=lambda arguments: " ".join(map(str, arguments[:3])),
)
def test_what_needs_no_home_asks_for_none(arguments: tuple[object, ...]) -> None:
    result = as_nobody(*arguments)
    assert (result.returncode, result.stderr) == (0, "")


LOOK = """
from transcriber.models import catalog
from transcriber.freeze.caches import cached
print(*(cached(spec, file) for spec in map(catalog.find, ("parakeet", "whisper-tiny")) for file in spec.files))
"""


@pytest.mark.parametrize("home", [None, "/dev/null", "{closed}/nowhere"])
def test_other_programs_caches_are_looked_for_only_where_there_is_a_home(tmp_path: Path, home: str | None) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o000)
    result = as_nobody("-c", LOOK, **({} if home is None else {"HOME": home.format(closed=closed)}))
    assert (result.stdout.split(), result.returncode) == (["None", "None"], 0), result.stderr


@pytest.mark.parametrize("model", ["parakeet", "canary", "whisper"])
def test_a_nameless_user_transcribes(tmp_path: Path, model: str, sample_words: list[dict]) -> None:
    asked = ("--models-dir", DEMO_MODELS, "--device", "cpu", "--model", model)
    result = as_nobody("-m", "transcriber", "transcribe", SAMPLE, *asked, TMPDIR=str(tmp_path))
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == [word["text"] for word in sample_words]


@pytest.mark.parametrize("program", [("-m", "transcriber", "serve"), ("transcribe_ui.py", "--no-browser")])
def test_a_page_without_a_place_for_recordings_says_so(program: tuple[str, ...]) -> None:
    result = as_nobody(*program, "--models-dir", DEMO_MODELS, "--port", 0)
    assert result.returncode == 1
    assert "say where recordings are to be kept with --data-dir" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_home_that_is_not_there_is_said() -> None:
    result = run_program(
        *("-m", "transcriber", "serve", "--models-dir", DEMO_MODELS, "--port", 0),
        HOME="/dev/null/home",
        XDG_DATA_HOME="",
    )
    assert result.returncode == 1
    assert "the data folder /dev/null/home/" in result.stderr
    assert "--data-dir" in result.stderr
    assert "Traceback" not in result.stderr
