"""Chunks: every sample belongs to one of them, none is too long, and cuts are where nobody speaks."""

from collections.abc import Iterator

import numpy as np
import pytest

from tests.support.places import RATE
from transcriber.pipeline.chunking import LONG_SILENCE_FRAMES, OVERLAP_FRAMES, Chunk, chunks
from transcriber.pipeline.vad import FRAME_SAMPLES, FRAME_SECONDS, SpeechBlock

RNG = np.random.default_rng(0)
TALK = 0.9


def recording(*parts: tuple[float, float], seed: int = 0) -> SpeechBlock:
    """Parts of (seconds, how likely speech is in them); the samples are noise."""
    speech = np.concatenate([np.full(round(seconds / FRAME_SECONDS), value) for seconds, value in parts])
    return SpeechBlock(
        np.random.default_rng(seed).standard_normal(len(speech) * FRAME_SAMPLES, dtype=np.float32), speech
    )


def by_chance(seconds: float, seed: int) -> SpeechBlock:
    """Talk and pauses of all lengths."""
    chance = np.random.default_rng(seed)
    parts = [(chance.exponential(3), TALK) if at % 2 else (chance.exponential(1), 0.01) for at in range(int(seconds))]
    heard = recording(*parts, seed=seed)
    samples = min(len(heard.samples), int(seconds * RATE))
    return SpeechBlock(heard.samples[:samples], heard.speech_probs[: -(-samples // FRAME_SAMPLES)])


def stretches(whole: SpeechBlock, size: int = 900) -> Iterator[SpeechBlock]:
    for at in range(0, len(whole.speech_probs), size):
        yield SpeechBlock(
            whole.samples[at * FRAME_SAMPLES : (at + size) * FRAME_SAMPLES], whole.speech_probs[at : at + size]
        )


def own(chunk: Chunk) -> np.ndarray:
    """The samples that belong to no other chunk."""
    return chunk.samples[
        chunk.left_overlap_frames * FRAME_SAMPLES : len(chunk.samples) - chunk.right_overlap_frames * FRAME_SAMPLES
    ]


def seconds(*frames: int) -> list[float]:
    return [frame * FRAME_SECONDS for frame in frames]


WHOLES = {
    "short": by_chance(20, 1),
    "a sample": SpeechBlock(np.ones(1, np.float32), np.array([0.1])),
    "all that fits": SpeechBlock(np.ones(30 * RATE, np.float32), np.full(938, TALK)),
    "one more": SpeechBlock(np.ones(30 * RATE + 1, np.float32), np.full(938, TALK)),
    "talk and pauses": by_chance(200, 2),
    "other talk": by_chance(301, 3),
    "no pause": recording((100, TALK)),
    "silence": recording((200, 0.01)),
    "silence and talk": recording((50, 0.01), (10, TALK), (70, 0.01), (3, TALK), (2.9, 0.01), (40, TALK), (9, 0.01)),
}


@pytest.mark.parametrize("name", WHOLES)
@pytest.mark.parametrize("size", [1, 100, 900])
def test_every_sample_belongs_to_one_chunk(name: str, size: int) -> None:
    whole = WHOLES[name]
    made = list(chunks(stretches(whole, size), 30.0))
    assert np.array_equal(np.concatenate([own(chunk) for chunk in made]), whole.samples)
    assert np.array_equal(np.concatenate([chunk.speech_probs for chunk in made]), whole.speech_probs)
    assert [chunk.start for chunk in made] == pytest.approx(np.cumsum([0, *(chunk.duration for chunk in made[:-1])]))
    assert all(len(chunk.samples) <= 30 * RATE for chunk in made if not chunk.is_silent)
    assert all(chunk.duration == len(own(chunk)) / RATE for chunk in made)
    for chunk in made:
        first = round(chunk.audio_start * RATE)
        assert np.array_equal(chunk.samples, whole.samples[first : first + len(chunk.samples)])


@pytest.mark.parametrize("name", ["talk and pauses", "other talk", "no pause", "silence and talk"])
def test_gone_on_with_behind_any_chunk_the_others_are_the_same(name: str) -> None:
    whole = WHOLES[name]
    made = list(chunks(stretches(whole), 30.0))
    for at, chunk in enumerate(made[:-1], 1):
        first = round(chunk.end / FRAME_SECONDS) - chunk.right_overlap_frames
        rest = SpeechBlock(whole.samples[first * FRAME_SAMPLES :], whole.speech_probs[first:])
        again = list(chunks(stretches(rest), 30.0, first, left_overlap_frames=chunk.right_overlap_frames))
        assert [(one.start, one.duration, one.left_overlap_frames, one.right_overlap_frames) for one in again] == [
            (one.start, one.duration, one.left_overlap_frames, one.right_overlap_frames) for one in made[at:]
        ]
        assert all(np.array_equal(one.samples, other.samples) for one, other in zip(again, made[at:], strict=True))


@pytest.mark.parametrize("name", ["short", "all that fits"])
def test_what_fits_stays_whole(name: str) -> None:
    assert len(list(chunks(stretches(WHOLES[name]), 30.0))) == 1


def test_cuts_are_in_the_middle_of_the_longest_late_pause() -> None:
    whole = recording((10, TALK), (2, 0.1), (8, TALK), (0.512, 0.1), (4, TALK), (0.256, 0.1), (20, TALK), (5, TALK))
    first, second = chunks(stretches(whole), 30.0)
    assert first.end == pytest.approx(20.256, abs=0.05)
    assert (first.right_overlap_frames, second.left_overlap_frames) == (0, 0)


@pytest.mark.parametrize(("late", "cut"), [(0.4, 28.2), (0.25, 20.5)])
def test_a_good_pause_near_the_limit_is_preferred(late: float, cut: float) -> None:
    first, *_ = chunks([recording((20, TALK), (1, 0.01), (7, TALK), (late, 0.01), (20, TALK))], 30.0)
    assert first.end == pytest.approx(cut, abs=0.05)


def test_a_long_silence_is_a_chunk_that_no_model_hears() -> None:
    whole = recording((20, TALK), (10, 0.01), (20, TALK))
    talk, silence, more = chunks(stretches(whole), 30.0)
    assert silence.is_silent and not talk.is_silent and not more.is_silent
    assert (silence.start, silence.end) == pytest.approx((20.5, 29.5), abs=0.05)


def test_a_silence_that_is_short_stays() -> None:
    whole = recording((20, TALK), ((LONG_SILENCE_FRAMES - 2) * FRAME_SECONDS, 0.01), (20, TALK))
    assert not any(chunk.is_silent for chunk in chunks(stretches(whole), 30.0))


def test_where_nobody_pauses_both_sides_hear_the_seam() -> None:
    whole = recording((20, TALK), (0.064, 0.4), (20, TALK))
    first, second = chunks(stretches(whole), 30.0)
    assert first.end == pytest.approx(20, abs=0.1)
    assert first.right_overlap_frames == second.left_overlap_frames == OVERLAP_FRAMES
    assert second.audio_start == pytest.approx(first.end - OVERLAP_FRAMES * FRAME_SECONDS)
    alone, _ = chunks(stretches(whole), 30.0, overlap_frames=0)
    assert (alone.right_overlap_frames, len(own(alone))) == (0, len(alone.samples))


def test_a_piece_of_a_chunk_is_that_of_the_recording() -> None:
    whole = recording((20, TALK), (0.064, 0.4), (20, TALK))
    _, second = chunks(stretches(whole), 30.0)
    assert np.array_equal(second.piece(25.0, 26.5), whole.samples[25 * RATE : int(26.5 * RATE)])
    assert np.array_equal(second.piece(0.0, second.start), second.samples[: OVERLAP_FRAMES * FRAME_SAMPLES])
    assert len(second.piece(60.0, 70.0)) == 0


def test_no_recording_makes_no_chunk() -> None:
    assert list(chunks([], 30.0)) == []
