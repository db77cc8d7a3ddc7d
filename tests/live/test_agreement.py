"""What two hearings have in common, and where a text goes on."""

from hypothesis import given
from hypothesis import strategies as st

from transcriber.live.agreement import agreed, continuation
from transcriber.transcript import Word


def words(text: str, start: float = 0.0) -> list[Word]:
    """Half a second each."""
    return [Word(one, start + at / 2, start + at / 2 + 0.4) for at, one in enumerate(text.split())]


def test_the_words_that_both_begin_with() -> None:
    assert agreed(words("and so my fellow"), words("And so, my friend Americans")) == 3


def test_the_last_word_may_still_change() -> None:
    assert agreed(words("and so my"), words("and so my")) == 2
    assert agreed(words("and so my"), words("and so my fellow")) == 3
    assert agreed([], words("and")) == agreed(words("and"), []) == 0


def test_a_text_goes_on_behind_what_is_settled() -> None:
    assert continuation(words("ask not what"), words("Ask not what your country")) == 3
    assert continuation([], words("ask not")) == 0
    assert continuation(words("ask not what"), []) == 0


def test_a_word_that_is_said_again_and_again_is_told_by_its_time() -> None:
    assert continuation(words("no no no"), words("no no no no no no")) == 3


def test_what_was_settled_otherwise_is_not_written_twice() -> None:
    """The model now hears two words as one: the time tells."""
    heard = [Word("sometimes", 0.0, 0.9), *words("we go", 1.0)]
    assert continuation(words("some times"), heard) == 1


def test_a_window_that_begins_in_the_middle_of_settled_words() -> None:
    assert continuation(words("what your country"), words("country can do", 1.0)) == 1


@given(st.lists(st.sampled_from(["yes", "no", "one", "Two,"]), max_size=12), st.integers(0, 12))
def test_of_the_same_text_the_rest_goes_on(texts: list[str], count: int) -> None:
    heard = words(" ".join(texts))
    settled = heard[:count]
    assert continuation(settled, heard) == len(settled)
    assert agreed(heard, heard) == max(0, len(heard) - 1)
