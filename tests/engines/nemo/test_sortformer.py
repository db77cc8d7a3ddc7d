"""Sortformer on its real class, with random weights: what is heard block by block is what NeMo hears of the whole."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from nemo.collections.asr.models import SortformerEncLabelModel
from nemo.collections.asr.parts.utils.vad_utils import ts_vad_post_processing

from tests.support.places import SAMPLE
from tests.support.small_sortformer import talk, whole, write_sortformer
from transcriber.engines import families
from transcriber.engines.nemo.diarizer import DIARIZER, SortformerDiarizer
from transcriber.engines.nemo.sortformer import STREAMING
from transcriber.errors import ModelRefusedError, StorageError, UnsupportedOptionError
from transcriber.freeze.freeze_worker import prove
from transcriber.options import TranscribeOptions
from transcriber.pipeline.transcriber import Transcriber
from transcriber.speaker_count import SpeakerCount
from transcriber.speakers.frames import FRAME_SECONDS, PEOPLE, FrameVoices, read_frames, read_voices, speaks

SHORT = {"chunk_len": 12, "chunk_right_context": 2, "fifo_len": 6, "spkcache_update_period": 6, "spkcache_len": 40}
"""In frames: so that what the model remembers is full, and is compressed, within seconds."""
TALK = talk(70.013)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sortformer(tmp_path_factory.mktemp("models") / "sortformer.nemo")


@pytest.fixture(scope="module")
def published(archive: Path) -> Any:
    """It as the program listens with it."""
    return DIARIZER.restore(archive, "cpu")


@pytest.fixture(scope="module")
def model(archive: Path) -> Any:
    """It with short chunks."""
    model = DIARIZER.restore(archive, "cpu")
    for name, frames in SHORT.items():
        setattr(model.sortformer_modules, name, frames)
    return model


def listened(model: Any, samples: np.ndarray, block: int = 8000, heard: bytes = b"") -> tuple[bytes, FrameVoices]:
    """What is kept of samples that are given in blocks, taken after each; and what was heard."""
    listener = SortformerDiarizer(model, "cpu").listener(heard)
    taken = []
    for start in range(0, len(samples), block):
        listener.hear(samples[start : start + block])
        taken.append(listener.take())
    voices = listener.finish()
    taken.append(listener.take())
    listener.close()
    return b"".join(taken), voices


def assert_same(probabilities: np.ndarray, expected: torch.Tensor) -> None:
    assert probabilities.shape == expected.shape
    assert np.abs(probabilities / 255 - expected.numpy()).max() < 0.5 / 255 + 1e-4  # they are kept in steps of 1/255


def test_it_is_one_of_the_families(archive: Path) -> None:
    assert families.diarizer_type_of(families.kind_of(archive)) is DIARIZER


def test_it_is_proved_at_set_up(archive: Path, tmp_path: Path) -> None:
    """As it is proved there: loaded as the program does, the published weights, silence and noise."""
    sources = tmp_path / "sources"
    sources.mkdir()
    shutil.copy(archive, sources)
    prove(sources, archive)


def test_what_is_heard_in_chunks_is_what_nemo_hears(published: Any, model: Any) -> None:
    """With its publisher's chunks of 27 s and with short ones; people come and go, and are told apart differently."""
    expected = [whole(one, TALK) for one in (published, model)]
    assert {name: getattr(published.sortformer_modules, name) for name in STREAMING} == STREAMING
    assert all(probabilities.std(0).min() > 0.1 for probabilities in expected)
    assert (expected[0] - expected[1]).abs().max() > 0.1
    for one, probabilities in zip((published, model), expected):
        kept, voices = listened(one, TALK)
        assert_same(voices.probabilities, probabilities)
        assert (read_voices(kept).probabilities == voices.probabilities).all()
        assert read_voices(kept).duration == voices.duration == len(TALK) / 16_000


@pytest.mark.parametrize("samples", [1, 159, 160, 161, 1280, 15_400, 15_359, 17_920, 18_500, 30_720, 31_234])
def test_a_recording_of_any_length(model: Any, samples: int) -> None:
    """Also shorter than a feature, and such that its last chunk is as short as can be."""
    _, voices = listened(model, TALK[:samples])
    if samples < 160:
        assert len(voices.probabilities) == 0
    else:
        assert_same(voices.probabilities, whole(model, TALK[:samples]))


def test_blocks_of_any_size_give_the_same_bytes(model: Any) -> None:
    part = TALK[: 16_000 * 12]
    kept = {listened(model, part, block)[0] for block in (len(part), 5000, 33_333)}
    assert len(kept) == 1


def test_nothing_at_all(model: Any) -> None:
    kept, voices = listened(model, TALK[:0])
    assert voices.duration == 0 and len(voices.probabilities) == 0
    assert read_frames(kept)[1] == 0


