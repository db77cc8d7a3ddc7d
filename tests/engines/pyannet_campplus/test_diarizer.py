"""The diarizer of both networks: from samples to voices, interrupted or not, and one person's voice."""

from pathlib import Path

import numpy as np
import pytest

from tests.support.windows import random_window
from transcriber.engines import families
from transcriber.engines.loading import diarizer_of
from transcriber.engines.pyannet_campplus.diarizer import DIARIZER, WindowDiarizer
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions
from transcriber.speakers.windows import HEADER, STEP_FRAMES, read_windows, window_bytes


def heard(diarizer: WindowDiarizer, samples: np.ndarray, before: bytes = b"", block: int = 77_777) -> bytes:
    listener = diarizer.listener(before)
    for at in range(0, len(samples), block):
        listener.hear(samples[at : at + block])
    listener.finish()
    listener.close()
    return before + listener.take()


def test_it_is_found_by_the_file(real_models: Path) -> None:
    assert families.diarizer_types()["speakers"] is DIARIZER
    diarizer = diarizer_of(ModelStore(real_models).find("speakers"), TranscribeOptions(device="cpu"))
    assert isinstance(diarizer, WindowDiarizer)
    assert (diarizer.name, diarizer.device) == ("speakers", "cpu")


@pytest.mark.parametrize("samples", [0, 1, 990, 16_000, 159_999, 160_000, 160_001, 240_000])
def test_recordings_of_any_length(samples: int, diarizer: WindowDiarizer, readers: list[np.ndarray]) -> None:
    windows, length = read_windows(heard(diarizer, np.tile(readers[0], 2)[:samples]))
    assert length == samples
    assert len(windows) == (0 if not samples else 1 if samples <= 160_000 else 2 if samples < 239_920 else 3)
    assert all(len(window.pieces) for _, window in windows if samples >= 160_000)


def test_two_readers_are_two_people(diarizer: WindowDiarizer, readers: list[np.ndarray]) -> None:
    samples = np.concatenate([readers[0], readers[2], readers[1], readers[3]])
    listener = diarizer.listener()
    listener.hear(samples)
    activity = listener.finish().people()
    listener.close()
    assert activity.active.shape[1] == 2
    ends = np.cumsum([len(readers[index]) for index in (0, 2, 1, 3)]) / 16_000
    begins = np.concatenate([[0], ends[:-1]])
    times = np.arange(len(activity.exclusive)) * activity.frame_seconds + activity.first_seconds
    for begin, end, person in zip(begins, ends, (0, 1, 0, 1)):
        spoken = activity.exclusive[(times > begin + 0.5) & (times < end - 0.5)]
        assert (spoken[spoken >= 0] == person).mean() > 0.97


def test_what_was_interrupted_goes_on_to_the_same_bytes(diarizer: WindowDiarizer, readers: list[np.ndarray]) -> None:
    samples = np.concatenate(readers)
    whole = heard(diarizer, samples)
    windows, _ = read_windows(whole)
    first_group = HEADER + b"".join(window_bytes(frame, window) for frame, window in windows[:4])
    assert heard(diarizer, samples, first_group, 50_000) == whole


def test_what_was_heard_before_is_taken_as_it_is(diarizer: WindowDiarizer, readers: list[np.ndarray]) -> None:
    before = HEADER + b"".join(window_bytes(index * STEP_FRAMES, random_window(index)) for index in range(4))
    assert heard(diarizer, np.concatenate(readers), before).startswith(before)


def test_a_voice_is_known_again_from_another_recording(diarizer: WindowDiarizer, readers: list[np.ndarray]) -> None:
    voices = [diarizer.embed(samples) for samples in readers]
    assert all(voice is not None for voice in voices)
    likeness = np.array(voices) @ np.array(voices).T
    np.testing.assert_allclose(likeness.diagonal(), 1, atol=1e-5)
    assert min(likeness[0, 1], likeness[2, 3]) > 0.5
    assert likeness[:2, 2:].max() < 0.35


@pytest.mark.parametrize("seconds", [2, 14, 25])
def test_a_voice_from_two_seconds_on(seconds: int, diarizer: WindowDiarizer, readers: list[np.ndarray]) -> None:
    long = np.concatenate([readers[0], readers[1], readers[0]])
    voice, other = diarizer.embed(long[16_000 : 16_000 * (seconds + 1)]), diarizer.embed(readers[1])
    assert voice is not None
    assert other is not None
    assert voice @ other > 0.5


@pytest.mark.parametrize("samples", [0, 100, 8000, 200_000])
def test_nobody_has_a_voice_in_silence(samples: int, diarizer: WindowDiarizer) -> None:
    assert diarizer.embed(np.zeros(samples, np.float32)) is None


def test_half_a_second_is_too_little(diarizer: WindowDiarizer, readers: list[np.ndarray]) -> None:
    assert diarizer.embed(readers[0][32_000:40_000]) is None


def test_nobody_is_known_where_all_speak_at_once(diarizer: WindowDiarizer, readers: list[np.ndarray]) -> None:
    length = min(len(readers[0]), len(readers[2]))
    both = readers[0][:length] + readers[2][:length]
    alone = diarizer.embed(readers[0])
    mixed = diarizer.embed(both)
    assert alone is not None
    assert mixed is None or mixed @ alone < 0.9


@pytest.mark.gpu
def test_on_a_card_it_hears_the_same(real_models: Path, diarizer: WindowDiarizer, readers: list[np.ndarray]) -> None:
    samples = np.concatenate(readers)
    card = WindowDiarizer(DIARIZER.restore(real_models / "speakers.nemo", "cuda"), "cuda")
    for (_, there), (_, here) in zip(read_windows(heard(card, samples))[0], read_windows(heard(diarizer, samples))[0]):
        assert (there.active == here.active).mean() > 0.99
    there, here = card.embed(readers[0]), diarizer.embed(readers[0])
    assert there is not None
    assert here is not None
    assert there @ here > 0.99
