"""Words of another version in the place of this one's: which, where, and who says them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.conversation import FIRST, SECOND, conversation, said
from tests.support.strategies import MIXED, transcripts
from transcriber.errors import UnsupportedOptionError
from transcriber.jobs.comparing import compare
from transcriber.jobs.edits import apply, make
from transcriber.transcript import Segment, Transcript, Turn, Word


def taken(transcript: Transcript, other: Transcript, **asked: object) -> Transcript:
    content = make(transcript, "take", {"from": 2, **asked}, lambda number: {2: other}[number])
    if content is None:
        return transcript
    changed = apply(transcript, "take", content)
    assert changed is not None
    return changed


def spoken(text: str, start: float = 0.0, each: float = 1.0, speaker: str | None = None) -> Segment:
    words = tuple(
        Word(word, start + at * each, start + (at + 0.9) * each, 0.9, speaker) for at, word in enumerate(text.split())
    )
    return Segment(words, start, words[-1].span[1], speaker)


def transcript(*segments: Segment) -> Transcript:
    return Transcript(segments, 100.0, "whisper", "cpu")


def texts(transcript: Transcript) -> list[str]:
    return [segment.text for segment in transcript.segments]


def test_what_is_said_between_two_seconds() -> None:
    before = transcript(spoken("We met mister tom son there."), spoken("It was late.", 7.0))
    other = transcript(spoken("We met Mister Thomson there."))
    later = transcript(spoken("We met Mister Thomson here. Yes,"))
    assert texts(taken(before, later, start=2.0, end=5.0)) == ["We met Mister Thomson here.", "there.", "It was late."]
    after = taken(before, other, start=2.0, end=4.0)
    assert texts(after) == ["We met Mister Thomson son there.", "It was late."]
    assert [word.start for word in after.segments[0].words] == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert after.segments[1].words is before.segments[1].words


def test_speech_that_had_no_words() -> None:
    before = transcript(spoken("Yes."), spoken("No.", 60.0))
    part = transcript(spoken("That is so.", 20.0), spoken("Is it?", 30.0))
    after = taken(before, part, start=15.0, end=40.0)
    assert texts(after) == ["Yes.", "That is so.", "Is it?", "No."]
    assert [segment.start for segment in after.segments] == [0.0, 20.0, 30.0, 60.0]
    assert taken(before, part, start=50.0, end=55.0) is before


def test_where_a_model_heard_nothing_the_words_go() -> None:
    before = transcript(spoken("Thanks for watching."), spoken("No.", 60.0))
    assert texts(taken(before, transcript(), start=0.0, end=10.0)) == ["No."]
    assert texts(taken(transcript(), before, start=0.0, end=10.0)) == ["Thanks for watching."]


def test_who_speaks_is_as_it_was() -> None:
    """The other version calls them otherwise, or nobody was told apart in it."""
    before = conversation()
    for names in ((SECOND, FIRST), (None, None)):
        other = transcript(spoken("Who is here? It was me.", 0.5, 0.6, names[0]), spoken("Go on.", 6.0, 0.5, names[1]))
        after = taken(before, other, start=0.0, end=10.0)
        assert [(segment.speaker, segment.text) for segment in after.segments] == [
            (FIRST, "Who is here?"),
            (SECOND, "It was me."),
            (FIRST, "Go on."),
        ]
        assert {word.speaker for word in after.segments[1].words} == {SECOND}
        assert after.diarization == before.diarization


def test_who_speaks_where_there_were_no_words() -> None:
    """The turns say so."""
    before = replace(conversation(), segments=(said(FIRST, 0.5, "Who is there?"), said(FIRST, 6.0, "Come in.")))
    after = taken(before, transcript(spoken("It is me.", 3.0, 0.5)), start=2.5, end=5.0)
    assert [segment.speaker for segment in after.segments] == [FIRST, SECOND, FIRST]
    unheard = replace(before.diarization, turns=(Turn(0.5, 2.0, FIRST),))
    after = taken(replace(before, diarization=unheard), transcript(spoken("It is me.", 3.0, 0.5)), start=2.5, end=5.0)
    assert [segment.speaker for segment in after.segments] == [FIRST, None, FIRST]


def test_a_word_that_one_model_has_before_the_seam_and_another_behind_it_is_there_once() -> None:
    before = transcript(spoken("the old man said so"))
    other = transcript(spoken("the old man says so", 0.6))
    assert texts(taken(before, other, start=3.0, end=6.0)) == ["the old man says so"]


def test_what_is_said_twice_stays_so() -> None:
    before = transcript(spoken("very very well"))
    assert texts(taken(before, transcript(spoken("very very good")), start=1.0, end=3.0)) == ["very very good"]


def test_spans_of_a_comparison() -> None:
    """All of them taken, one after the other from the last, the words are the other's."""
    before = transcript(spoken("We met mister tom son there."), spoken("It was late.", 7.0))
    other = transcript(spoken("Oh we met Mister Thomson there.", 0.0, 0.9))
    after = before
    for span in reversed(compare(before, other).spans):
        if span.kind != "equal":
            after = taken(after, other, left=span.left, right=span.right)
    assert after.text == "Oh We met mister Thomson there."
    assert compare(after, other).disagreement == 0


