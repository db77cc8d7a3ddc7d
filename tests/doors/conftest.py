"""The real program with the demo models, which the official clients ask."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.places import DEMO_MODELS
from tools.running import SERVE, start_page


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served") / "data"


@pytest.fixture(scope="session")
def running(data_dir: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """`transcriber serve`, and its address."""
    process, address = start_page(
        *("--models-dir", DEMO_MODELS, "--data-dir", data_dir, "--largest", 20), program=SERVE
    )
    yield process, address
    process.terminate()
    assert process.wait(20) == 0


@pytest.fixture(scope="session")
def address(running: tuple["subprocess.Popen[str]", str]) -> str:
    return running[1]


@pytest.fixture
def words(sample_words: list[dict]) -> str:
    """Of the sample recording."""
    return " ".join(word["text"] for word in sample_words)
