"""Who speaks in a recording, listened to while it is read: beside recognition, never instead of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from transcriber import speaker_count
from transcriber.errors import StorageError
from transcriber.options import TranscribeOptions
from transcriber.speaker_count import SpeakerCount
from transcriber.speakers import turns, words
from transcriber.speakers.protocol import Activity, Diarizer, Voices
from transcriber.transcript import Diarization, Segment
from transcriber.unexpected import map_and_log_error

if TYPE_CHECKING:
    import numpy as np

    from transcriber.models.manifest import Manifest
    from transcriber.speakers.remembered import RememberedVoices

FAILED = "Who spoke could not be told ({}). The words are complete."


@dataclass(frozen=True)
class SpeakerModels:
    """What tells the speakers of a recording apart."""

    diarizer: Diarizer
    name: str
    """Of the frozen model."""
    manifest: "Manifest | None" = None
    known: "dict[str, np.ndarray]" = field(default_factory=dict)
    """The voices of people who are called so where they are heard."""
    remembered: "RememberedVoices | None" = None
    """The voices that the user has named before, if that is wanted."""


class SpeakerTrack:
    """The speakers of one recording whose blocks pass by; close() it.

    What goes wrong here is said in `notes`, and costs no word: then nobody is told apart.
    """

    def __init__(self, models: SpeakerModels, options: TranscribeOptions, start: float, heard: bytes) -> None:
        """`start`: the second of the recording at which the blocks begin; `heard`: what take() gave before."""
        self.models, self.options, self.start = models, options, start
        self.notes: list[str] = []
        self._listener = models.diarizer.listener(heard)
        self._voices: Voices | None = None
        self._has_failed = False

    def watch(self, blocks: "Iterable[np.ndarray]") -> "Iterator[np.ndarray]":
        """The blocks, arrays [N] float32 at 16 kHz, unchanged; each is listened to."""
        for block in blocks:
            if not self._has_failed:
                try:
                    self._listener.hear(block)
                except Exception as error:  # noqa: BLE001  (whatever it is, the words are transcribed)
                    self._fail(error)
            yield block

    def take(self) -> bytes:
        """What was heard since the last call, to be kept."""
        return b"" if self._has_failed else self._listener.take()

    def finish(self) -> None:
        """All blocks have passed by: wait until they are heard."""
        if self._voices or self._has_failed:
            return
        try:
            self._voices = self._listener.finish()
        except Exception as error:  # noqa: BLE001  (whatever it is, the words are complete)
            self._fail(error)

    def close(self) -> None:
        self._listener.close()

    def attributed(self, segments: Sequence[Segment]) -> tuple[tuple[Segment, ...], Diarization | None]:
        """The segments with the speaker of each word, cut where another one speaks, and who spoke when.

        finish() comes first. Without anybody's voice the segments stay as they are.
        """
        if self._voices is None:
            return tuple(segments), None
        try:
            activity, diarization = who_spoke(self._voices, self._readable_models(), self.options, self.start)
            if not diarization.voices:
                return tuple(segments), None
            names = [voice.speaker for voice in diarization.voices]
            return tuple(words.with_speakers(segments, activity, names)), diarization
        except Exception as error:  # noqa: BLE001  (whatever it is, the words are complete)
            self._fail(error)
            return tuple(segments), None

    def _readable_models(self) -> SpeakerModels:
        """Without the voices that are remembered, where these cannot be read; which is said."""
        try:
            if self.models.remembered:
                self.models.remembered.voices()
        except StorageError as error:
            self.notes.append(f"No names are suggested: {error}.")
            return replace(self.models, remembered=None)
        return self.models

    def _fail(self, error: Exception) -> None:
        self._has_failed = True
        self.notes.append(FAILED.format(str(map_and_log_error(error)).rstrip(".")))


def who_spoke(
    voices: Voices, models: SpeakerModels, options: TranscribeOptions, start: float
) -> tuple[Activity, Diarization]:
    """Who the people are, and when each speaks, from what was heard from the second `start` of a recording on."""
    count = speaker_count.parse(options.speakers) or SpeakerCount()
    activity = voices.people(count)
    activity = replace(activity, first_seconds=activity.first_seconds + start, duration=activity.duration + start)
    diarization = turns.diarization(activity, models.name, options.speakers, models.known, models.remembered)
    if models.manifest:
        diarization = replace(diarization, revision=models.manifest.revision, model_sha256=models.manifest.sha256)
    return activity, diarization
