"""Where paragraphs begin: split and joined by hand, and left where they were by every other edit."""

import pytest

from tests.support.conversation import FIRST, SECOND, conversation
from tests.support.edited import edited, words
from transcriber.errors import UnsupportedOptionError
from transcriber.exports.paragraphs import paragraphs, starts
from transcriber.transcript import Segment, Transcript, Word


def texts(transcript: Transcript) -> list[str]:
    return [paragraph.text for paragraph in paragraphs(transcript)]


def talk(count: int = 200, speaker: str | None = None) -> Transcript:
    """So many sentences of four words, two seconds each."""
    segments = []
    for number in range(count):
        said = [
            Word(text, 2 * number + at / 2, 2 * number + at / 2 + 0.4, 0.9, speaker)
            for at, text in enumerate((f"Sentence{number}", "has", "four", "words."))
        ]
        segments.append(Segment(tuple(said), 2.0 * number, 2 * number + 1.9, speaker))
    return Transcript(tuple(segments), 2.0 * count, "whisper", "cpu")


def test_a_paragraph_is_split_and_joined() -> None:
    before = conversation()
    after = edited(before, "split", word=4)
    assert texts(after) == ["Who is there?", "It", "is me.", "Come in."]
    assert [word.text for word in words(after)] == [word.text for word in words(before)]
    assert [segment.speaker for segment in after.segments] == [FIRST, SECOND, SECOND, FIRST]
    assert texts(edited(after, "join", word=4)) == texts(before)


def test_one_that_is_joined_to_another_ones_is_said_by_that_one() -> None:
    after = edited(edited(conversation(), "split", word=4), "join", word=3)
    assert [(paragraph.speaker, paragraph.text) for paragraph in paragraphs(after)] == [
        (FIRST, "Who is there? It"),
        (SECOND, "is me."),
        (FIRST, "Come in."),
    ]


@pytest.mark.parametrize("speaker", [None, "Anna"])
@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("words", {"first": 0, "count": 4, "text": ""}),
        ("words", {"first": 41, "count": 1, "text": "has really got " * 99}),
        ("split", {"word": 2}),
        ("replace", {"find": "four", "with": "four or five or six"}),
        ("speaker", {"first": 40, "count": 4, "speaker": "Ben"}),
    ],
)
def test_other_paragraphs_begin_where_they_did(speaker: str | None, kind: str, asked: dict) -> None:
    before = talk(speaker=speaker)
    first = beginnings(before)
    after = edited(before, kind, **asked)
    assert len(first) > 5
    assert set(first[2:]) <= set(beginnings(after))
    assert len(beginnings(after)) <= len(first) + 2


def beginnings(transcript: Transcript) -> list[str]:
    """The first word of each sentence with which a paragraph begins."""
    begins = starts(transcript.segments)
    return [segment.words[0].text for segment, is_start in zip(transcript.segments, begins) if is_start]


def test_what_follows_changes_no_paragraph_before_it() -> None:
    whole = starts(talk().segments)
    for count in range(1, 200, 7):
        assert starts(talk(count).segments) == whole[:count]


def test_paragraphs_are_neither_long_nor_a_few_words() -> None:
    lengths = [len(paragraph.words) for paragraph in paragraphs(talk(speaker="Anna"))]
    assert max(lengths) <= 120
    assert min(lengths[:-1]) >= 40


@pytest.mark.parametrize(
    ("kind", "word", "why"), [("split", 8, "has 8 words"), ("join", 0, "no paragraph"), ("join", 4, "no paragraph")]
)
def test_places_that_are_none(kind: str, word: int, why: str) -> None:
    with pytest.raises(UnsupportedOptionError, match=why):
        edited(conversation(), kind, word=word)


def test_where_one_begins_already_nothing_is_split() -> None:
    assert edited(conversation(), "split", word=3) == conversation()
