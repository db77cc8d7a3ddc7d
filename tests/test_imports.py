"""What may be imported when: start-up stays light, and the tree's law holds."""

import ast
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import transcriber
from tests.support.places import PROJECT
from tests.support.programs import run_program

HEAVY = ("torch", "gradio", "huggingface_hub", "nemo", "whisper", "docx", "lxml", "pydantic")


def loaded_by(statement: str) -> set[str]:
    result = run_program("-c", f"{statement}\nimport sys\nprint(*(name for name in {HEAVY} if name in sys.modules))")
    assert result.returncode == 0, result.stderr
    return set(result.stdout.split())


def test_the_package_loads_nothing_heavy() -> None:
    assert (
        loaded_by(
            "import transcriber, transcriber.cli, transcriber.engines, transcriber.jobs.store, transcriber.exports"
        )
        == set()
    )


def test_commands_start_without_numpy() -> None:
    result = run_program("-c", "import sys, transcriber.cli; print('numpy' in sys.modules)")
    assert result.stdout == "False\n", result.stderr


def test_the_public_names_are_there_and_load_no_model_library() -> None:
    names = ", ".join(transcriber.__all__)
    assert loaded_by(f"from transcriber import {names}") == set()
    with pytest.raises(AttributeError, match="no attribute 'Transcribe'"):
        _ = transcriber.Transcribe


def test_the_front_doors_load_nothing_heavy() -> None:
    assert loaded_by("import transcribe_ui, setup_local_models") == set()


def test_the_web_process_loads_no_model_and_no_media_library() -> None:
    result = run_program(
        "-c",
        "import transcriber.server.app, transcriber.ui.page, sys\n"
        "from transcriber.engines.families import types; types()\n"
        "print(*(name for name in ('torch', 'nemo', 'whisper', 'av', 'soundfile') if name in sys.modules))",
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == []


def test_help_is_there_at_once() -> None:
    """No timed promise, only that nothing heavy is behind it: 0.3 s is measured in benchmarks."""
    began = time.monotonic()
    result = run_program("-m", "transcriber", "--help")
    assert result.returncode == 0
    assert "transcribe" in result.stdout
    assert time.monotonic() - began < 20


def imported(tree: ast.Module) -> Iterator[str]:
    """The modules and names that a file imports, anywhere in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


TEST_FILES = sorted((PROJECT / "tests").rglob("*.py"))


def test_what_tests_share_lies_in_support() -> None:
    """No test imports from another test, from a conftest or from a benchmark, but for the tests of benchmarks."""
    wrong = [
        f"{path.relative_to(PROJECT)}: {name}"
        for path in TEST_FILES
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
        if (name.startswith("tests.") and not name.startswith("tests.support."))
        or (name.startswith("benchmarks.") and path.parent.name != "benchmarks")
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "path", [path for path in TEST_FILES if path.name == "conftest.py"], ids=lambda p: p.parent.name
)
def test_a_conftest_holds_fixtures_only(path: Path) -> None:
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    shared = [
        ast.unparse(node).splitlines()[0]
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, definitions)
        and not any("pytest.fixture" in ast.unparse(decorator) for decorator in getattr(node, "decorator_list", ()))
    ]
    assert shared == []
