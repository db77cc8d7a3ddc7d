"""A recording, block after block, is heard in windows: in threads of its own, in bounded memory, in order.

Windows are analysed in groups, always the same ones: what is computed at once with other windows may differ in its last
digits, and what is kept shall not depend on where it was interrupted.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from transcriber.speakers import voices
from transcriber.speakers.protocol import Voices
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

GROUP_WINDOWS = 4
STEP_SAMPLES = STEP_FRAMES * HOP_SAMPLES
GROUP_SAMPLES = GROUP_WINDOWS * STEP_SAMPLES
"""Between the beginnings of groups."""
BUFFER_SAMPLES = GROUP_SAMPLES + WINDOW_SAMPLES
"""A group, and before it the beginning of the window before: there the last window of a recording may begin."""
WAITING_GROUPS = 1
"""That may wait for a thread."""

Analyse = Callable[[np.ndarray], list[Window]]
"""What is heard in windows [windows, WINDOW_SAMPLES] float32."""


class WindowListener:
    """Hears windows on a grid, and one more that ends with the recording. A protocol.Listener."""

    def __init__(
        self, analyse: Analyse, heard: bytes = b"", workers: int = 1, begin_thread: Callable[[], None] | None = None
    ) -> None:
        """`heard`: what take() gave before; `begin_thread` is called first in each thread. Raises StorageError."""
        windows, length = read_windows(heard)
        self._heard, self._taken = bytearray(heard or HEADER), len(heard)
        self._last_known = windows[-1][0] if windows else -1
        """First frame of the last window that was heard before."""
        self._is_finished = length is not None
        self._analyse = analyse
        self._threads = ThreadPoolExecutor(workers, "listening", begin_thread)
        self._groups: deque[_Group] = deque()
        self._most_groups = workers + WAITING_GROUPS
        self._buffer = np.zeros(BUFFER_SAMPLES + HOP_SAMPLES, np.float32)
        self._begin, self._filled = -STEP_SAMPLES, STEP_SAMPLES
        """Of which sample of the recording the first in the buffer is, and how many there are."""

    def hear(self, samples: np.ndarray) -> None:
        """The next samples [N] float32. Raises what went wrong with samples before."""
        while len(samples) and not self._is_finished:
            size = min(len(samples), BUFFER_SAMPLES - self._filled)
            self._buffer[self._filled : self._filled + size] = samples[:size]
            self._filled, samples = self._filled + size, samples[size:]
            if self._filled == BUFFER_SAMPLES:
                self._submit(self._frames)
                self._filled -= GROUP_SAMPLES
                self._buffer[: self._filled] = self._buffer[GROUP_SAMPLES:BUFFER_SAMPLES]
                self._begin += GROUP_SAMPLES

    def take(self) -> bytes:
        """What was heard since the last call, in order: records of windows.py."""
        while self._groups and self._groups[0].is_heard:
            self._collect()
        new = bytes(self._heard[self._taken :])
        self._taken += len(new)
        return new

    def finish(self) -> Voices:
        """All that was heard, once nothing more will come. Raises what went wrong."""
        if not self._is_finished:
            samples = self._begin + self._filled
            self._buffer[self._filled :] = 0
            self._submit(self._last_frames(samples))
            while self._groups:
                self._collect()
            self._heard += end_bytes(samples)
            self._is_finished = True
        return voices.read(bytes(self._heard))

    def close(self) -> None:
        """End the threads: what is being heard is heard to its end, what waits is not."""
        self._threads.shutdown(cancel_futures=True)

    @property
    def _frames(self) -> list[int]:
        """The first frame of each window of the group that lies in the buffer."""
        first = (self._begin + STEP_SAMPLES) // HOP_SAMPLES
        return [first + index * STEP_FRAMES for index in range(GROUP_WINDOWS)]

    def _last_frames(self, samples: int) -> list[int]:
        """The same at the end of the recording: whole windows, and one that ends with it, if it does not already."""
        if not samples:
            return []
        frames = [frame for frame in self._frames if frame * HOP_SAMPLES + WINDOW_SAMPLES <= samples]
        last = max(0, -(-(samples - WINDOW_SAMPLES) // HOP_SAMPLES))
        before = frames[-1] if frames else self._frames[0] - STEP_FRAMES
        return [*frames, last] if last > before else frames

    def _submit(self, frames: list[int]) -> None:
        """Hear windows, once there is room."""
        if not frames or frames[-1] <= self._last_known:
            return
        while len(self._groups) >= self._most_groups:
            self._collect()
        begins = [frame * HOP_SAMPLES - self._begin for frame in frames]
        windows = np.stack([self._buffer[begin : begin + WINDOW_SAMPLES] for begin in begins])
        self._groups.append(_Group(frames, self._threads.submit(self._analyse, windows)))

    def _collect(self) -> None:
        """Keep what is heard in the oldest group, as soon as it is."""
        group = self._groups[0]
        for frame, window in zip(group.frames, group.future.result()):
            if frame > self._last_known:
                self._heard += window_bytes(frame, window)
        self._groups.popleft()


@dataclass(frozen=True)
class _Group:
    """Windows that are analysed at once."""

    frames: list[int]
    """The first frame of each."""
    future: Future[list[Window]]

    @property
    def is_heard(self) -> bool:
        return self.future.done() and not self.future.cancelled() and not self.future.exception()
