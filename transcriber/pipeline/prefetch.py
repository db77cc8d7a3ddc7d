"""Work that threads do while something else goes on: decoding, voice detection and the model at the same time.

It gains where the work is done outside of Python's lock, as by FFmpeg, soxr, numpy and torch.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
U = TypeVar("U")
END: Any = object()


class Prefetch(Iterator[T]):
    """The same items, made by a thread of their own, at most `count` before they are asked for; close() it.

    What making an item raises is raised where that item is asked for.
    """

    def __init__(self, items: Iterator[T], count: int) -> None:
        self._items = items
        self._pool = ThreadPoolExecutor(1, "prefetch")
        self._waiting = deque(self._submit() for _ in range(count))

    def __next__(self) -> T:
        if not self._waiting or (item := self._waiting.popleft().result()) is END:
            self._waiting.clear()
            raise StopIteration
        self._waiting.append(self._submit())
        return item

    @property
    def is_over(self) -> bool:
        """Whether it is known by now that there are no more items."""
        if not self._waiting:
            return True
        latest = self._waiting[0]
        return latest.done() and not latest.exception() and latest.result() is END

    def close(self) -> None:
        """End the thread; what it is making is finished and lost."""
        self._waiting.clear()
        self._pool.shutdown(cancel_futures=True)

    def _submit(self) -> Future[T]:
        return self._pool.submit(next, self._items, END)


def parallel_map(work: Callable[[T], U], items: Iterable[T], threads: int) -> Generator[U, None, None]:
    """What `work` makes of each item, in their order, made by so many threads."""
    pool = ThreadPoolExecutor(threads, "parallel map")
    waiting: deque[Future[U]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
