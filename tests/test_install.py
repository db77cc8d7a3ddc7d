"""What an installation carries: the command, the page's files, the types."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.places import PROJECT

STATIC = PROJECT / "transcriber" / "ui" / "static"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Built from a copy, with what is installed."""
    folder = tmp_path_factory.mktemp("built")
    shutil.copytree(PROJECT / "transcriber", folder / "transcriber", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "requirements.txt"):
        shutil.copy(PROJECT / name, folder)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", str(folder)]
    subprocess.run([*command, "--wheel-dir", str(folder)], check=True, timeout=120, cwd=folder)
    (found,) = folder.glob("*.whl")
    return zipfile.ZipFile(found)


def test_the_page_and_the_types_are_in_it(wheel: zipfile.ZipFile) -> None:
    files = set(wheel.namelist())
    wanted = [Path("transcriber/ui/static", path.relative_to(STATIC)) for path in STATIC.rglob("*") if path.is_file()]
    assert {path.as_posix() for path in wanted} | {"transcriber/py.typed"} <= files
    assert not [name for name in files if name.startswith(("tests/", "tools/", "demo_models/"))]


def test_the_command_and_what_it_needs(wheel: zipfile.ZipFile) -> None:
    (about,) = {name.partition("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    assert "transcriber = transcriber.cli:main" in wheel.read(f"{about}/entry_points.txt").decode()
    assert "Requires-Dist: torch==" in wheel.read(f"{about}/METADATA").decode()


def test_the_installed_command() -> None:
    command = Path(sys.executable).with_name("transcriber")
    result = subprocess.run([str(command), "--help"], capture_output=True, text=True, check=True, timeout=60)
    assert result.stdout.startswith("usage: transcriber ")
