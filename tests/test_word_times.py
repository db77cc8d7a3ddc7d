"""Word times that can be true: what is right stays to the microsecond, and what is wrong moves no other word."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcriber.transcript import Word
from transcriber.word_times import (
    EDGE_SECONDS,
    LEAST_SECONDS,
    SHORTEST_SECONDS,
    Span,
    in_order,
    longest_seconds,
    plausible,
)

TEXTS = st.sampled_from(["So", "a", "not", "armory,", "Tarasina", "1995", "25%", "—", "NATO", "天", "extraordinarily"])
START, END = 100.0, 130.0
"""A window of Whisper's, somewhere in a recording."""
GRID = st.integers(-100, 3100).map(lambda hundredths: START + hundredths / 100)
"""Seconds as engines give them, some of them outside of the window."""


@st.composite
def chaotic(draw: st.DrawFn) -> list[Word]:
    """Words at any times, backwards too; some without."""
    words = []
    for text in draw(st.lists(TEXTS, max_size=25)):
        start = draw(GRID)
        end = draw(st.one_of(GRID, st.integers(0, 60).map(lambda hundredths, start=start: start + hundredths / 100)))
        words.append(Word(text) if draw(st.integers(0, 9)) == 0 else Word(text, start, end, 0.5))
    return words


@st.composite
def speeches(draw: st.DrawFn) -> list[Span]:
    edges = sorted(draw(st.lists(GRID, max_size=8)))
    return list(zip(edges[::2], edges[1::2]))


def timed(words: list[Word]) -> list[Word]:
    return [word for word in words if word.start is not None]


def reaches_over_silence(span: Span, speech: list[Span]) -> bool:
    """Whether part of a span is speech, long enough to be heard, and another part surely is none."""
    at, silent = span[0], 0.0
    inside = [(max(span[0], start), min(span[1], end)) for start, end in sorted(speech)]
    for start, end in [*sorted(speech), (END + EDGE_SECONDS, END)]:
        if start < end or start > END:
            silent = max(silent, min(span[1], start - EDGE_SECONDS) - at)
            at = max(at, end + EDGE_SECONDS)
    return silent > 1e-6 and any(end - start >= LEAST_SECONDS for start, end in inside)


@given(chaotic(), speeches())
def test_the_words_are_the_same_and_those_without_times_untouched(words: list[Word], speech: list[Span]) -> None:
    found = plausible(words, speech, START, END)
    assert [(word.text, word.confidence) for word in found] == [(word.text, word.confidence) for word in words]
    assert [word.start is None for word in found] == [word.start is None for word in words]


@given(chaotic(), speeches())
def test_times_are_in_order_within_what_was_heard_and_no_longer_than_anybody_speaks(
    words: list[Word], speech: list[Span]
) -> None:
    found = timed(plausible(words, speech, START, END))
    assert all(START <= word.span[0] <= word.span[1] <= END for word in found)
    assert all(before.span[1] <= after.span[0] for before, after in pairwise(found))
    assert all(word.span[1] - word.span[0] <= longest_seconds(word.text) + 1e-9 for word in found)


@given(chaotic(), speeches())
def test_no_word_reaches_from_speech_over_a_silence(words: list[Word], speech: list[Span]) -> None:
    for word in timed(plausible(words, speech, START, END)):
        assert not reaches_over_silence(word.span, speech), word


@given(chaotic(), speeches())
def test_a_word_has_no_length_only_where_there_is_no_room(words: list[Word], speech: list[Span]) -> None:
    found = timed(plausible(words, speech, START, END))
    edges = [START, *(edge for word in found for edge in word.span), END]
    for number, word in enumerate(found):
        if word.span[1] - word.span[0] < SHORTEST_SECONDS:
            room = edges[2 * number + 3] - edges[2 * number]
            assert room < 40 * SHORTEST_SECONDS, (word, room)


@given(chaotic(), speeches())
def test_mending_twice_changes_nothing(words: list[Word], speech: list[Span]) -> None:
    once = timed(plausible(words, speech, START, END))
    again = timed(plausible(once, speech, START, END))
    assert [word.start for word in again] == pytest.approx([word.start for word in once], abs=1e-6)
    assert [word.end for word in again] == pytest.approx([word.end for word in once], abs=1e-6)


@st.composite
def spoken(draw: st.DrawFn) -> tuple[list[Word], list[Span]]:
    """Words as they are said, and where somebody speaks."""
    words, speech, now = [], [], START
    for _ in range(draw(st.integers(1, 4))):
        now += draw(st.integers(30, 200)) / 100
        begun = now
        for text in draw(st.lists(TEXTS, min_size=1, max_size=5)):
            end = now + draw(st.integers(2, 90)) / 100
            words.append(Word(text, now, end))
            now = end + draw(st.sampled_from([0.0, 0.0, 0.04]))
        speech.append((begun + 0.1, words[-1].span[1] - 0.1) if words[-1].span[1] - begun > 0.3 else (begun, now))
    return words, speech


@given(spoken())
def test_what_can_be_true_stays_to_the_microsecond(said: tuple[list[Word], list[Span]]) -> None:
    words, speech = said
    assert plausible(words, speech, START, max(END, words[-1].span[1])) == words
    assert in_order(words) == words


@given(chaotic())
def test_a_word_that_agrees_with_all_others_keeps_its_place_in_the_order(words: list[Word]) -> None:
    given_ = timed(words)
    for number, (before, after) in enumerate(zip(given_, in_order(given_), strict=True)):
        start, end = before.span
        agrees = all(max(word.span) <= start for word in given_[:number]) and all(
            min(word.span) >= end for word in given_[number + 1 :]
        )
        if agrees and end - start >= SHORTEST_SECONDS:
            assert after.span == before.span


def words_of(text: str, *edges: float) -> list[Word]:
    """Words that follow one another, the first from the first edge to the second."""
    return [Word(word, *span) for word, span in zip(text.split(), pairwise(edges), strict=True)]


def spans(words: list[Word]) -> list[Span]:
    return [(round(word.span[0], 3), round(word.span[1], 3)) for word in words]
