"""Two transcripts compared: laws, and what a reader expects to see."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcriber.jobs.comparing import Span, compare
from transcriber.transcript import Segment, Transcript, Word, joined, normal

TEXTS = st.lists(st.sampled_from(["one", "two", "Three", "four,", "-", "ice", "cream", "icecream"]), max_size=12)


def transcript(texts: list[str], seconds: float = 0.2, start: float = 0.0) -> Transcript:
    """A segment of words that are so many seconds long."""
    words = tuple(
        Word(text, start + seconds * number, start + seconds * (number + 1)) for number, text in enumerate(texts)
    )
    end = start + seconds * len(words)
    return Transcript((Segment(words, start, end),) if words else (), end, "parakeet", "cpu")


def distance(left: list[str], right: list[str]) -> int:
    """Levenshtein's, by its definition."""

    @cache
    def rest(i: int, j: int) -> int:
        if i == len(left) or j == len(right):
            return len(left) - i + len(right) - j
        same = rest(i + 1, j + 1) + (left[i] != right[j])
        return min(same, rest(i + 1, j) + 1, rest(i, j + 1) + 1)

    return rest(0, 0)


@given(TEXTS, TEXTS)
def test_all_words_are_in_it_once_and_in_order(left: list[str], right: list[str]) -> None:
    comparison = compare(transcript(left), transcript(right))
    for words, side, text in ((left, "left", "left_text"), (right, "right", "right_text")):
        at = 0
        for span in comparison.spans:
            first, count = getattr(span, side)
            assert first == at
            assert getattr(span, text) == joined(Word(word) for word in words[first : first + count])
            at += count
        assert at == len(words) or not comparison.spans
    for span, following in zip(comparison.spans, comparison.spans[1:]):
        assert (span.kind == "equal") != (following.kind == "equal")


@given(TEXTS, TEXTS)
def test_what_is_equal_and_how_much_is_not(left: list[str], right: list[str]) -> None:
    """The disagreement is Levenshtein's distance, less what is only written as another number of words."""
    comparison = compare(transcript(left), transcript(right))
    for span in comparison.spans:
        is_equal = normal(span.left_text) == normal(span.right_text)
        kind = "equal" if is_equal else "changed" if span.left[1] and span.right[1] else span.kind
        assert span.kind == kind
        assert (span.kind == "left", span.kind == "right") == (
            not span.right[1] and not is_equal,
            not span.left[1] and not is_equal,
        )
    one, other = (list(filter(None, map(normal, texts))) for texts in (left, right))
    assert comparison.words == (len(one), len(other))
    edits = comparison.disagreement * max(1, len(one), len(other))
    assert edits <= distance(one, other) + 1e-9
    if "icecream" not in (*one, *other):
        assert edits == pytest.approx(distance(one, other))
    assert compare(transcript(right), transcript(left)).disagreement == pytest.approx(comparison.disagreement)


@given(TEXTS)
def test_the_same_is_equal(texts: list[str]) -> None:
    comparison = compare(transcript(texts), transcript([text.upper() for text in texts]))
    assert comparison.disagreement == 0
    assert [span.kind for span in comparison.spans] in ([], ["equal"])


def test_what_a_reader_sees() -> None:
    left = transcript(["We", "took", "the", "ice", "cream", "–", "to", "Tomson."], 0.5)
    right = transcript(["we", "took", "an", "icecream", "to", "see", "Thomson"], 0.57)
    comparison = compare(left, right)
    assert comparison.spans == (
        Span("equal", (0, 2), (0, 2), "We took", "we took", 0.0, pytest.approx(1.14)),
        Span("changed", (2, 1), (2, 1), "the", "an", 1.0, pytest.approx(1.71)),
        Span("equal", (3, 4), (3, 2), "ice cream – to", "icecream to", 1.5, 3.5),
        Span("changed", (7, 1), (5, 2), "Tomson.", "see Thomson", pytest.approx(2.85), 4.0),
    )
    assert (comparison.disagreement, comparison.words) == (pytest.approx(3 / 7), (7, 7))


def test_words_far_apart_are_not_the_same() -> None:
    """Else a chorus would be paired with the next one."""
    left, right = transcript(["hallelujah"]), transcript(["hallelujah"], start=60.0)
    assert {span.kind for span in compare(left, right).spans} == {"changed"}
    both = compare(transcript(["hallelujah", "amen"]), transcript(["amen"], start=0.2))
    assert [span.kind for span in both.spans] == ["left", "equal"]


def test_a_stretch_that_only_one_of_them_has() -> None:
    """A minute without words, and the same words on both sides of it."""
    texts = [f"word{number}" for number in range(400)]
    left = right = transcript(texts, 0.5)
    without = [word for word in right.segments[0].words if not 60 <= word.middle < 120]
    right = Transcript((Segment(tuple(without), 0.0, 200.0),), 200.0, "parakeet", "cpu")
    for one, other, kind in ((left, right, "left"), (right, left, "right")):
        assert [span.kind for span in compare(one, other).spans] == ["equal", kind, "equal"]
    assert compare(left, right).disagreement == pytest.approx(120 / 400)


def test_words_without_times_share_their_segments() -> None:
    texts = [f"word{number}" for number in range(60)]
    untimed = Transcript((Segment(tuple(map(Word, texts)), 0.0, 30.0),), 30.0, "canary-qwen", "cpu")
    assert compare(untimed, transcript(texts, 0.5)).disagreement == 0


def test_a_part_of_both() -> None:
    left, right = transcript([f"word{number}" for number in range(60)], 0.5), transcript(["word20", "other"], 0.5, 10.0)
    comparison = compare(left, right, 10.0, 11.0)
    assert [(span.kind, span.left, span.right) for span in comparison.spans] == [
        ("equal", (20, 1), (0, 1)),
        ("changed", (21, 1), (1, 1)),
    ]
    nothing = compare(left, transcript([]), 10.0, 11.0)
    assert [(span.kind, span.left) for span in nothing.spans] == [("left", (20, 2))]
    assert compare(transcript([]), transcript([])).spans == ()


def test_blanks_are_as_they_are_written() -> None:
    words = tuple(Word(text, number, number + 1.0, space_before=not number) for number, text in enumerate("今日は"))
    japanese = Transcript((Segment(words, 0.0, 3.0),), 3.0, "whisper", "cpu")
    (span,) = compare(japanese, japanese).spans
    assert (span.left_text, span.left) == ("今日は", (0, 3))


def test_three_hours() -> None:
    texts = [f"word{number * number % 977}" for number in range(30_000)]
    others = [text if number % 11 else "other" for number, text in enumerate(texts)]
    comparison = compare(transcript(texts, 0.36), transcript(others, 0.36))
    assert comparison.disagreement == pytest.approx(1 / 11, abs=1e-3)
