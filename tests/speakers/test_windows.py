"""What is kept of a recording's windows is what was heard in them, and damaged bytes are refused."""

from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.windows import WINDOWS, random_window
from transcriber.errors import StorageError
from transcriber.speakers.windows import (
    FRAMES,
    HEADER,
    STEP_FRAMES,
    Window,
    end_bytes,
    read_voices,
    read_windows,
    window_bytes,
)

STARTED = st.lists(st.tuples(st.integers(1, 9999), WINDOWS), max_size=5).map(
    lambda rows: list(zip(accumulate(gap for gap, _ in rows), [window for _, window in rows]))
)
"""Windows with their first frames."""


def kept(windows: list[tuple[int, Window]]) -> bytes:
    return HEADER + b"".join(window_bytes(start, window) for start, window in windows)


def assert_same(window: Window, other: Window) -> None:
    assert np.array_equal(window.active, other.active)
    assert np.array_equal(window.vectors, other.vectors)
    assert all(np.array_equal(window.pieces[name], other.pieces[name]) for name in ("local", "begin", "end", "alone"))


@settings(deadline=None)
@given(STARTED, st.none() | st.integers(0, 2**63))
def test_what_is_read_is_what_was_kept(windows: list[tuple[int, Window]], samples: int | None) -> None:
    read, length = read_windows(kept(windows) + (b"" if samples is None else end_bytes(samples)))
    assert length == samples
    assert [start for start, _ in read] == [start for start, _ in windows]
    for (_, window), (_, other) in zip(windows, read):
        assert_same(window, other)


@settings(deadline=None)
@given(STARTED)
def test_what_is_read_is_kept_in_the_same_bytes(windows: list[tuple[int, Window]]) -> None:
    assert kept(read_windows(kept(windows))[0]) == kept(windows)


def test_the_voices_are_the_windows_in_a_row() -> None:
    windows = [random_window(1, 2), random_window(2, 0), random_window(3, 4)]
    voices = read_voices(kept([(index * STEP_FRAMES, window) for index, window in enumerate(windows)]))
    assert voices.starts.tolist() == [0, STEP_FRAMES, 2 * STEP_FRAMES]
    assert voices.pieces["window"].tolist() == [0, 0, 2, 2, 2, 2]
    assert voices.active.shape == (3, FRAMES, 3)
    assert np.array_equal(voices.vectors, np.concatenate([window.vectors for window in windows]).astype(np.float32))
    assert voices.duration == 19.99  # two steps of 296 frames of 270 samples, and a window


def test_the_end_says_how_long_the_recording_is() -> None:
    assert read_voices(HEADER + window_bytes(0, random_window(1)) + end_bytes(40_000)).duration == 2.5


@pytest.mark.parametrize("heard", [b"", HEADER, HEADER + end_bytes(0)])
def test_where_nothing_was_heard_nobody_speaks(heard: bytes) -> None:
    voices = read_voices(heard)
    assert (len(voices.starts), voices.active.shape, voices.pieces.shape, voices.vectors.shape, voices.duration) == (
        *(0, (0, FRAMES, 3), (0,), (0, 192)),
        0,
    )


WHOLE = kept([(0, random_window(1)), (STEP_FRAMES, random_window(2))]) + end_bytes(1)


@settings(deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_a_changed_byte_is_refused(at: int, difference: int) -> None:
    changed = bytearray(WHOLE)
    changed[at] ^= difference
    with pytest.raises(StorageError, match="damaged"):
        read_windows(bytes(changed))


@settings(deadline=None)
@given(st.integers(1, len(WHOLE) - 1))
def test_bytes_that_end_within_a_record_are_refused(length: int) -> None:
    record = len(window_bytes(0, random_window(1)))
    if length in (len(HEADER), len(HEADER) + record, len(HEADER) + 2 * record):
        assert len(read_windows(WHOLE[:length])[0]) == (length - len(HEADER)) // record
    else:
        with pytest.raises(StorageError):
            read_windows(WHOLE[:length])


@pytest.mark.parametrize(
    "heard",
    [
        kept([(5, random_window(1)), (5, random_window(2))]),  # not in the order of time
        HEADER + end_bytes(1) + window_bytes(0, random_window(1)),  # behind the end
        b"sortformer\n",
        b"speakers 2\n",
    ],
)
def test_what_no_listener_writes_is_refused(heard: bytes) -> None:
    with pytest.raises(StorageError):
        read_voices(heard)


def test_a_piece_outside_of_its_window_is_refused() -> None:
    window = random_window(1)
    window.pieces["end"][0] = FRAMES + 1
    with pytest.raises(StorageError):
        read_voices(kept([(0, window)]))


def test_a_vector_that_is_no_number_is_refused() -> None:
    window = random_window(1)
    window.vectors[0, 5] = np.nan
    with pytest.raises(StorageError):
        read_voices(kept([(0, window)]))