def test_it_goes_on_where_it_was_interrupted(model: Any) -> None:
    """By listening again from the beginning, and keeping only what is new."""
    part = TALK[: 16_000 * 12]
    kept, voices = listened(model, part)
    listener = SortformerDiarizer(model, "cpu").listener()
    listener.hear(part[: 16_000 * 7])
    listener.close()
    before = listener.take()
    frames = len(read_frames(before)[0])
    assert 0 < frames < len(voices.probabilities)
    after, again = listened(model, part, heard=before)
    assert before + after == kept
    assert (again.probabilities == voices.probabilities).all() and again.duration == voices.duration
    assert listened(model, part, heard=kept)[0] == b""


def test_what_was_kept_by_another_diarizer_is_refused(model: Any) -> None:
    with pytest.raises(StorageError, match="damaged, or of another version"):
        SortformerDiarizer(model, "cpu").listener(b"speakers\n")


def test_memory_does_not_grow(model: Any) -> None:
    """A listener that has heard a minute holds less than four seconds of it, and keeps 4 bytes a frame, and records."""
    listener = SortformerDiarizer(model, "cpu").listener()
    held = []
    for start in range(0, len(TALK), 16_000):
        listener.hear(TALK[start : start + 16_000])
        held.append(len(listener._buffer))
    listener.finish()
    assert max(held) < 16_000 * 4
    assert len(listener.take()) < 6 * len(TALK) / 16_000 / FRAME_SECONDS
    listener.close()


def test_what_goes_wrong_is_raised_and_nothing_is_kept_behind_it(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    listener = SortformerDiarizer(model, "cpu").listener()
    listener.hear(TALK[: 16_000 * 3])
    monkeypatch.setattr(model, "forward_streaming_step", lambda **_: (_ for _ in ()).throw(MemoryError("no room")))
    with pytest.raises(MemoryError, match="no room"):
        for start in range(3, 40):
            listener.hear(TALK[16_000 * start : 16_000 * (start + 1)])
    monkeypatch.undo()
    listener.close()
    frames, samples = read_frames(listener.take())
    assert samples is None and len(frames) <= 3 / FRAME_SECONDS


def test_a_recording_through_the_program(archive: Path) -> None:
    """More people than it knows are refused before anything is listened to."""
    transcriber = Transcriber(archive.parent)
    options = TranscribeOptions(device="cpu", speakers="2", speaker_model="sortformer")
    found = transcriber.diarize(SAMPLE, options)
    assert (found.model, found.count) == ("sortformer", "2")
    assert {turn.speaker for turn in found.turns} == {voice.speaker for voice in found.voices}
    assert len(found.voices) == 2
    with pytest.raises(UnsupportedOptionError, match="4 people apart at most, not 5"):
        transcriber.diarize(Path("nowhere.wav"), replace(options, speakers="5"))
    with pytest.raises(UnsupportedOptionError, match=r"knows nobody's voice .* choose the model speakers"):
        transcriber.diarize(Path("nowhere.wav"), replace(options, known_speakers=(("Anna", "anna.wav"),)))


def test_it_knows_no_voice_beyond_a_recording(model: Any) -> None:
    assert SortformerDiarizer(model, "cpu").embed(TALK) is None


def test_people_of_what_was_heard(model: Any) -> None:
    _, voices = listened(model, TALK[: 16_000 * 12])
    assert voices.most == DIARIZER.most == PEOPLE
    for count in range(1, PEOPLE + 1):
        assert voices.people(SpeakerCount(count, count)).active.shape == (len(voices.probabilities), count)


def test_speech_is_where_nemo_says_with_its_publishers_parameters() -> None:
    """Of diar_streaming_sortformer_4spk-v2_dihard3-dev.yaml. NeMo counts hundredths of a second, we count frames."""
    parameters = {"onset": 0.56, "offset": 1.0, "pad_onset": 0.063, "pad_offset": 0.002}
    parameters |= {"min_duration_on": 0.007, "min_duration_off": 0.151}
    smooth = np.convolve(np.random.default_rng(3).uniform(0, 1, 600), np.ones(5) / 5, "same")
    expected = np.zeros(600, bool)
    for start, end in ts_vad_post_processing(torch.from_numpy(smooth), parameters, 8).tolist():
        expected[round(start / FRAME_SECONDS - 0.2) : round(end / FRAME_SECONDS)] = True
    assert 100 < expected.sum() < 500
    assert (speaks(smooth[:, None])[:, 0] == expected).all()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"streaming_mode": False}, "hears a recording only as a whole"),
        ({"preprocessor": {"normalize": "per_feature"}}, "hears a recording only as a whole"),
        ({"max_num_of_spks": 3, "sortformer_modules": {"num_spks": 3}}, "knows 3 people"),
    ],
)
def test_a_model_that_cannot_listen_so_is_refused(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    path = write_sortformer(tmp_path / "other.nemo", **changes)
    assert isinstance(SortformerEncLabelModel.restore_from(str(path), map_location="cpu"), SortformerEncLabelModel)
    with pytest.raises(ModelRefusedError, match=said):
        DIARIZER.restore(path, "cpu")
