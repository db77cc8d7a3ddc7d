"""What threads make meanwhile is the same, in the same order."""

import threading
from collections.abc import Iterator

import pytest

from transcriber.pipeline.prefetch import Prefetch, parallel_map


def test_the_same_items_made_before_they_are_asked_for() -> None:
    made: list[int] = []
    third = threading.Event()

    def items() -> Iterator[int]:
        for number in range(9):
            made.append(number)
            if number == 2:
                third.set()
            yield number

    prefetch = Prefetch(items(), 3)
    assert third.wait(10)
    assert len(made) == 3
    assert not prefetch.is_over
    assert list(prefetch) == list(range(9))
    assert prefetch.is_over
    assert next(prefetch, "over") == "over"
    prefetch.close()


def test_an_error_comes_when_its_item_is_asked_for() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise OSError("gone")

    prefetch = Prefetch(items(), 5)
    assert next(prefetch) == 1
    assert not prefetch.is_over
    with pytest.raises(OSError, match="gone"):
        next(prefetch)
    prefetch.close()


def test_closing_ends_the_thread() -> None:
    before = threading.active_count()
    prefetch = Prefetch(iter(range(99)), 2)
    assert next(prefetch) == 0
    prefetch.close()
    assert threading.active_count() == before


def test_parallel_map_keeps_the_order() -> None:
    both = threading.Barrier(2, timeout=10)

    def square(number: int) -> int:
        both.wait()  # two of them at once, or never
        return number**2

    assert list(parallel_map(square, range(6), 2)) == [0, 1, 4, 9, 16, 25]
