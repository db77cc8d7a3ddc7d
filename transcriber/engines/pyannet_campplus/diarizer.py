"""Speakers told apart by what is heard in windows: any number of people, in recordings of any length."""

import os
from pathlib import Path
from typing import Any

import numpy as np

from transcriber.engines.diarizer import DiarizerType
from transcriber.engines.pyannet_campplus.files import SPEAKERS
from transcriber.models import devices
from transcriber.speakers.listening import GROUP_WINDOWS, WindowListener
from transcriber.speakers.windows import NAME, WINDOW_SAMPLES

MAX_WORKERS = 4
"""Threads that listen on a processor, beside those that recognise."""
LEAST_EMBEDDED_SECONDS = 1.0
"""Of one person's speech from which the voice is known."""


def restore(path: Path, device: str) -> Any:
    """The networks of a frozen file, the embedding in the form that is quick. Raises ModelError."""
    from transcriber.engines.pyannet_campplus import checkpoint
    from transcriber.engines.pyannet_campplus.packed import PackedCamPlusPlus

    networks: Any = checkpoint.restore(path, device)
    networks.embedding = PackedCamPlusPlus(networks.embedding).to(device).eval()
    return networks


class WindowDiarizer:
    """A protocol.Diarizer. On a processor several threads listen, on a card one."""

    name = NAME

    def __init__(self, networks: Any, device: str) -> None:
        from transcriber.engines.pyannet_campplus.analysis import WindowAnalyser

        self.device = device
        self.analyser = WindowAnalyser(networks.segmentation, networks.embedding, device)
        self._workers = min(MAX_WORKERS, os.cpu_count() or 1) if device == "cpu" else 1

    def listener(self, heard: bytes = b"") -> WindowListener:
        return WindowListener(self.analyser.analyse, heard, self._workers, devices.use_one_thread)

    def embed(self, samples: np.ndarray) -> np.ndarray | None:
        """The voice of the one person who speaks in the samples: of what is said alone, windows side by side."""
        begins = [*range(0, len(samples) - WINDOW_SAMPLES, WINDOW_SAMPLES), max(0, len(samples) - WINDOW_SAMPLES)]
        windows = np.zeros((len(begins), WINDOW_SAMPLES), np.float32)
        for window, begin in zip(windows, begins):
            part = samples[begin : begin + WINDOW_SAMPLES]
            window[: len(part)] = part
        groups = [windows[at : at + GROUP_WINDOWS] for at in range(0, len(windows), GROUP_WINDOWS)]
        heard = [window for group in groups for window in self.analyser.analyse(group)]
        seconds = np.concatenate([window.pieces["alone"] for window in heard])
        if seconds.sum() < LEAST_EMBEDDED_SECONDS:
            return None
        voice = seconds @ np.concatenate([window.vectors for window in heard]).astype(np.float32)
        return (voice / np.linalg.norm(voice)).astype(np.float32)


DIARIZER = DiarizerType(name=NAME, kind=SPEAKERS, restore=restore, diarizer=WindowDiarizer)
