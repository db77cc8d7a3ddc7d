"""A recording is heard in windows on one grid, in order, in bounded memory; interrupted or not, the same is kept."""

import threading
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.windows import random_window
from transcriber.errors import ModelLoadError, StorageError
from transcriber.speakers.listening import BUFFER_SAMPLES, GROUP_WINDOWS, STEP_SAMPLES, WindowListener
from transcriber.speakers.windows import (
    HEADER,
    HOP_SAMPLES,
    STEP_FRAMES,
    WINDOW_SAMPLES,
    Window,
    end_bytes,
    read_windows,
    window_bytes,
)

GROUP_SAMPLES = GROUP_WINDOWS * STEP_SAMPLES


def analyse(windows: np.ndarray) -> list[Window]:
    """Something else of each window, and of which windows it is analysed with."""
    return [random_window(hash((len(windows), window.tobytes())) % 2**32, 2) for window in windows]


def recording(samples: int) -> np.ndarray:
    """No two windows of it are the same."""
    return np.arange(1, samples + 1, dtype=np.float32)


def listen(listener: WindowListener, samples: np.ndarray, sizes: list[int]) -> bytes:
    """All that is taken of a recording that comes in blocks of these sizes, again and again."""
    taken = b""
    at = turn = 0
    while at < len(samples):
        size = sizes[turn % len(sizes)]
        listener.hear(samples[at : at + size])
        taken += listener.take()
        at, turn = at + size, turn + 1
    listener.finish()
    listener.close()
    return taken + listener.take()


def whole(samples: int) -> bytes:
    return listen(WindowListener(analyse), recording(samples), [samples or 1])


LENGTHS = st.integers(0, 3 * BUFFER_SAMPLES) | st.builds(
    lambda windows, more: max(0, windows * STEP_SAMPLES + WINDOW_SAMPLES + more), st.integers(-1, 9), st.integers(-3, 3)
)


@settings(deadline=None, max_examples=40)
@given(LENGTHS)
def test_windows_are_on_the_grid_and_the_last_ends_with_the_recording(samples: int) -> None:
    seen: list[np.ndarray] = []

    def remember(windows: np.ndarray) -> list[Window]:
        seen.extend(windows)
        return analyse(windows)

    kept, length = read_windows(listen(WindowListener(remember), recording(samples), [samples or 1]))
    frames = [frame for frame, _ in kept]
    assert length == samples
    assert bool(frames) == bool(samples)
    for window, frame in zip(seen, frames, strict=True):
        begin = frame * HOP_SAMPLES
        part = recording(samples)[begin : begin + WINDOW_SAMPLES]
        assert np.array_equal(window[: len(part)], part)
        assert not window[len(part) :].any()
    if frames:
        end = frames[-1] * HOP_SAMPLES + WINDOW_SAMPLES
        assert samples <= end
        assert end < samples + HOP_SAMPLES or samples < WINDOW_SAMPLES
        steps = [after - before for before, after in pairwise([0, *frames[1:]])]
        assert all(step == STEP_FRAMES for step in steps[:-1])
        assert all(0 < step <= STEP_FRAMES for step in steps[-1:])


@settings(deadline=None, max_examples=20)
@given(LENGTHS, st.lists(st.integers(9999, BUFFER_SAMPLES), min_size=1, max_size=5), st.integers(1, 3))
def test_blocks_and_threads_make_no_difference(samples: int, sizes: list[int], workers: int) -> None:
    assert listen(WindowListener(analyse, workers=workers), recording(samples), sizes) == whole(samples)


def test_blocks_of_single_samples_make_no_difference() -> None:
    assert listen(WindowListener(analyse), recording(999), [1]) == whole(999)


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 4 * BUFFER_SAMPLES),
    st.lists(st.integers(0, 4 * BUFFER_SAMPLES), max_size=3),
    st.lists(st.integers(9999, BUFFER_SAMPLES), min_size=1, max_size=3),
)
def test_what_was_interrupted_goes_on_to_the_same_bytes(samples: int, ends: list[int], sizes: list[int]) -> None:
    kept = b""
    for end in ends:  # each time it begins anew, comes so far, and is given up
        listener = WindowListener(analyse, kept)
        part = recording(samples)[:end]
        for at in range(0, len(part), sizes[0]):
            listener.hear(part[at : at + sizes[0]])
            kept += listener.take()
        listener.close()
    assert kept + listen(WindowListener(analyse, kept), recording(samples), sizes) == whole(samples)


