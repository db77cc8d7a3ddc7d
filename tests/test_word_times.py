"""Word times that can be true: what is right stays to the microsecond, and what is wrong moves no other word."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcriber.transcript import Word
from transcriber.word_times.lengths import longest_seconds
from transcriber.word_times.order import MIN_WORD_SECONDS, in_order
from transcriber.word_times.plausible import MIN_PART_SECONDS, plausible
from transcriber.word_times.spans import EDGE_SECONDS, Span

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
    return silent > 1e-6 and any(end - start >= MIN_PART_SECONDS for start, end in inside)


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
        if word.span[1] - word.span[0] < MIN_WORD_SECONDS - 1e-9:
            room = edges[2 * number + 3] - edges[2 * number]
            assert room < 40 * MIN_WORD_SECONDS, (word, room)


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
        if agrees and end - start >= MIN_WORD_SECONDS:
            assert after.span == before.span


def words(*timed: tuple[str, float, float]) -> list[Word]:
    return [Word(*one) for one in timed]


def spans(words: list[Word]) -> list[Span]:
    return [(round(word.span[0], 3), round(word.span[1], 3)) for word in words]


def test_a_word_whose_end_is_late_keeps_its_start() -> None:
    """“So” was a segment of its own, whose end Whisper wrote ten seconds late, over the words that follow."""
    given = words(("done.", 102.0, 102.6), ("So", 103.0, 113.3), ("not", 103.4, 103.6), ("out", 103.6, 103.9))
    found = plausible(given, [(102.0, 104.0), (112.0, 113.5)], START, END)
    assert spans(found) == [(102.0, 102.6), (103.0, 103.4), (103.4, 103.6), (103.6, 103.9)]


def test_a_word_that_reaches_back_over_a_pause_keeps_its_end() -> None:
    given = words(("said.", 101.0, 101.4), ("My", 101.4, 105.3), ("dear", 105.3, 105.6))
    found = plausible(given, [(101.0, 101.5), (105.0, 105.6)], START, END)
    assert spans(found) == [(101.0, 101.4), (105.0, 105.3), (105.3, 105.6)]


def test_a_word_that_reaches_on_into_a_pause_keeps_its_start() -> None:
    given = words(("I", 101.0, 101.1), ("see.", 101.1, 104.9), ("My", 105.0, 105.3))
    found = plausible(given, [(101.0, 101.6), (105.0, 105.6)], START, END)
    assert spans(found) == [(101.0, 101.1), (101.1, 101.6), (105.0, 105.3)]


def test_a_pause_is_before_a_word_unless_its_punctuation_says_that_it_follows() -> None:
    """Whisper base: “33. Roman bandits” with as much of “Roman” on one side of the pause as on the other."""
    speech = [(100.3, 101.6), (102.3, 103.4)]
    roman = words(("33.", 100.6, 101.3), ("Roman", 101.3, 102.6), ("Bandits.", 102.6, 103.2))
    assert spans(plausible(roman, speech, START, END))[1] == (102.3, 102.6)
    number = words(("Chapter", 100.6, 101.3), ("33.", 101.3, 102.6), ("Roman", 102.6, 103.2))
    assert spans(plausible(number, speech, START, END))[1] == (101.3, 101.6)


def test_a_word_that_has_swallowed_those_behind_it_gives_them_its_time() -> None:
    """Whisper base: “of the Doria Palace, and that has been let to a Russian prince”, most of it at one moment."""
    late = "the Doria Palace, and that has been led to a Russian prince".split()
    given = words(
        ("floor", 108.4, 108.82),
        ("of", 108.82, 112.28),
        *((text, 112.28, 112.28) for text in late),
        ("for", 112.28, 112.5),
    )
    found = plausible(given, [(107.2, 110.02), (110.34, 113.47)], START, END)
    assert found[0] == given[0] and found[-1] == given[-1]
    assert spans(found)[1:4] == [(108.82, 108.94), (108.94, 109.12), (109.12, 109.42)]
    assert all(before.span[1] == after.span[0] for before, after in pairwise(found[:-1]))
    assert all(word.span[1] - word.span[0] == pytest.approx(0.06 * len(word.text.strip(","))) for word in found[1:-1])


def test_speech_at_the_edge_of_a_pause_is_no_word() -> None:
    """The end of the word in front is no part of one that is said two seconds later."""
    given = words(("said.", 101.0, 101.4), ("My", 101.4, 105.3))
    assert spans(plausible(given, [(101.0, 101.47), (105.0, 105.6)], START, END))[1] == (105.0, 105.3)


def test_a_word_longer_than_anybody_speaks_stays_with_its_neighbour() -> None:
    """All of it is speech: what the model left out comes to light."""
    late = words(("we", 101.0, 101.2), ("walked", 101.2, 108.0), ("on", 109.0, 109.2))
    early = words(("we", 101.0, 101.2), ("walked", 102.0, 109.0), ("on", 109.0, 109.2))
    assert spans(plausible(late, [(START, END)], START, END))[1] == (101.2, 102.8)
    assert spans(plausible(early, [(START, END)], START, END))[1] == (107.4, 109.0)


def test_a_word_that_runs_backwards_is_said_between_its_neighbours_while_somebody_speaks() -> None:
    given = words(("so", 109.5, 110.0), ("we", 110.0, 110.2), ("walked", 101.2, 101.6), ("on", 115.0, 115.2))
    assert spans(plausible(given, [(100.0, 110.2), (114.5, 115.2)], START, END))[2] == (114.5, 114.86)
    given = words(("so", 109.5, 110.0), ("we", 110.0, 110.2), ("walked", 101.2, 101.6), ("on", 110.4, 110.7))
    assert spans(plausible(given, [(START, END)], START, END))[2] == (110.2, 110.4)


def test_a_word_without_length_takes_what_room_there_is() -> None:
    given = words(("we", 101.0, 101.2), ("walked", 101.3, 101.3), ("on", 101.4, 101.6), ("it", 101.6, 101.6))
    found = spans(plausible(given, [(START, END)], START, END))
    assert found == [(101.0, 101.2), (101.2, 101.4), (101.4, 101.6), (101.6, 101.72)]
    abutting = words(("we", 101.0, 101.2), ("walked", 101.2, 101.2), ("on", 101.2, 101.6))
    assert plausible(abutting, [(START, END)], START, END) == abutting


def test_words_that_claim_the_same_time_share_it() -> None:
    given = words(("we", 101.0, 101.3), ("on", 101.0, 101.3), ("it", 101.3, 101.5))
    found = spans(plausible(given, [(START, END)], START, END))
    assert found == [(101.0, 101.15), (101.15, 101.3), (101.3, 101.5)]


def test_words_outside_of_what_was_heard_come_back() -> None:
    given = words(("we", 98.0, 98.5), ("walked", 100.5, 100.9), ("on", 129.5, 129.8), ("it", 131.0, 131.5))
    found = plausible(given, [(START, END)], START, END)
    assert spans(found) == [(100.0, 100.12), (100.5, 100.9), (129.5, 129.8), (129.88, 130.0)]


def test_a_word_that_nobody_says_stays_in_its_silence() -> None:
    """There it is found to be made up."""
    given = words(("we", 101.0, 101.2), ("you", 110.0, 110.5))
    assert plausible(given, [(101.0, 101.3)], START, END) == given


def test_order_alone() -> None:
    """Late, backwards and without an end: the words that agree keep their times."""
    given = words(("a", 1.0, 1.5), ("b", 0.9, 1.2), ("c", 1.4, 1.3), ("d", 9.0, 9.1), ("e", 2.0, 2.2), ("f", 2.2, 2.6))
    found = [(0.84, 0.9), (0.9, 1.2), (1.4, 1.46), (1.46, 1.52), (2.0, 2.2), (2.2, 2.6)]
    assert spans(in_order(given)) == found
    assert spans(in_order(words(("a", 1.0, 1.2), ("b", 1.4, 1.4)), end=1.4)) == [(1.0, 1.2), (1.34, 1.4)]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("So", 1.2), ("armory,", 1.6), ("—", 1.0), ("1995", 2.6), ("25%", 2.4), ("BBC", 1.9), ("天", 1.3), ("l'été", 1.4)],
)
def test_how_long_a_word_can_last(text: str, seconds: float) -> None:
    assert longest_seconds(text) == pytest.approx(seconds)


def test_ten_thousand_words_in_disorder_take_no_time() -> None:
    given = [Word("a", float(number * 7919 % 10_007), number * 7919 % 10_007 + 0.5) for number in range(10_000)]
    found = in_order(given)
    assert all(before.span[1] <= after.span[0] for before, after in pairwise(found))


def test_the_first_word_behind_a_pause_begins_with_the_speech() -> None:
    """Whisper has it begin with the pause; its end is right, and close behind where somebody begins to speak."""
    words = [Word("Good", 0.0, 1.02), Word("morning,", 1.02, 1.62)]
    assert [word.span for word in plausible(words, [(0.93, 1.63)], 0.0, 10.0)] == [(0.93, 1.02), (1.02, 1.62)]
