"""What threads make meanwhile is the same, in the same order."""

import threading
from collections.abc import Iterator

import pytest

from transcriber.pipeline.prefetch import Ahead, side_by_side


def test_the_same_items_made_before_they_are_asked_for() -> None:
    made: list[int] = []
    third = threading.Event()

    def items() -> Iterator[int]:
        for number in range(9):
            made.append(number)
            if number == 2:
                third.set()
            yield number

    ahead = Ahead(items(), 3)
    assert third.wait(10)
    assert len(made) == 3
    assert not ahead.is_over
    assert list(ahead) == list(range(9))
    assert ahead.is_over
    assert next(ahead, "over") == "over"
    ahead.close()


def test_an_error_comes_when_its_item_is_asked_for() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise OSError("gone")

    ahead = Ahead(items(), 5)
    assert next(ahead) == 1
    assert not ahead.is_over
    with pytest.raises(OSError, match="gone"):
        next(ahead)
    ahead.close()


def test_closing_ends_the_thread() -> None:
    before = threading.active_count()
    ahead = Ahead(iter(range(99)), 2)
    assert next(ahead) == 0
    ahead.close()
    assert threading.active_count() == before


def test_side_by_side_keeps_the_order() -> None:
    both = threading.Barrier(2, timeout=10)

    def square(number: int) -> int:
        both.wait()  # two of them at once, or never
        return number**2

    assert list(side_by_side(square, range(6), 2)) == [0, 1, 4, 9, 16, 25]
