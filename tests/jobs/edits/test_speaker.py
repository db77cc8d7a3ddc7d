"""Who says some words, by hand: the segments, the turns and the voices agree."""

import pytest

from tests.support.conversation import FIRST, SECOND, conversation
from tests.support.edited import edited
from transcriber.errors import UnsupportedOptionError
from transcriber.exports import render
from transcriber.transcript import Diarization, Transcript


def said(transcript: Transcript) -> list[tuple[str | None, str]]:
    for segment in transcript.segments:
        assert {word.speaker for word in segment.words} == {segment.speaker}
    return [(segment.speaker, segment.text) for segment in transcript.segments]


def voices(transcript: Transcript) -> dict[str, float]:
    """How long each of them speaks; as the turns have it."""
    diarization = transcript.diarization
    assert diarization
    seconds = {voice.speaker: voice.seconds for voice in diarization.voices}
    assert {turn.speaker for turn in diarization.turns} == set(seconds)
    for name, known in seconds.items():
        turns = [turn.end - turn.start for turn in diarization.turns if turn.speaker == name]
        assert known == pytest.approx(sum(turns), abs=0.002)
    return seconds


def test_a_paragraph_is_somebody_elses() -> None:
    after = edited(conversation(), "speaker", first=3, count=3, speaker="Anna")
    assert said(after) == [(FIRST, "Who is there?"), ("Anna", "It is me."), (FIRST, "Come in.")]
    assert list(voices(after)) == [FIRST, "Anna"]
    assert after.diarization.turns[1].speaker == "Anna"


def test_words_within_a_paragraph() -> None:
    after = edited(conversation(), "speaker", first=4, count=1, speaker=FIRST)
    assert said(after)[1:4] == [(SECOND, "It"), (FIRST, "is"), (SECOND, "me.")]
    assert set(voices(after)) == {FIRST, SECOND}
    assert [(turn.start, turn.end) for turn in after.diarization.turns if turn.speaker == SECOND] == [
        (3.0, pytest.approx(3.5)),
        (pytest.approx(3.9), 4.4),
    ]


def test_over_several_paragraphs_and_nobody() -> None:
    after = edited(conversation(), "speaker", first=2, count=5, speaker=None)
    assert said(after) == [(FIRST, "Who is"), (None, "there?"), (None, "It is me."), (None, "Come"), (FIRST, "in.")]
    assert list(voices(after)) == [FIRST]


def test_a_transcript_in_which_nobody_was_told_apart(transcript: Transcript) -> None:
    """It has speakers then in every format; who says them is said to be by hand."""
    named = edited(transcript, "speaker", first=0, count=2, speaker=" Anna ")
    named = edited(named, "speaker", first=2, count=3, speaker="Tom")
    assert [segment.speaker for segment in named.segments] == ["Anna", "Tom"]
    assert list(voices(named)) == ["Anna", "Tom"]
    assert named.diarization.model == ""
    assert "Anna: Hello world." in render(named, "txt").decode()
    assert "told apart by hand" in render(named, "md").decode()
    renamed = edited(named, "speaker", first=2, count=3, speaker="Anna")
    assert list(voices(renamed)) == ["Anna"]


def test_nobody_is_named_where_nobody_was(transcript: Transcript) -> None:
    assert edited(transcript, "speaker", first=0, count=2, speaker=None) == transcript


@pytest.mark.parametrize("speaker", ["", "a\nb", "x" * 1000])
def test_names_that_nobody_can_have(speaker: str) -> None:
    with pytest.raises(UnsupportedOptionError):
        edited(conversation(), "speaker", first=0, count=1, speaker=speaker)


def test_who_was_told_apart_stays_told_apart() -> None:
    after = edited(conversation(), "speaker", first=3, count=1, speaker=FIRST)
    assert isinstance(after.diarization, Diarization)
    assert after.diarization.model == "speakers"
