"""Words written otherwise: what stays, what is new, when it is said and by whom."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.conversation import FIRST, SECOND, conversation
from tests.support.edited import changed, edited, spoken, words
from tests.support.strategies import ANY, MIXED, transcripts
from transcriber.errors import UnsupportedOptionError
from transcriber.jobs.edits import make
from transcriber.transcript import Segment, Transcript, Word, joined


def test_words_that_stay_keep_their_times_and_the_new_one_has_those_of_the_old() -> None:
    before = spoken("we", "met", "mister", "tomson", "there")
    after = edited(before, "words", first=0, count=5, text="We met Mister Thomson, there!")
    assert after.text == "We met Mister Thomson, there!"
    assert [word.span for word in words(after)] == [word.span for word in words(before)]
    assert [word.confidence for word in words(after)] == [None, 0.9, None, None, 0.9]


def test_what_was_left_out_is_said_between_its_neighbours() -> None:
    after = edited(spoken("one", "four"), "words", first=0, count=2, text="one two three four")
    (_, two, three, _) = words(after)
    assert [two.span, three.span] == [pytest.approx((0.8, 0.88)), pytest.approx((0.88, 1.0))]
    assert two.confidence is three.confidence is None


def test_a_word_before_a_silence_does_not_last_through_it() -> None:
    before = Transcript(
        (Segment((Word("fahren.", 0.0, 1.0), Word("Und", 9.0, 9.4)), 0.0, 9.4),), 10.0, "whisper", "cpu"
    )
    (_, new, _) = words(edited(before, "words", first=0, count=1, text="fahren. Quatsch"))
    assert new.span == (1.0, pytest.approx(1.0 + 0.1 * len("Quatsch")))


def test_more_than_a_paragraph_can_be_is_refused() -> None:
    with pytest.raises(UnsupportedOptionError, match="300,001 letters are too many for one paragraph"):
        edited(spoken("a"), "words", first=0, count=1, text="a" * 300_001)


def test_two_words_for_one_share_its_time() -> None:
    after = edited(spoken("in", "anycase", "yes"), "words", first=1, count=1, text="any case")
    assert [word.text for word in words(after)] == ["in", "any", "case", "yes"]
    assert (words(after)[1].start, words(after)[2].end) == (1.0, 1.8)


def test_words_at_the_edges() -> None:
    transcript = spoken("b")
    transcript = edited(transcript, "words", first=0, count=0, text="a")
    transcript = edited(transcript, "words", first=2, count=0, text="c")
    assert transcript.text == "a b c"
    assert [word.span for word in words(transcript)] == [(0.0, 0.0), (0.0, 0.8), (0.8, 0.8)]


def test_each_word_stays_with_who_says_it() -> None:
    """What is written before the first word of a paragraph is said by who says the paragraph."""
    after = edited(conversation(), "words", first=3, count=3, text="Well, it was Tom and me.")
    assert [segment.text for segment in after.segments] == ["Who is there?", "Well, it was Tom and me.", "Come in."]
    assert [segment.speaker for segment in after.segments] == [FIRST, SECOND, FIRST]
    assert {word.speaker for word in after.segments[1].words} == {SECOND}
    both = edited(conversation(), "words", first=1, count=3, text="was here? That")
    assert [segment.text for segment in both.segments[:2]] == ["Who was here?", "That is me."]


def test_all_words_of_a_paragraph_go() -> None:
    after = edited(conversation(), "words", first=3, count=3, text=" ")
    assert after.text == "Who is there? Come in."
    assert len(after.segments) == 2
    nothing = edited(after, "words", first=0, count=5, text="")
    assert (nothing.segments, nothing.text) == ((), "")
    again = edited(nothing, "words", first=0, count=0, text="From the start.")
    assert [segment.text for segment in again.segments] == ["From the start."]


def test_a_text_without_blanks_is_cut_as_it_may_be_broken() -> None:
    pieces = ("我们", "昨天", "讨论", "计划。")
    said = [Word(text, at, at + 0.8, 0.9, space_before=False) for at, text in enumerate(pieces)]
    before = Transcript((Segment(tuple(said), 0, 4),), 4.0, "whisper", "cpu")
    after = edited(before, "words", first=0, count=4, text="我们今天讨论了计划。")
    assert after.text == "我们今天讨论了计划。"
    assert [word.text for word in words(after)] == ["我们", "今", "天", "讨论", "了", "计划。"]
    assert [word.span for word in words(after) if word.confidence] == [(0, 0.8), (2, 2.8), (3, 3.8)]


def test_words_without_times_stay_without() -> None:
    before = Transcript((Segment((Word("one"), Word("too")), 1.0, 3.0),), 9.0, "canary", "cpu")
    after = edited(before, "words", first=0, count=2, text="one two three")
    assert [(word.text, word.start) for word in words(after)] == [("one", None), ("two", None), ("three", None)]
    assert (after.segments[0].start, after.segments[0].end) == (1.0, 3.0)


def test_letters_that_are_written_from_right_to_left() -> None:
    before = spoken("שלום", "עולם")
    after = edited(before, "words", first=0, count=2, text="שלום לעולם")
    assert after.text == "שלום לעולם"
    assert words(after)[0] == words(before)[0]


def test_nothing_is_changed_by_the_same_text() -> None:
    for text in ("Who is there?", " Who \n is  there? "):
        assert make(conversation(), "words", {"first": 0, "count": 3, "text": text}, conversation) is None


def test_half_a_character_is_written_in_characters_that_can_be_kept() -> None:
    after = edited(spoken("one"), "words", first=0, count=1, text="\ud83d two")
    after.text.encode()
    assert after.text.endswith(" two")


def test_better_times_lie_between_the_neighbours() -> None:
    before = spoken("one", "x", "four")
    content = make(before, "words", {"first": 1, "count": 1, "text": "two three"}, conversation)
    assert content is not None
    better = changed(before, "words", {**content, "times": [[0.5, 1.2], [1.3, 9.0]]})
    assert [word.span for word in words(better)[1:3]] == [(0.8, 1.2), (1.3, 2.0)]
    for wrong in ([[1.5, 1.2], [1.3, 1.4]], [[1.0, 1.2]], [[5.0, 6.0], [6.0, 7.0]]):
        assert changed(before, "words", {**content, "times": wrong}) == changed(before, "words", content)


def test_a_text_of_thirty_thousand_words_is_compared() -> None:
    """Words that are there once part it."""
    texts = [f"word{at}" if at % 7 else "the" for at in range(30_000)]
    before = spoken(*texts, each=0.3)
    texts[20_000:20_003] = ["quite", "different"]
    after = edited(before, "words", first=0, count=30_000, text=" ".join(texts))
    assert [word.text for word in words(after)] == texts
    assert len([word for word in words(after) if word.confidence is None]) == 2


@pytest.mark.parametrize(("first", "count"), [(-1, 1), (0, 9), (8, 1), (0, -1), (1 << 80, 0)])
def test_words_that_are_not_there(first: int, count: int) -> None:
    with pytest.raises(UnsupportedOptionError, match="has 8 words"):
        make(conversation(), "words", {"first": first, "count": count, "text": "x"}, conversation)


def test_a_word_that_is_right_is_confirmed() -> None:
    after = edited(conversation(), "confirm", first=2, count=2)
    assert [word.confidence for word in words(after)] == [0.9, 0.9, None, None, 0.9, 0.9, 0.9, 0.9]
    assert after.text == conversation().text
    assert make(after, "confirm", {"first": 2, "count": 2}, conversation) is None


TEXTS = st.lists(st.one_of(MIXED, ANY), max_size=12).map(" ".join)


@given(transcripts(MIXED, blanks=st.booleans()), st.data(), TEXTS)
def test_the_text_is_what_was_written_and_nothing_else_is_touched(
    transcript: Transcript, data: st.DataObject, text: str
) -> None:
    """And times that were in order stay so."""
    before = words(transcript)
    first = data.draw(st.integers(0, len(before)))
    count = data.draw(st.integers(0, len(before) - first))
    after = words(edited(transcript, "words", first=first, count=count, text=text))
    behind = len(before) - first - count
    new = after[first : len(after) - behind]
    assert after[:first] == before[:first]
    assert [word.text for word in after[len(after) - behind :]] == [word.text for word in before[first + count :]]
    wanted = " ".join(text.split(" ")).strip()
    assert joined(new).split() == wanted.split()
    if before and all(word.start is not None for word in before) and in_order(before):
        assert in_order(after)


def in_order(said: list[Word]) -> bool:
    return all(one.span[1] <= other.span[0] for one, other in pairwise(said))
