"""What is worth another listen, and no longer is once somebody has corrected it."""

from dataclasses import replace

import pytest

from tests.support.edited import edited
from transcriber.jobs.doubts import Check, checks, doubtful_words, limit
from transcriber.transcript import Coverage, Segment, Transcript, Word


def found(transcript: Transcript) -> list[Check]:
    return checks(transcript, doubtful_words(transcript))


@pytest.fixture
def doubted() -> Transcript:
    """The second word is unsure, the dash is nothing that anybody says."""
    words = (
        Word("one", 0.0, 1.0, 0.9),
        Word("too", 1.0, 2.0, 0.1),
        Word("–", 2.0, 2.1, 0.1),
        Word("five", 9.0, 9.5, 0.9),
    )
    coverage = Coverage(10.0, uncovered=((4.0, 6.0),), doubtful=((8.5, 9.8),))
    return Transcript((Segment(words, 0.0, 9.5),), 20.0, "whisper", "cpu", coverage=coverage)


def test_what_is_worth_a_listen(doubted: Transcript) -> None:
    assert found(doubted) == [
        Check("word", 1.0, 2.0, "too", 1),
        Check("uncovered", 4.0, 6.0),
        Check("unlikely", 8.5, 9.8),
    ]


def test_what_was_corrected_is_worth_it_no_more(doubted: Transcript) -> None:
    corrected = edited(doubted, "words", first=1, count=1, text="two")
    assert [check.kind for check in found(corrected)] == ["uncovered", "unlikely"]
    corrected = edited(corrected, "words", first=3, count=0, text="three four")
    assert [check.kind for check in found(corrected)] == ["unlikely"]
    assert found(edited(corrected, "confirm", first=5, count=1)) == []


def test_the_number_of_a_word_is_that_of_the_edited_transcript(doubted: Transcript) -> None:
    assert found(edited(doubted, "words", first=0, count=0, text="so then"))[0].word == 3


def test_models_that_say_nothing_of_it_are_not_doubted(doubted: Transcript) -> None:
    words = tuple(replace(word, confidence=None) for word in doubted.segments[0].words)
    transcript = replace(doubted, segments=(replace(doubted.segments[0], words=words),), coverage=None)
    assert found(transcript) == []


def test_each_kind_of_model_has_a_limit() -> None:
    assert 0 < limit("whisper") < 1
    assert 0 < limit("parakeet") < 1
    assert limit("of a newer version") == limit("parakeet")
