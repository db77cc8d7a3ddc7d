"""What the engine process works at next: one batch at a time, the most urgent task first."""

from collections.abc import Callable, Generator
from dataclasses import dataclass

CAPTION, PROBE, ALIGN, SHORT, LONG, WARM_UP = range(6)
"""Priorities of requests; the lowest goes first."""
SHORT_SECONDS = 120
TYPICAL_BYTES_PER_SECOND = 16_000
"""Of a compressed recording whose length its file does not say."""


def is_short(duration: float | None, size: int) -> bool:
    """Whether a recording of so many seconds, or else of so many bytes, may overtake longer ones."""
    return (size / TYPICAL_BYTES_PER_SECOND if duration is None else duration) <= SHORT_SECONDS


@dataclass(frozen=True)
class Task:
    """A request that is being worked at; each step is about a batch."""

    number: int
    """The request's id."""
    priority: int
    """Lower is more urgent."""
    steps: Generator[object, None, None]
    is_shared: bool = False
    """Whether other requests are worked at in it, too, so that none of them may end it."""
    is_due: Callable[[], bool] = lambda: True
    """Whether there is something to do, or it waits for more."""


class Scheduler:
    """Tasks taken in turns: after every step the most urgent one goes on, of equally urgent ones the oldest.

    Those that wait for something count as little as if they were not there.
    """

    def __init__(self) -> None:
        self._tasks: list[Task] = []

    def __bool__(self) -> bool:
        return any(task.is_due() for task in self._tasks)

    def add(self, task: Task) -> None:
        self._tasks.append(task)

    def next(self) -> Task:
        """The most urgent task. Raises ValueError when there is none."""
        due = (task for task in self._tasks if task.is_due())
        return min(due, key=lambda task: (task.priority, task.number))

    def urgent(self) -> Task | None:
        """The next task, where it cannot wait until a step of another one is over."""
        task = self.next() if self else None
        return task if task and task.priority == CAPTION else None

    def step(self, task: Task) -> None:
        """One step of a task; whatever it raises ends it."""
        try:
            next(task.steps)
        except StopIteration:
            self._tasks.remove(task)
        except BaseException:  # whatever it was, this task cannot go on
            self._tasks.remove(task)
            raise

    def cancel(self, number: int) -> bool:
        """End a task between two steps; False where there is no such task, or it is not that request's alone."""
        for task in self._tasks:
            if task.number == number and not task.is_shared:
                self._tasks.remove(task)
                task.steps.close()
                return True
        return False