def test_a_paragraph_begins_where_it_did() -> None:
    before = transcript(spoken("One two."), replace(spoken("Three four.", 3.0), starts_paragraph=True))
    other = transcript(spoken("three for.", 3.0))
    assert taken(before, other, start=3.0, end=5.0).segments[1].starts_paragraph is True
    assert taken(before, other, start=4.0, end=5.0).segments[1].starts_paragraph is True
    assert taken(before, transcript(), start=0.0, end=2.5).segments[0].starts_paragraph is True


def test_words_without_times() -> None:
    untimed = transcript(Segment(tuple(map(Word, ("One", "two", "three", "four."))), 0.0, 8.0))
    assert texts(taken(transcript(spoken("won too")), untimed, start=0.0, end=4.0)) == ["One two"]
    assert texts(taken(untimed, transcript(spoken("3 4.", 5.0)), start=4.0, end=8.0)) == ["One two 3 4."]


@given(transcripts(MIXED), transcripts(MIXED))
def test_all_of_another_version(before: Transcript, other: Transcript) -> None:
    """Then the words are those of the other one; no time leaves its order by it; and taken again nothing changes."""
    end = max(before.duration, other.duration) + 1
    after = taken(before, other, start=0.0, end=end)
    assert [word.text for segment in after.segments for word in segment.words] == [
        word.text for segment in other.segments for word in segment.words
    ]
    assert taken(after, other, start=0.0, end=end) is after


@given(transcripts(MIXED), transcripts(MIXED), st.floats(0, 50), st.floats(0.1, 50))
def test_what_is_beside_it_stays(before: Transcript, other: Transcript, start: float, seconds: float) -> None:
    content = make(before, "take", {"from": 2, "start": start, "end": start + seconds}, lambda number: other)
    if content is None:
        return
    after = apply(before, "take", content)
    assert after is not None
    old, new = (
        [(word.text, word.start, word.speaker) for segment in each.segments for word in segment.words]
        for each in (before, after)
    )
    first, behind = content["first"], len(old) - content["first"] - content["count"]
    assert new[:first] == old[:first]
    assert new[len(new) - behind :] == old[len(old) - behind :]
    assert after.diarization == before.diarization


@pytest.mark.parametrize(
    "asked",
    [
        *({}, {"start": 2.0}, {"start": 2.0, "end": 2.0}, {"start": float("nan"), "end": 2.0}),
        *({"left": (0, 9), "right": (0, 1)}, {"left": (0, 1), "right": (-1, 1)}),
        *({"start": 1.0, "end": 2.0, "to": 3}, {"start": "soon", "end": 2.0}),
    ],
    ids=str,
)
def test_what_is_no_stretch_is_refused(asked: dict) -> None:
    with pytest.raises(UnsupportedOptionError):
        taken(transcript(spoken("One two")), transcript(spoken("Two")), **asked)
