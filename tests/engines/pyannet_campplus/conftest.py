"""The published networks, and two people reading."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from transcriber.engines.pyannet_campplus import checkpoint
from transcriber.engines.pyannet_campplus.diarizer import WindowDiarizer, restore


@pytest.fixture(scope="session")
def published(real_models: Path) -> checkpoint.SpeakerNetworks:
    """As published: nothing fused, nothing packed."""
    return checkpoint.restore(real_models / "speakers.nemo", "cpu")


@pytest.fixture(scope="session")
def diarizer(real_models: Path) -> WindowDiarizer:
    return WindowDiarizer(restore(real_models / "speakers.nemo", "cpu"), "cpu")


@pytest.fixture(scope="session")
def readers(shared_data: Path) -> list[np.ndarray]:
    """Two utterances of one reader and two of another, ten seconds at most of each."""
    names = ("1089-134686-0000.flac", "1089-134691-0001.flac", "1221-135766-0001.wav", "1221-135766-0002.wav")
    return [
        soundfile.read(shared_data / "librispeech-test-clean" / name, 160_000, dtype="float32")[0] for name in names
    ]
