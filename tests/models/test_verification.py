"""Verifying on demand."""

import shutil
import time
from pathlib import Path

import pytest

from tests.support.places import DEMO_MODELS
from transcriber.errors import ModelNotFrozenError
from transcriber.models.store import ModelStore
from transcriber.models.verification import Verdict, Verifier


@pytest.fixture
def verifier(tmp_path: Path) -> Verifier:
    shutil.copytree(DEMO_MODELS, tmp_path / "models")
    return Verifier(ModelStore(tmp_path / "models"))


def verified(verifier: Verifier, name: str) -> Verdict:
    verifier.start(name)
    for _ in range(500):
        if (found := verifier.verdict(name)) and found.state != "verifying":
            return found
        time.sleep(0.02)
    raise AssertionError(found)


def test_whole_until_the_file_changes(verifier: Verifier) -> None:
    before = verifier.revision
    assert verifier.verdict("whisper") is None
    assert verified(verifier, "whisper").message == "Verified: every byte is as it was frozen."
    assert verifier.revision == before + 2
    verifier.store.find("whisper").path.touch()
    assert verifier.verdict("whisper") is None


def test_one_changed_byte_is_found(verifier: Verifier) -> None:
    path = verifier.store.find("whisper").path
    content = bytearray(path.read_bytes())
    content[-5000] ^= 1
    path.write_bytes(content)
    found = verified(verifier, "whisper")
    assert found.state == "damaged"
    assert f"the model file {path} is not the one that was frozen; delete it and run" in found.message


def test_one_that_is_not_here(verifier: Verifier) -> None:
    with pytest.raises(ModelNotFrozenError):
        verifier.start("whisper-base")
