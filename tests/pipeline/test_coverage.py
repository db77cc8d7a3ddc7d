"""What is amiss between speech and words."""

import pytest

from transcriber.pipeline.coverage import sentences, uncovered
from transcriber.transcript import Coverage, Word


def words_of(text: str, start: float = 0.0, length: float = 0.3) -> list[Word]:
    return [Word(word, start + at * length, start + (at + 1) * length) for at, word in enumerate(text.split())]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], [(1.0, 4.0), (10.0, 12.0)]),
        ([(1.1, 3.9), (10.2, 11.8)], []),
        ([(1.0, 2.0), (3.0, 4.0)], [(2.24, 2.76), (10.0, 12.0)]),
        ([(1.0, 2.0), (2.8, 4.0)], [(10.0, 12.0)]),  # 0.32 s may be the end of a word
        ([(0.0, 20.0)], []),
        ([(2.5, 2.6), (4.2, 4.3), (9.0, 9.9), (11.9, 14.0)], [(1.0, 2.26), (2.84, 3.96), (10.14, 11.66)]),
    ],
)
def test_speech_without_words(words: list[tuple[float, float]], expected: list[tuple[float, float]]) -> None:
    found = uncovered([(1.0, 4.0), (10.0, 12.0)], [Word("x", *times) for times in words])
    assert [pytest.approx(span) for span in found] == expected


def test_sentences_for_the_reader() -> None:
    assert list(sentences(Coverage(100.0))) == []
    assert list(sentences(Coverage(100.0, (), 2, 2))) == [
        "Coverage 100.0 %: 2 spans of speech without words tried again."
    ]
    left = Coverage(1000.0, ((724.2, 724.9), (3800.0, 3805.0)), 3, 1, (Word("you", 61.0, 61.2),))
    assert list(sentences(left)) == [
        "Coverage 99.4 %: 3 spans of speech without words tried again, 2 still without text at 00:12:04, 01:03:20.",
        "Dropped 1 word that nobody seems to have said: “you” at 00:01:01.",
    ]
    unsure = Coverage(100.0, doubtful=((62.0, 65.0), (3600.0, 3601.0)))
    assert list(sentences(unsure)) == [
        "The model was not sure of what is said at 00:01:02, 01:00:00: listen to it again."
    ]
    many = Coverage(100.0, (), 0, 0, tuple(words_of("a b c d e f g")))
    assert next(sentences(many)).endswith("“e” at 00:00:01, and 2 more.")
    assert next(sentences(Coverage(1e6, ((1.0, 1.5),), 1))).startswith("Coverage 99.9 %")


def test_coverages_add_up() -> None:
    first = Coverage(1.0, ((0.0, 0.5),), 2, 1, (Word("a", 0.0, 0.1),))
    assert first + Coverage() == first
    assert (first + first).speech == 2 and len((first + first).uncovered) == 2
    assert (first + Coverage(1.0)).ratio == 0.75
