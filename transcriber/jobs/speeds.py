"""How fast models are on this computer: measured whenever a transcription is finished, and before that estimated."""

import os
import sqlite3
import time
from dataclasses import dataclass

from transcriber.jobs.database import Database
from transcriber.models import devices
from transcriber.models.catalog import ModelSpec
from transcriber.models.frozen_model import FrozenModel
from transcriber.models.hardware import Hardware, hardware
from transcriber.options import TranscribeOptions
from transcriber.speaker_count import OFF
from transcriber.transcript import Transcript

MIN_SECONDS = 5.0
"""A recording that is shorter says nothing: most of its time is fixed."""
OLD_WEIGHT = 0.5
"""Of all that was measured before, beside what is measured now."""
PER_CORE = {"parakeet": 2200, "canary": 1600}
"""Seconds of audio a second on each of a processor's cores, times the model's parameters in millions, by its family: as
benchmarks/README.md measured them on two cores of Zen 4 in float32 …"""
USUAL_PER_CORE = 1000
"""… and Whisper, which is given 30 seconds however long somebody speaks."""
MAX_CORES = 8
"""More make no model much faster."""


@dataclass(frozen=True)
class Speed:
    """Seconds of audio for each second of work."""

    rtfx: float
    is_estimate: bool
    """Whether it was not measured on this computer."""


class Speeds:
    """Every method may be called from any thread; all may raise StorageError."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.revision = 0
        """Grows with every measurement."""

    def note(self, transcript: Transcript) -> None:
        """Measure by a transcription that has just been finished."""
        seconds = transcript.duration - (transcript.options.get("start") or 0.0)
        if seconds < MIN_SECONDS or transcript.elapsed <= 0:
            return
        key = (
            *(transcript.model, transcript.model_sha256 or "", transcript.options.get("engine") or ""),
            *(devices.kind(transcript.device), transcript.compute_type, int(transcript.diarization is not None)),
        )
        with self.database.transaction() as transaction:
            transaction.execute(
                "INSERT INTO speeds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (model, sha256, engine, device, compute_type, has_speakers) DO UPDATE SET "
                f"audio = {OLD_WEIGHT} * audio + excluded.audio, work = {OLD_WEIGHT} * work + excluded.work, "
                "measured_at = excluded.measured_at",
                (*key, seconds, transcript.elapsed, time.time()),
            )
        self.revision += 1

    def of(self, model: FrozenModel) -> float | None:
        """A model's as it was run last; None where it was not."""
        rows = self._rows(model)
        return rows[0]["audio"] / rows[0]["work"] if rows else None

    def expected(self, model: FrozenModel, options: TranscribeOptions) -> Speed | None:
        """What may be expected of a transcription: as measured in the nearest way, or estimated; None: nobody knows."""
        device = "cuda" if options.device != "cpu" and hardware().has_cuda else "cpu"
        rows = [row for row in self._rows(model) if row["device"] == device]
        if rows:
            wanted = {"compute_type": options.compute_type, "engine": options.engine}
            has_speakers = options.speakers != OFF

            def likeness(row: sqlite3.Row) -> int:
                return (row["has_speakers"] == has_speakers) + sum(row[name] == wanted[name] for name in wanted)

            best = max(rows, key=likeness)
            return Speed(best["audio"] / best["work"], is_estimate=False)
        rtfx = None if model.is_demo else estimate(model.spec, hardware(), device)
        return Speed(rtfx, is_estimate=True) if rtfx else None

    def _rows(self, model: FrozenModel) -> list[sqlite3.Row]:
        """What was measured of the very file, the last first."""
        sha256 = model.manifest.sha256 if model.manifest else ""
        statement = "SELECT * FROM speeds WHERE model = ? AND sha256 = ? ORDER BY measured_at DESC"
        return self.database.rows(statement, model.name, sha256)


def estimate(spec: ModelSpec, computer: Hardware, device: str = "") -> float | None:
    """A model's speed on a computer on which it was never run: on a card what is published, of an NVIDIA A100; on a
    processor by the model's size and the cores. None where there is nothing to go by."""
    if not spec.transcribes:
        return None
    if device != "cpu" and computer.has_cuda:
        return spec.rtfx
    family = next((name for name in PER_CORE if spec.name.startswith(name) and "qwen" not in spec.name), "")
    return PER_CORE.get(family, USUAL_PER_CORE) * min(os.cpu_count() or 1, MAX_CORES) / spec.parameters
