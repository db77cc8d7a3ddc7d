"""Sortformer heard block by block, as NeMo's forward_streaming() hears a whole recording. Imports torch.

NeMo computes the features of the whole recording first, and then goes through them in chunks, with a memory of whoever
spoke (“Streaming Sortformer”, arXiv:2507.18446). Here the features of each chunk are computed of its own samples and
some beside them, so that no more than a chunk is held; what comes out is the same.
"""

import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from transcriber.audio.samples import NOTHING, SAMPLE_RATE
from transcriber.errors import ModelRefusedError
from transcriber.speakers.frames import FRAME_SECONDS, HEADER, PEOPLE, FrameVoices, end_bytes, frames_bytes, read_frames

STREAMING = {
    "spkcache_len": 188,
    "fifo_len": 40,
    "chunk_len": 340,
    "spkcache_update_period": 300,
    "chunk_left_context": 1,
    "chunk_right_context": 40,
}
"""In frames: what its publisher recommends where nobody waits (“very high latency”, model card of
nvidia/diar_streaming_sortformer_4spk-v2)."""
HOP_SAMPLES = 160
"""Between the starts of features."""
MARGIN_HOPS = 2
"""Features on either side of a chunk that are computed and not used: they see the samples' edge."""
MAX_WAITING_CHUNKS = 2
ONE_AT_A_TIME = threading.Lock()
"""NeMo's encoder changes its tables of positions while it computes; recordings share a model."""


def prepare(model: Any, path: Path) -> None:
    """Set how a restored model listens. Raises ModelRefusedError for one that cannot listen block by block."""
    modules, featurizer = model.sortformer_modules, model.preprocessor.featurizer
    subsampling = model.encoder.subsampling_factor
    if not model.streaming_mode or featurizer.normalize in ("per_feature", "all_features"):
        raise ModelRefusedError(
            f"the Sortformer in {path} hears a recording only as a whole, which takes memory without bounds",
            "choose a streaming one, such as nvidia/diar_streaming_sortformer_4spk-v2",
        )
    if (modules.n_spk, featurizer.hop_length * subsampling) != (PEOPLE, FRAME_SECONDS * SAMPLE_RATE):
        raise ModelRefusedError(
            f"the Sortformer in {path} knows {modules.n_spk} people, or has frames of another length",
            f"choose one for {PEOPLE} people with frames of {FRAME_SECONDS:g} s",
        )
    for name, frames in STREAMING.items():
        setattr(modules, name, frames)
    modules._check_streaming_parameters()


@dataclass(frozen=True)
class Chunk:
    """What the model takes in one step; places and lengths in features of 10 ms."""

    samples: np.ndarray
    lead: int
    """Features at the beginning of the samples that are not used."""
    length: int
    """Features that are used."""
    left: int
    """Of them, those before the chunk."""
    right: int
    """Those behind it."""


