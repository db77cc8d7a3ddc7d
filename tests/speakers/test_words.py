from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.support.activities import activities, activity
from tests.support.conversations import voices
from tests.support.strategies import transcripts
from transcriber.segmentation import segments
from transcriber.speakers.protocol import Activity
from transcriber.speakers.turns import names
from transcriber.speakers.words import with_speakers
from transcriber.transcript import Segment, Word

FRAME = 0.1


def said(text: str, start: float = 0.0, seconds: float = 0.3) -> list[Word]:
    """Words that follow one another, each so long; "~" is a pause of the same length."""
    words, now = [], start
    for part in text.split():
        if part != "~":
            words.append(Word(part, round(now, 3), round(now + seconds, 3)))
        now += seconds
    return words


def spoken(words: list[Word], heard: Activity) -> list[str]:
    """What each says in turn: "1: how are you?"."""
    whole = [Segment(tuple(words), words[0].span[0], words[-1].span[1])]
    return [f"{part.speaker}: {part.text}" for part in with_speakers(whole, heard, ["1", "2", "3"])]


def heard(*rows: str) -> Activity:
    """A mark is a third of a word of said()."""
    return activity(*rows, seconds=FRAME)


def test_a_segment_is_cut_where_the_speaker_changes():
    two = heard("xxx" * 3 + "..." * 2, "..." * 3 + "xxx" * 2)
    assert spoken(said("How are you? Fine, thanks."), two) == ["1: How are you?", "2: Fine, thanks."]
    first, second = with_speakers([Segment(tuple(said("How are you? Fine, thanks.")), 0, 1.6)], two, ["Anna", "Bob"])
    assert (first.speaker, first.start, first.end) == ("Anna", 0, 0.9)
    assert (second.speaker, second.start, second.end) == ("Bob", 0.9, 1.6)
    assert {word.speaker for word in first.words} == {"Anna"}


def test_a_boundary_that_is_a_little_off_is_at_the_end_of_the_sentence():
    assert spoken(said("How are you? Fine, thanks."), heard("xxxxxxx........", ".......xxxxxxxx")) == [
        "1: How are you?",
        "2: Fine, thanks.",
    ]
    assert spoken(said("How are you? Fine, thanks."), heard("xxxxxxxxxxx....", "...........xxxx")) == [
        "1: How are you?",
        "2: Fine, thanks.",
    ]


def test_a_word_within_a_sentence_is_not_somebody_elses_unless_plainly():
    assert spoken(said("and then we went home"), heard("xxxxxx..xxxxxxx", "......xx.......")) == [
        "1: and then we went home"
    ]
    assert spoken(
        said("and then ~ ~ Right. ~ ~ we went home"),
        heard("xxxxxx...............xxxxxxxxx", "............xxx..............."),
    ) == [
        "1: and then",
        "2: Right.",
        "1: we went home",
    ]


def test_where_two_speak_the_words_are_of_whoever_had_those_before():
    both = heard("xxxxxx" + "xxxxxxxxx" + "xxxxxx", "......" + "XXXXXXXXX" + "......")
    assert spoken(said("so I said we could go home"), both) == ["1: so I said we could go home"]
    alone = heard("xxxxxx" + "........." + "xxxxxx", "......" + "XXXXXXXXX" + "......")
    assert spoken(said("so I said we could go home"), alone) == ["1: so I", "2: said we could", "1: go home"]


def test_a_word_in_silence_goes_with_those_next_to_it():
    assert spoken(said("yes ~ ~ ~ no way"), heard("...xx.............", "...............xxx")) == [
        "1: yes",
        "2: no way",
    ]
    assert spoken(said("yes of ~ ~ ~ course"), heard("xxx..................", "..................xxx")) == [
        "1: yes of",
        "2: course",
    ]


def test_words_without_times_are_of_whoever_speaks_most_in_their_segment():
    untimed = tuple(Word(text) for text in "no times at all".split())
    first, second = with_speakers(
        [Segment(untimed, 0, 5), Segment(untimed, 5, 10)], activity("xxxx......", "....xxxxxx"), ["Anna", "Bob"]
    )
    assert (first.speaker, second.speaker) == ("Anna", "Bob")
    assert (first.start, first.end, len(first.words)) == (0, 5, 4)


def test_where_nobody_was_heard_nothing_is_changed():
    given_segments = (Segment(tuple(said("who is there")), 0, 0.9),)
    assert with_speakers(given_segments, activity("....", "...."), ["Anna", "Bob"]) == given_segments
    nobody = voices([], duration=12).people()
    assert with_speakers(given_segments, nobody, names(nobody)) == given_segments
    assert with_speakers([], activity("xxxx"), ["Anna"]) == ()
    assert with_speakers([Segment((), 0, 1)], activity("xxxx"), ["Anna"]) == (Segment((), 0, 1),)


def test_words_behind_the_last_frame_and_before_the_first():
    early = Activity(**{**vars(activity("xxx", "...")), "first_seconds": 100.0})
    words = [Word("early", 0, 1), Word("late", 500, 501)]
    assert spoken(words, early) == ["1: early late"]


@given(transcripts(), activities())
def test_every_word_has_a_speaker_and_is_otherwise_as_it_was(transcript, heard):
    people = [f"person {number}" for number in range(heard.active.shape[1])]
    parts = with_speakers(transcript.segments, heard, people)
    words = [word for part in parts for word in part.words]
    unnamed = [replace(word, speaker=None) for segment in transcript.segments for word in segment.words]
    assert [replace(word, speaker=None) for word in words] == unnamed
    if (heard.exclusive >= 0).any():
        assert all(word.speaker == part.speaker in people for part in parts for word in part.words)
        assert [part for part in parts if part.words and part.start > part.end] == []
        assert with_speakers(parts, heard, people) == parts


@given(activities(), st.integers(1, 5))
def test_whoever_alone_is_heard_says_everything(heard, count):
    only = Activity(
        **{**vars(heard), "exclusive": np.where(heard.exclusive >= 0, 0, -1), "active": heard.active[:, :1]}
    )
    words = said("one two three four five six. " * count)
    speakers = {part.speaker for part in with_speakers(segments(words), only, ["Anna"])}
    assert speakers == ({"Anna"} if (only.exclusive >= 0).any() else {None})
