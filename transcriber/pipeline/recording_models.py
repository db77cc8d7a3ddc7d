"""The models that transcribe a recording, and what they ask of its chunks."""

from collections.abc import Callable
from dataclasses import dataclass

from transcriber.engines.fallback import FallbackEngine
from transcriber.engines.protocol import Engine
from transcriber.models.manifest import Manifest
from transcriber.options import TranscribeOptions
from transcriber.pipeline.chunking import OVERLAP_FRAMES
from transcriber.pipeline.speaker_track import SpeakerModels


@dataclass(frozen=True)
class RecordingModels:
    """The loaded models that transcribe a recording together."""

    engine: FallbackEngine
    second: Callable[[], Engine] | None = None
    """Loads another model, which transcribes again what the first left without words."""
    aligner: Engine | None = None
    """Finds the times of the engine's words, where that gives none."""
    aligner_title: str = ""
    manifest: Manifest | None = None
    """Of the engine's model."""
    notes: tuple[str, ...] = ()
    """What a reader should know of the frozen file, as sentences."""
    speakers: SpeakerModels | None = None
    """Tells the speakers apart, where that was asked for."""

    @property
    def max_chunk_seconds(self) -> float:
        """Seconds of audio that the engine takes at once, and that its model's manifest allows."""
        longest = self.manifest.longest if self.manifest else None
        return min(self.engine.max_audio_seconds, longest or self.engine.max_audio_seconds)

    def seam_overlap_frames(self, options: TranscribeOptions) -> int:
        """Frames by which chunks overlap at a seam; none where no word times would tell which words are double."""
        return OVERLAP_FRAMES if self.engine.capabilities.times_words(options) else 0

    def times_words(self, options: TranscribeOptions) -> bool:
        """Whether words have times, from the engine or from the aligner."""
        return self.engine.capabilities.times_words(options) or self.aligner is not None