class SortformerListener:
    """Listens to one recording in a thread; close() it."""

    def __init__(self, model: Any, heard: bytes = b"") -> None:
        """`heard`: what take() gave before. Raises StorageError where that is damaged."""
        kept, self._known_samples = read_frames(heard)
        self._model, self._modules = model, model.sortformer_modules
        self._subsampling = model.encoder.subsampling_factor
        self._state = self._modules.init_streaming_state(1, model.async_streaming, model.device)
        self._known = len(kept)
        self._parts, self._frames = [kept], 0
        self._buffer, self._buffer_start, self._chunk_start = NOTHING, 0, 0
        self._new, self._lock = [b"" if heard else HEADER], threading.Lock()
        self._pool = ThreadPoolExecutor(1, "sortformer")
        self._waiting: deque[Future[None]] = deque()
        self._has_failed = False

    def hear(self, samples: np.ndarray) -> None:
        """The next samples [N] float32 at 16 kHz. Raises what went wrong with samples before."""
        self._buffer = np.concatenate([self._buffer, samples])
        while self._end >= self._next_end + self._right_context + MARGIN_HOPS:
            self._submit(self._next_end, self._right_context)

    def take(self) -> bytes:
        """What was heard since the last call."""
        with self._lock:
            new, self._new = self._new, []
        return b"".join(new)

    def finish(self) -> FrameVoices:
        """All that was heard, once nothing more will come."""
        while self._chunk_start < self._end:
            end = min(self._next_end, self._end)
            self._submit(end, min(self._right_context, self._end - end))
        while self._waiting:
            self._waiting.popleft().result()
        samples = self._buffer_start * HOP_SAMPLES + len(self._buffer)
        if self._known_samples is None:
            with self._lock:
                self._new.append(end_bytes(samples))
            self._known_samples = samples
        return FrameVoices(np.concatenate(self._parts), samples / SAMPLE_RATE)

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    @property
    def _end(self) -> int:
        """Features of what has been given so far."""
        return self._buffer_start + len(self._buffer) // HOP_SAMPLES

    @property
    def _next_end(self) -> int:
        """The feature before which the next chunk ends, if the recording is long enough."""
        return self._chunk_start + self._modules.chunk_len * self._subsampling

    @property
    def _right_context(self) -> int:
        return self._modules.chunk_right_context * self._subsampling

    def _submit(self, end: int, right: int) -> None:
        """Have the chunk up to feature `end` heard, with `right` features behind it."""
        left = min(self._modules.chunk_left_context * self._subsampling, self._chunk_start)
        begin = self._chunk_start - left
        lead = min(MARGIN_HOPS, begin)
        first = (begin - lead - self._buffer_start) * HOP_SAMPLES
        last = (end + right + MARGIN_HOPS - self._buffer_start) * HOP_SAMPLES
        chunk = Chunk(self._buffer[first:last], lead, end + right - begin, left, right)
        self._chunk_start = end
        begin = max(0, end - self._modules.chunk_left_context * self._subsampling - MARGIN_HOPS)
        self._buffer = self._buffer[(begin - self._buffer_start) * HOP_SAMPLES :]
        self._buffer_start = begin
        while len(self._waiting) >= MAX_WAITING_CHUNKS:
            self._waiting.popleft().result()
        self._waiting.append(self._pool.submit(self._step, chunk))

    def _step(self, chunk: Chunk) -> None:
        if self._has_failed:  # what comes behind a gap would be out of place
            return
        try:
            with ONE_AT_A_TIME, torch.inference_mode():
                self._keep(self._probabilities(chunk))
        except BaseException:  # whatever it was, it is raised where it is waited for
            self._has_failed = True
            raise

    def _probabilities(self, chunk: Chunk) -> np.ndarray:
        """[frames, PEOPLE] uint8 of the chunk, 255 is 1; the model remembers it."""
        model, device = self._model, self._model.device
        samples = torch.from_numpy(chunk.samples)[None].to(device)
        features, _ = model.preprocessor(input_signal=samples, length=torch.tensor([samples.shape[1]], device=device))
        used = features[:, :, chunk.lead : chunk.lead + chunk.length].transpose(1, 2)
        self._state, probabilities = model.forward_streaming_step(
            processed_signal=used,
            processed_signal_length=torch.tensor([chunk.length], device=device),
            streaming_state=self._state,
            total_preds=torch.zeros(1, 0, PEOPLE, device=device),
            left_offset=chunk.left,
            right_offset=chunk.right,
        )
        return (255 * probabilities[0]).round().to(torch.uint8).cpu().numpy()

    def _keep(self, probabilities: np.ndarray) -> None:
        """Append frames; those that were kept before are not kept again."""
        first, self._frames = self._frames, self._frames + len(probabilities)
        new = probabilities[max(0, self._known - first) :]
        if len(new):
            self._parts.append(new)
            with self._lock:
                self._new.append(frames_bytes(max(first, self._known), new))
