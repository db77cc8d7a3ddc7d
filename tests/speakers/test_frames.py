"""Probabilities of four people for each frame: what is kept of them, and who speaks when."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcriber.errors import StorageError, UnsupportedOptionError
from transcriber.speaker_count import SpeakerCount
from transcriber.speakers import turns, words
from transcriber.speakers.frames import (
    FRAME_SECONDS,
    HEADER,
    PEOPLE,
    FrameVoices,
    end_bytes,
    frames_bytes,
    read_frames,
    read_voices,
    speaks,
)
from transcriber.speakers.records import checked
from transcriber.speakers.voices import read
from transcriber.transcript import Segment, Turn, Word

RANDOM = np.random.default_rng(7).integers(0, 256, (40, PEOPLE)).astype(np.uint8)
KEPT = HEADER + frames_bytes(0, RANDOM[:15]) + frames_bytes(15, RANDOM[15:]) + end_bytes(51_201)


def voices_of(*texts: str, levels: str = "0123456789") -> FrameVoices:
    """A person a text, a digit a frame: tenths of certainty."""
    columns = [[25 * levels.index(digit) for digit in text] for text in texts]
    columns += [[0] * len(texts[0])] * (PEOPLE - len(texts))
    return FrameVoices(np.array(columns, np.uint8).T, len(texts[0]) * FRAME_SECONDS)


def shown(mask: np.ndarray) -> list[str]:
    """Of each person, in which frames: "..xx."."""
    return ["".join("x" if speaks_now else "." for speaks_now in column) for column in mask.T]


# ------------------------------------------------------------------------------------------------------- what is kept


def test_what_is_kept_is_read_again() -> None:
    probabilities, samples = read_frames(KEPT)
    assert (probabilities == RANDOM).all() and samples == 51_201
    voices = read_voices(KEPT)
    assert (voices.probabilities == RANDOM).all() and voices.duration == 51_201 / 16_000


def test_what_is_not_over_yet_lasts_as_long_as_its_frames() -> None:
    assert read_frames(b"")[0].shape == read_frames(HEADER)[0].shape == (0, PEOPLE)
    assert read_voices(HEADER + frames_bytes(0, RANDOM)).duration == 40 * FRAME_SECONDS


@given(st.integers(0, len(KEPT) - 1), st.integers(1, 255))
def test_a_changed_byte_is_noticed(place: int, change: int) -> None:
    with pytest.raises(StorageError, match="damaged"):
        read_frames(KEPT[:place] + bytes([KEPT[place] ^ change]) + KEPT[place + 1 :])


def test_half_a_record_is_noticed() -> None:
    ends = {len(HEADER), len(HEADER + frames_bytes(0, RANDOM[:15])), len(KEPT) - len(end_bytes(0)), len(KEPT), 0}
    for length in set(range(len(KEPT) + 1)) - ends:
        with pytest.raises(StorageError, match="damaged"):
            read_frames(KEPT[:length])


@pytest.mark.parametrize(
    "records",
    [
        frames_bytes(1, RANDOM),
        frames_bytes(0, RANDOM) + frames_bytes(0, RANDOM),
        end_bytes(9) + frames_bytes(0, RANDOM),
        checked(b"W\0\0\0\0\0\0"),
    ],
)
def test_records_that_do_not_follow_one_another_are_refused(records: bytes) -> None:
    with pytest.raises(StorageError, match="damaged"):
        read_frames(HEADER + records)


# --------------------------------------------------------------------------------------------------------- who speaks


def test_speech_begins_a_frame_early_and_short_gaps_are_bridged() -> None:
    probabilities = np.array([[0, 0, 9, 9, 0, 0, 9, 0, 0, 0, 9, 0, 0]]).T / 10
    assert shown(speaks(probabilities)) == [".xxxxxx..xx.."]


def test_people_are_in_the_order_of_their_first_words() -> None:
    activity = voices_of("0000000009999999", "0099999990000000").people()
    assert shown(activity.active) == [".xxxxxxxx.......", "........xxxxxxxx"]
    assert activity.exclusive.tolist() == [-1] + [0] * 8 + [1] * 7
    assert (activity.centres, activity.first_seconds, activity.frame_seconds) == (None, 0.0, 0.08)
    assert activity.duration == 16 * 0.08


def test_where_two_speak_the_word_is_the_likelier_ones() -> None:
    activity = voices_of("9999999996", "6666699999").people()
    assert activity.active.all()
    assert activity.exclusive.tolist() == [0] * 9 + [1]


def test_who_hardly_speaks_is_nobody_unless_asked_for() -> None:
    voices = voices_of("9999999999990000", "0000000000000009")
    assert shown(voices.people().active) == ["xxxxxxxxxxxx..xx"]
    assert shown(voices.people(SpeakerCount(2, 2)).active) == ["xxxxxxxxxxxx....", "..............xx"]


def test_fewer_than_speak_are_those_who_speak_most_and_have_what_the_others_say() -> None:
    voices = voices_of("9999999900000000300000", "0000000099999999012345", "0000000000000000999999")
    assert voices.people().active.shape == (22, 3)
    activity = voices.people(SpeakerCount(1, 2))
    assert shown(activity.active) == ["xxxxxxxx........x.....", ".......xxxxxxxxx.xxxxx"]
    assert activity.exclusive.tolist() == [0] * 8 + [1] * 8 + [0] + [1] * 5


def test_more_people_than_speak_are_not_made_up() -> None:
    assert voices_of("9999999900000000").people(SpeakerCount(3, 3)).active.shape == (16, 1)


@pytest.mark.parametrize("count", [SpeakerCount(5, 5), SpeakerCount(6, None)])
def test_more_than_the_model_knows_are_refused_with_the_one_that_can(count: SpeakerCount) -> None:
    with pytest.raises(UnsupportedOptionError, match=r"4 people apart at most, not \d; choose the model speakers"):
        voices_of("9").people(count)


def test_a_range_that_reaches_beyond_is_no_reason_to_refuse() -> None:
    assert voices_of("9" * 10, "0" * 10).people(SpeakerCount(1, 9)).active.shape == (10, 1)


def test_quality_is_how_much_likelier_one_is_than_the_others() -> None:
    sure, unsure = voices_of("9999999999").people(), voices_of("9999999999", "5555555555").people()
    assert sure.quality[0] == pytest.approx(225 / 255)
    assert unsure.quality[0] == pytest.approx(100 / 255)
    assert voices_of("9" * 10, "9" * 10).people().quality.tolist() == [0.0, 0.0]


def test_one_person_of_some_stretches_is_split_into_the_two_who_speak_most_there() -> None:
    voices = voices_of("99999999990000000000", "00000000009999999999", "00000000000000000000")
    activity = voices.split([(0.0, 0.4), (0.8, 1.36)])
    assert shown(activity.active) == ["xxxxx...............", ".........xxxxxxxx..."]
    assert voices.split([(0.0, 0.4)]).active.shape[1] == 1
    assert voices.split([]).active.shape[1] == 0
    assert voices.voice([(0.0, 1.6)]) is None


def test_turns_names_and_words_come_of_them() -> None:
    voices = read(HEADER + frames_bytes(0, voices_of("9" * 10 + "0" * 10, "0" * 10 + "9" * 10).probabilities))
    activity = voices.people()
    found = turns.diarization(activity, "sortformer")
    assert found.turns == (Turn(0.0, 0.8, "Speaker 1"), Turn(0.72, 1.6, "Speaker 2"))
    assert [voice.quality for voice in found.voices] == [0.882, 0.882]
    said = Segment((Word("one", 0.1, 0.5), Word("two", 1.0, 1.5)), 0.1, 1.5)
    spoken = words.with_speakers([said], activity, turns.names(activity))
    assert [word.speaker for segment in spoken for word in segment.words] == ["Speaker 1", "Speaker 2"]


@pytest.mark.parametrize("frames", [0, 1, 9])
@pytest.mark.parametrize("count", [SpeakerCount(), SpeakerCount(4, 4), SpeakerCount(1, 1)])
def test_nobody_speaks(frames: int, count: SpeakerCount) -> None:
    activity = FrameVoices(np.zeros((frames, PEOPLE), np.uint8), frames * FRAME_SECONDS).people(count)
    assert activity.active.shape == (frames, 0)
    assert activity.exclusive.tolist() == [-1] * frames
    assert activity.quality.shape == (0,)


@given(st.integers(0, 99), st.integers(1, PEOPLE), st.integers(0, 60))
def test_laws(seed: int, least: int, frames: int) -> None:
    """A word's person speaks, nobody is there who does not, and each moment of speech belongs to somebody."""
    probabilities = np.random.default_rng(seed).integers(0, 256, (frames, PEOPLE)).astype(np.uint8)
    activity = FrameVoices(probabilities, frames * FRAME_SECONDS).people(SpeakerCount(least, least))
    assert activity.active.any(0).all() and activity.active.shape[1] <= least
    spoken = activity.exclusive >= 0
    assert (spoken == activity.active.any(1)).all()
    assert activity.active[spoken, activity.exclusive[spoken]].all()
    assert ((activity.quality >= 0) & (activity.quality <= 1)).all()
    firsts = [np.flatnonzero(activity.exclusive == person)[:1].tolist() for person in range(activity.active.shape[1])]
    assert [first for first in firsts if first] == sorted(first for first in firsts if first)
