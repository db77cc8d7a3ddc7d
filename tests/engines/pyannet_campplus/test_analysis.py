"""What is heard in windows, with the published networks on people reading."""

from itertools import combinations

import numpy as np
import pytest
import soxr
import torch
from torchaudio.compliance import kaldi

from transcriber.engines.pyannet_campplus import filter_bank
from transcriber.engines.pyannet_campplus.analysis import WindowAnalyser
from transcriber.engines.pyannet_campplus.checkpoint import SpeakerNetworks
from transcriber.engines.pyannet_campplus.cutting import cut
from transcriber.engines.pyannet_campplus.diarizer import WindowDiarizer
from transcriber.engines.pyannet_campplus.pyannet import SPEAKER_SETS
from transcriber.speakers.windows import FRAMES, HOP_SAMPLES, LOCALS, WINDOW_SAMPLES, Window

FIRST_CENTRE = 495
"""The sample in the middle of what the first frame is computed of."""


def padded(samples: np.ndarray) -> np.ndarray:
    return np.pad(samples, (0, WINDOW_SAMPLES - len(samples))).astype(np.float32)


@pytest.fixture(scope="module")
def analyser(diarizer: WindowDiarizer) -> WindowAnalyser:
    return diarizer.analyser


@pytest.fixture(scope="module")
def conversation(readers: list[np.ndarray]) -> np.ndarray:
    """One reader, the other, and both at once."""
    first, _, second, _ = readers
    both = np.zeros(WINDOW_SAMPLES, np.float32)
    both[:80_000] += first[8000:88_000]
    both[60_000:140_000] += second[8000:88_000]
    return both


def reference(published: SpeakerNetworks, sound: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """Who speaks in a window, and a vector for each piece, computed one by one with the networks as published."""
    with torch.inference_mode():
        best = published.segmentation(torch.from_numpy(sound)[None])[0].argmax(-1)
        active = np.array([[local in SPEAKER_SETS[number] for local in range(LOCALS)] for number in best])
        features, vectors = kaldi.fbank(torch.from_numpy(sound)[None], num_mel_bins=80, dither=0), []
        centres = (np.arange(len(features)) * 160 + 199.5 - FIRST_CENTRE) / HOP_SAMPLES
        nearest = np.rint(centres).clip(0, FRAMES - 1)
        for piece in cut(active):
            own = features[np.isin(nearest, piece.frames)]
            vector = published.embedding((own - own.mean(0))[None])[0]
            vectors.append((vector / vector.norm()).numpy())
    return active, vectors


def test_it_is_what_the_published_networks_say_one_by_one(
    analyser: WindowAnalyser, published: SpeakerNetworks, conversation: np.ndarray, readers: list[np.ndarray]
) -> None:
    windows = np.stack([conversation, padded(readers[0]), conversation * 0.1])
    for sound, window in zip(windows, analyser.analyse(windows), strict=True):
        active, vectors = reference(published, sound)
        assert np.array_equal(window.active, active)
        assert len(window.pieces) == len(vectors) > 0
        np.testing.assert_allclose(window.vectors, vectors, atol=2e-3)  # half precision


def test_two_people_are_heard_and_when_each_speaks(analyser: WindowAnalyser, conversation: np.ndarray) -> None:
    (window,) = analyser.analyse(conversation[None])
    frames = np.arange(FRAMES) * HOP_SAMPLES + FIRST_CENTRE
    first = window.active[(frames > 8000) & (frames < 56_000)]
    second = window.active[(frames > 84_000) & (frames < 136_000)]
    one, other = first.sum(0).argmax(), second.sum(0).argmax()
    assert one != other
    assert first[:, one].mean() > 0.8
    assert second[:, other].mean() > 0.8
    assert not window.active[frames > 145_000].any()


def test_a_voice_is_like_itself_and_unlike_another(analyser: WindowAnalyser, readers: list[np.ndarray]) -> None:
    heard = analyser.analyse(np.stack([padded(samples) for samples in readers]))
    voices = [window.vectors.astype(np.float32).mean(0) for window in heard]
    likeness = {
        pair: float(
            voices[pair[0]] @ voices[pair[1]] / np.linalg.norm(voices[pair[0]]) / np.linalg.norm(voices[pair[1]])
        )
        for pair in combinations(range(4), 2)
    }
    assert min(likeness[0, 1], likeness[2, 3]) > 0.5
    assert max(likeness[pair] for pair in likeness if pair not in ((0, 1), (2, 3))) < 0.35


def test_the_same_windows_give_the_same_bytes(analyser: WindowAnalyser, conversation: np.ndarray) -> None:
    windows = np.stack([conversation, conversation[::-1]])
    for one, other in zip(analyser.analyse(windows), analyser.analyse(windows)):
        assert np.array_equal(one.active, other.active)
        assert one.vectors.tobytes() == other.vectors.tobytes()


@pytest.mark.parametrize("level", [0.0, 1e-7, 0.5])
def test_nobody_speaks_in_silence(level: float, analyser: WindowAnalyser) -> None:
    (window,) = analyser.analyse(np.full((1, WINDOW_SAMPLES), level, np.float32))
    assert not window.active.any()
    assert window.pieces.shape == (0,)
    assert window.vectors.shape == (0, 192)


def assert_one_reader(window: Window) -> None:
    """One local speaker at nearly all times, whose vectors are numbers of length 1."""
    spoken = window.active.sum(0)
    assert spoken.max() > 0.9 * spoken.sum() > 200
    lengths = np.linalg.norm(window.vectors.astype(np.float32), axis=1)
    assert len(lengths)
    np.testing.assert_allclose(lengths, 1, atol=2e-3)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30, -1e30])
def test_samples_that_are_no_sound_spoil_no_window(
    value: float, analyser: WindowAnalyser, readers: list[np.ndarray]
) -> None:
    sound = padded(readers[0])
    sound[1000:1005] = value
    assert_one_reader(analyser.analyse(sound[None])[0])


def telephone(samples: np.ndarray) -> np.ndarray:
    """As it comes over a line of 8 kHz."""
    narrow = soxr.resample(samples, 16_000, 8000)
    return soxr.resample(narrow, 8000, 16_000)[:WINDOW_SAMPLES]


@pytest.mark.parametrize(
    "change", [telephone, lambda samples: (samples * 30).clip(-1, 1), lambda samples: samples * 0.003]
)
def test_a_reader_over_the_telephone_clipped_or_quiet(
    change: object, analyser: WindowAnalyser, readers: list[np.ndarray]
) -> None:
    assert_one_reader(analyser.analyse(padded(change(readers[0]))[None])[0])  # type: ignore[operator]


def test_another_default_type_changes_nothing(
    analyser: WindowAnalyser, conversation: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library may set it in its own thread, for all, while a window is being heard."""
    (expected,) = analyser.analyse(conversation[None])
    monkeypatch.setattr(filter_bank, "_window", filter_bank._window.__wrapped__)  # as for the first time
    torch.set_default_dtype(torch.bfloat16)
    try:
        (window,) = analyser.analyse(conversation[None])
    finally:
        torch.set_default_dtype(torch.float32)
    assert window.vectors.tobytes() == expected.vectors.tobytes()
