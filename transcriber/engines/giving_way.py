"""How long work lets short work go first: captions cannot wait for a batch that takes ten seconds.

What computes long calls give_way() between its steps, of a tenth of a second or so. What is urgent is done there, in
the middle of the other: by one thread, on all of the processor.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Way:
    """Whom to let go first."""

    def __init__(self) -> None:
        self._urgent: Callable[[], None] | None = None
        self._is_given = False

    def to(self, urgent: Callable[[], None]) -> None:
        """From now on `urgent` is called again and again, and does what there is to do. It must not raise."""
        self._urgent = urgent

    def give(self) -> None:
        """Nothing within what is urgent is let go first again."""
        if self._urgent and not self._is_given:
            self._is_given = True
            try:
                self._urgent()
            finally:
                self._is_given = False

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Nothing goes first meanwhile: what is urgent may need the very thing that is in the middle of its work."""
        before, self._is_given = self._is_given, True
        try:
            yield
        finally:
            self._is_given = before


way = Way()
"""Of this process."""


def give_way() -> None:
    """Let what is urgent be done now."""
    way.give()
