"""The speakers of stored transcripts: what they are called, who of them is the same person, how many there are."""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from transcriber.errors import StorageError, UnsupportedOptionError
from transcriber.jobs import speaker_edits
from transcriber.jobs.results import Results
from transcriber.jobs.speaker_edits import SPEAKERS
from transcriber.jobs.store import Job
from transcriber.transcript import Transcript

if TYPE_CHECKING:
    from transcriber.speakers.protocol import Voices
    from transcriber.speakers.remembered import RememberedVoices

NO_VOICES = "nothing was kept of the voices in this recording"
AGAIN = "transcribe it again with speakers"


class Speakers:
    """Every method may be called from any thread; all may raise StorageError, and UnsupportedOptionError for what
    cannot be done.

    Those that change a transcript take its number, or None for the last one, and return it as it is then; its files are
    still to be written.
    """

    def __init__(self, results: Results) -> None:
        self.results = results
        self._lock = threading.Lock()

    @property
    def remembered(self) -> "RememberedVoices":
        """The voices of people who were named, where that is turned on."""
        from transcriber.speakers.remembered import RememberedVoices

        return RememberedVoices(self.results.folder.remembered_voices)

    def rename(self, job: Job, number: int | None, names: Mapping[str, str]) -> Transcript:
        """Call speakers otherwise (name or number → new name); their voices are remembered, if that is turned on."""
        with self._lock:
            number = self._number(job, number)
            before = self._transcript(job, number)
            edit = speaker_edits.names(before, names)
            self.results.edit(number, SPEAKERS, edit)
            heard, renamed = self.results.voices(job, number), self._transcript(job, number)
        if heard and self.remembered.is_on:
            try:
                self._remember(before, _read(heard), edit["names"])
            except StorageError as error:
                why = f"the names are kept, but nobody's voice is remembered: {error.message}"
                raise StorageError(why, error.hint) from error
        return renamed

    def merge(self, job: Job, number: int | None, people: Sequence[str]) -> Transcript:
        """These are the same person."""
        return self._change(job, number, lambda transcript, heard: speaker_edits.merge(transcript, people))

    def recount(self, job: Job, number: int | None, count: str) -> Transcript:
        """There are so many (speaker_count.py)."""
        return self._change(
            job,
            number,
            lambda transcript, heard: speaker_edits.recount(transcript, _read(heard), count, self.remembered),
        )

    def split(self, job: Job, number: int | None, who: str) -> Transcript:
        """This one is two people."""
        return self._change(job, number, lambda transcript, heard: speaker_edits.split(transcript, _read(heard), who))

    def undo(self, job: Job, number: int | None) -> Transcript:
        """Take back the last change. What was remembered stays."""
        with self._lock:
            number = self._number(job, number)
            if not self.results.undo(number, SPEAKERS):
                raise UnsupportedOptionError("there is no change of the speakers to undo")
            return self._transcript(job, number)

    def _change(self, job: Job, number: int | None, make: Callable[[Transcript, bytes], dict[str, Any]]) -> Transcript:
        with self._lock:  # an edit is made for the transcript as the edits before it leave it
            number = self._number(job, number)
            edit = make(self._transcript(job, number), self.results.voices(job, number))
            self.results.edit(number, SPEAKERS, edit)
            return self._transcript(job, number)

    def _remember(self, transcript: Transcript, voices: "Voices", names: Mapping[str, str]) -> None:
        from transcriber.speakers import regrouping

        remembered, source = self.remembered, transcript.source
        recording = source.sha256 if source else ""
        for before in names.keys() - set(names.values()):
            remembered.forget_in(recording, before)  # most likely it was misspelt
        for before, name in names.items():
            vector = regrouping.vector_of(transcript, voices, before)
            if vector is not None:
                seconds = regrouping.voice_of(transcript, before).seconds
                remembered.remember(name, vector, seconds, recording)

    def _number(self, job: Job, number: int | None) -> int:
        numbers = [stored["id"] for stored in self.results.transcripts(job)]
        if not numbers or (number is not None and number not in numbers):
            raise UnsupportedOptionError("there is no such transcript", "wait until the recording is transcribed")
        return numbers[-1] if number is None else number

    def _transcript(self, job: Job, number: int) -> Transcript:
        transcript = self.results.transcript(job, number)
        assert transcript
        return transcript


def _read(heard: bytes) -> "Voices":
    from transcriber.speakers import voices

    if not heard:
        raise UnsupportedOptionError(NO_VOICES, AGAIN)
    return voices.read(heard)
