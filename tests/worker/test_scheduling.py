"""The most urgent task first, batch by batch."""

from collections.abc import Generator

import pytest

from transcriber.worker.scheduling import CAPTION, LONG, Scheduler, Task


def steps(name: str, count: int, done: list[str]) -> Generator[None, None, None]:
    try:
        for _ in range(count):
            done.append(name)
            yield
    finally:
        done.append(f"{name} ends")


def test_a_short_task_overtakes_between_two_steps() -> None:
    done: list[str] = []
    scheduler = Scheduler()
    scheduler.add(Task(1, 2, steps("long", 3, done)))
    scheduler.step(scheduler.next())
    scheduler.add(Task(2, 1, steps("short", 2, done)))
    while scheduler:
        scheduler.step(scheduler.next())
    assert done == ["long", "short", "short", "short ends", "long", "long", "long ends"]


def test_of_equally_urgent_tasks_the_oldest() -> None:
    done: list[str] = []
    scheduler = Scheduler()
    for number, name in ((3, "third"), (1, "first"), (2, "second")):
        scheduler.add(Task(number, 1, steps(name, 1, done)))
    while scheduler:
        scheduler.step(scheduler.next())
    assert [name for name in done if "ends" not in name] == ["first", "second", "third"]


def test_a_cancelled_task_is_closed_and_forgotten() -> None:
    done: list[str] = []
    scheduler = Scheduler()
    scheduler.add(Task(1, 1, steps("long", 9, done)))
    scheduler.step(scheduler.next())
    assert scheduler.cancel(1)
    assert done == ["long", "long ends"]
    assert not scheduler
    assert not scheduler.cancel(1)


def test_an_error_ends_its_task_only() -> None:
    def fails() -> Generator[None, None, None]:
        raise OSError("broken")
        yield

    done: list[str] = []
    scheduler = Scheduler()
    scheduler.add(Task(1, 1, fails()))
    scheduler.add(Task(2, 2, steps("other", 1, done)))
    with pytest.raises(OSError, match="broken"):
        scheduler.step(scheduler.next())
    scheduler.step(scheduler.next())
    assert done == ["other"]


def test_what_waits_for_something_is_passed_over() -> None:
    done: list[str] = []
    has_come: list[bool] = []
    scheduler = Scheduler()
    scheduler.add(Task(1, CAPTION, steps("captions", 1, done), is_due=lambda: bool(has_come)))
    assert not scheduler
    scheduler.add(Task(2, LONG, steps("long", 1, done)))
    scheduler.step(scheduler.next())
    assert scheduler.urgent() is None
    has_come.append(True)
    urgent = scheduler.urgent()
    assert urgent
    scheduler.step(urgent)
    assert done == ["long", "captions"]


def test_only_captions_cannot_wait() -> None:
    scheduler = Scheduler()
    scheduler.add(Task(1, LONG, steps("long", 1, [])))
    assert scheduler.urgent() is None