def test_what_was_heard_before_is_not_analysed_again() -> None:
    samples = recording(2 * GROUP_SAMPLES + WINDOW_SAMPLES)
    first, kept = WindowListener(analyse), b""
    first.hear(samples)
    while len(read_windows(kept)[0]) < 2 * GROUP_WINDOWS:
        kept += first.take()
    first.close()
    analysed: list[int] = []

    def count(windows: np.ndarray) -> list[Window]:
        analysed.append(len(windows))
        return analyse(windows)

    listen(WindowListener(count, kept), samples, [10_000])
    assert analysed == [1]


def test_a_recording_that_was_heard_to_its_end_needs_nothing_more() -> None:
    kept = whole(GROUP_SAMPLES)
    listener = WindowListener(lambda windows: pytest.fail("it was heard before"), kept)
    listener.hear(recording(GROUP_SAMPLES))
    assert listener.finish().people().duration == GROUP_SAMPLES / 16_000
    assert listener.take() == b""
    listener.close()


def test_windows_that_were_kept_in_other_groups_are_not_kept_twice() -> None:
    """As by a version with groups of another size."""
    kept = HEADER + b"".join(window_bytes(index * STEP_FRAMES, random_window(index)) for index in range(2))
    windows, _ = read_windows(kept + listen(WindowListener(analyse, kept), recording(GROUP_SAMPLES), [9999]))
    assert [frame for frame, _ in windows] == [0, STEP_FRAMES, 2 * STEP_FRAMES]


def test_of_an_empty_recording_there_is_its_end() -> None:
    assert whole(0) == HEADER + end_bytes(0)


def test_memory_does_not_grow_where_hearing_is_slower_than_reading() -> None:
    gate, entered = threading.Semaphore(0), threading.Semaphore(0)
    submitted = []

    def wait(windows: np.ndarray) -> list[Window]:
        entered.release()
        gate.acquire(timeout=60)
        return analyse(windows)

    def read() -> None:
        block = np.zeros(GROUP_SAMPLES, np.float32)
        for _ in range(6):
            listener.hear(block)
            submitted.append(1)

    listener = WindowListener(wait, workers=1)
    reader = threading.Thread(target=read)
    reader.start()
    assert entered.acquire(timeout=60)
    reader.join(0.3)
    assert reader.is_alive()  # it has to wait,
    assert len(submitted) <= 3  # with one group being heard and one waiting
    for _ in range(9):
        gate.release()
    reader.join(60)
    assert not reader.is_alive()
    listener.close()


def fail(windows: np.ndarray) -> list[Window]:
    raise ModelLoadError("the card is gone", "look for it")


def test_what_goes_wrong_in_a_thread_is_raised_to_whoever_listens() -> None:
    listener = WindowListener(fail)
    with pytest.raises(ModelLoadError, match="card"):
        for _ in range(4):
            listener.hear(np.zeros(GROUP_SAMPLES, np.float32))
    assert listener.take() == HEADER  # and what was heard before it is kept
    with pytest.raises(ModelLoadError, match="card"):
        listener.finish()
    listener.close()


def test_it_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    listener = WindowListener(analyse, workers=3)
    listener.hear(recording(3 * GROUP_SAMPLES))
    assert set(threading.enumerate()) - before
    listener.close()
    assert set(threading.enumerate()) == before


def test_each_thread_begins_as_it_is_told() -> None:
    threads: list[str] = []
    listener = WindowListener(analyse, begin_thread=lambda: threads.append(threading.current_thread().name))
    listener.hear(recording(2 * GROUP_SAMPLES))
    listener.close()
    assert len(threads) == 1
    assert threads[0].startswith("listening")


def test_damaged_bytes_are_refused() -> None:
    with pytest.raises(StorageError):
        WindowListener(analyse, b"sortformer\n")
