"""Sound → what is heard in its windows: local speakers, frame by frame, and pieces of their voices as vectors."""

from collections.abc import Iterator

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from transcriber.engines.pyannet_campplus.cutting import Piece, cut
from transcriber.engines.pyannet_campplus.filter_bank import (
    FRAME_SAMPLES,
    SHIFT_SAMPLES,
    filter_bank,
    frame_count,
)
from transcriber.engines.pyannet_campplus.pyannet import SPEAKER_SETS
from transcriber.speakers.protocol import VECTOR_SIZE
from transcriber.speakers.windows import (
    FIELD_SAMPLES,
    FRAME_SECONDS,
    FRAMES,
    HOP_SAMPLES,
    LOCALS,
    PIECES,
    WINDOW_SAMPLES,
    Window,
)

PACKED_FRAMES = 1600
"""Of filter banks whose voices are computed at once: more are no quicker, and take more memory."""
MAX_AMPLITUDE = 10.0
"""Ten times full scale: what is louder is damage."""

_ACTIVE_BY_SET = np.array([[local in speakers for local in range(LOCALS)] for speakers in SPEAKER_SETS])
_FRAME_OF_FEATURES = (
    np.rint(
        (np.arange(frame_count(WINDOW_SAMPLES)) * SHIFT_SAMPLES + (FRAME_SAMPLES - FIELD_SAMPLES) / 2) / HOP_SAMPLES
    )
    .clip(0, FRAMES - 1)
    .astype(int)
)
"""In which frame of a window the middle of each frame of its filter bank lies."""


class WindowAnalyser:
    """Hears windows with a PyanNet and a PackedCamPlusPlus on a device."""

    def __init__(self, segmentation: nn.Module, embedding: nn.Module, device: str) -> None:
        self.segmentation, self.embedding, self.device = segmentation, embedding, device

    @torch.inference_mode()
    def analyse(self, windows: np.ndarray) -> list[Window]:
        """What is heard in windows [windows, WINDOW_SAMPLES] float32; the same windows at once give the same bytes."""
        sound = torch.from_numpy(_plausible(windows)).to(self.device)
        active = _ACTIVE_BY_SET[self.segmentation(sound).argmax(-1).cpu().numpy()]
        pieces = [list(cut(in_window)) for in_window in active]
        features = [voice for index, cuts in enumerate(pieces) if cuts for voice in _voices(sound[index], cuts)]
        vectors = self._vectors(features).astype(np.float16)
        by_window = np.split(vectors, np.cumsum([len(cuts) for cuts in pieces])[:-1])
        return [Window(*heard) for heard in zip(active, map(_rows, pieces), by_window)]

    def _vectors(self, features: list[Tensor]) -> np.ndarray:
        """The voice of each filter bank: [voices, VECTOR_SIZE] of length 1."""
        vectors = [F.normalize(self.embedding(batch)) for batch in _batches(features)]
        return torch.cat(vectors).cpu().numpy() if vectors else np.empty((0, VECTOR_SIZE), np.float32)


def _plausible(windows: np.ndarray) -> np.ndarray:
    """Without what is no number, which would spoil all of its window."""
    return np.nan_to_num(windows, nan=0.0, posinf=0.0, neginf=0.0).clip(-MAX_AMPLITUDE, MAX_AMPLITUDE)


def _voices(sound: Tensor, pieces: list[Piece]) -> Iterator[Tensor]:
    """The filter bank of each piece of a window [WINDOW_SAMPLES], without its mean over time."""
    features = filter_bank(sound)
    for piece in pieces:
        index = np.flatnonzero(np.isin(_FRAME_OF_FEATURES, piece.frames))  # a mask would have to wait for a card
        own = features[torch.from_numpy(index).to(sound.device)]
        yield own - own.mean(0)


def _batches(features: list[Tensor]) -> Iterator[list[Tensor]]:
    """In their order, PACKED_FRAMES at most at once."""
    batch: list[Tensor] = []
    for voice in features:
        if batch and sum(map(len, batch)) + len(voice) > PACKED_FRAMES:
            yield batch
            batch = []
        batch.append(voice)
    if batch:
        yield batch


def _rows(pieces: list[Piece]) -> np.ndarray:
    rows = np.zeros(len(pieces), PIECES)
    for row, piece in zip(rows, pieces):
        row["local"], row["begin"], row["end"] = piece.local, piece.frames[0], piece.frames[-1] + 1
        row["alone"] = piece.alone * FRAME_SECONDS
    return rows
