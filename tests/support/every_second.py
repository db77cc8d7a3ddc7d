"""An engine that needs no model: a word for each second in which there is a sound; and who says it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.support.places import RATE
from transcriber.engines.fallback import FallbackEngine
from transcriber.engines.protocol import BaseEngine
from transcriber.models.capabilities import Capabilities
from transcriber.options import TranscribeOptions
from transcriber.pipeline.batching import BatchTranscriber
from transcriber.pipeline.events import Progress, TranscriptionEvent
from transcriber.pipeline.recording_models import RecordingModels
from transcriber.pipeline.resume_state import ResumeState
from transcriber.pipeline.speaker_track import SpeakerModels
from transcriber.speakers.protocol import Diarizer
from transcriber.transcript import Hypothesis, Transcript, Word

OPTIONS = TranscribeOptions("parakeet", "cpu", speakers="auto")


class EverySecond(BaseEngine):
    """Hears a word in each second in which there is a sound."""

    capabilities = Capabilities(("en",), has_word_times=True)

    def __init__(self) -> None:
        super().__init__(None, "cpu", "float32", batch_size=1)

    def transcribe(self, batch: list[np.ndarray], options: TranscribeOptions) -> list[Hypothesis]:
        return [Hypothesis(tuple(self._words(samples))) for samples in batch]

    def _words(self, samples: np.ndarray) -> list[Word]:
        seconds = [np.abs(samples[at : at + RATE]).max() > 0.01 for at in range(0, len(samples) - RATE // 2, RATE)]
        return [Word(f"w{at}", at + 0.2, at + 0.8) for at, is_heard in enumerate(seconds) if is_heard]


def models_with(diarizer: Diarizer) -> Callable[[TranscribeOptions], RecordingModels]:
    def load(options: TranscribeOptions) -> RecordingModels:
        engine = FallbackEngine(lambda options: EverySecond(), options)
        return RecordingModels(engine, speakers=SpeakerModels(diarizer, "loudness"))

    return load


def transcribed(
    path: Path, diarizer: Diarizer, options: TranscribeOptions = OPTIONS, resume: ResumeState = ResumeState()
) -> tuple[Transcript, list[Progress]]:
    batches = BatchTranscriber(options, models_with(diarizer))
    batches.add(0, path, resume)
    events: list[TranscriptionEvent] = []
    while batches:
        events += [event for _, event in batches.step()]
    assert isinstance(events[-1], Transcript), events[-1]
    return events[-1], [event for event in events if isinstance(event, Progress)]
