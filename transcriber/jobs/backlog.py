"""What is to be stored, in order: what cannot be stored at the moment is tried again until it can."""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from transcriber.errors import StorageError
from transcriber.unexpected import map_and_log_error

RETRY_SECONDS = 2.0


class Backlog:
    """Works, which are done with `lock` held. One that raises StorageError is done once more, and those behind it wait;
    one that raises what nobody foresaw is given up, with a traceback in the log in `folder`."""

    def __init__(self, lock: AbstractContextManager[Any], folder: Path) -> None:
        self.problem = ""
        """Why the first of them waits, as a sentence for the user."""
        self._lock, self._folder = lock, folder
        self._works: deque[Callable[[], None]] = deque()

    def do(self, work: Callable[[], None]) -> None:
        """Now, or behind those that wait."""
        with self._lock:
            self._works.append(work)
            if len(self._works) == 1:
                self._go_on()

    def _go_on(self) -> None:
        with self._lock:
            while self._works:
                try:
                    self._works[0]()
                except StorageError as error:
                    self.problem = str(error)
                    later(RETRY_SECONDS, self._go_on)
                    return
                except Exception as error:  # noqa: BLE001  (whatever it is, the others have their turn)
                    map_and_log_error(error, self._folder)
                self._works.popleft()
            self.problem = ""


def later(seconds: float, work: Callable[[], None]) -> None:
    """In a thread of its own, unless the program has ended by then."""
    timer = threading.Timer(seconds, work)
    timer.daemon = True
    timer.start()
