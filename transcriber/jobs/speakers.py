"""The speakers of stored transcripts: what they are called, who of them is the same person, how many there are."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from transcriber.errors import StorageError, UnsupportedOptionError
from transcriber.jobs.documents import Change, Document, Documents
from transcriber.jobs.edits import speakers as speaker_edits
from transcriber.jobs.edits.edited import known
from transcriber.jobs.edits.speakers import SPEAKERS
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

    Those that change a transcript take its number, or None for the one that is shown.
    """

    def __init__(self, documents: Documents) -> None:
        self.documents, self.results = documents, documents.results

    @property
    def remembered(self) -> "RememberedVoices":
        """The voices of people who were named, where that is turned on."""
        from transcriber.speakers.remembered import RememberedVoices

        return RememberedVoices(self.results.folder.remembered_voices)

    def rename(self, job: Job, number: int | None, names: Mapping[str, str]) -> Change:
        """Call speakers otherwise (name or number → new name); their voices are remembered, if that is turned on."""
        change = self._change(job, number, lambda transcript, heard: speaker_edits.names(transcript, names))
        heard = self.results.voices(job, change.after.number or None)
        if heard and change.edit and self.remembered.is_on:
            try:
                self._remember(change.before.transcript, _read(heard), change.edit.content["names"])
            except StorageError as error:
                why = f"the names are kept, but nobody's voice is remembered: {error.message}"
                raise StorageError(why, error.hint) from error
        return change

    def merge(self, job: Job, number: int | None, people: Sequence[str]) -> Change:
        """These are the same person."""
        return self._change(job, number, lambda transcript, heard: speaker_edits.merge(transcript, people))

    def recount(self, job: Job, number: int | None, count: str) -> Change:
        """There are so many (speaker_count.py)."""
        return self._change(
            job,
            number,
            lambda transcript, heard: speaker_edits.recount(transcript, _read(heard), count, self.remembered),
        )

    def split(self, job: Job, number: int | None, who: str) -> Change:
        """This one is two people."""
        return self._change(job, number, lambda transcript, heard: speaker_edits.split(transcript, _read(heard), who))

    def undo(self, job: Job, number: int | None) -> Change:
        """Take back the last change, if it is one of these. What was remembered stays."""
        if not self.can_undo(self.documents.get(job, number)):
            raise UnsupportedOptionError("there is no change of the speakers to undo")
        return self.documents.undo(job, number)

    @staticmethod
    def can_undo(document: Document) -> bool:
        """Whether the last change is one of these."""
        edits = known(document.history.standing)
        return bool(edits) and edits[-1].kind == SPEAKERS

    def _change(self, job: Job, number: int | None, make: Callable[[Transcript, bytes], dict[str, Any]]) -> Change:
        def made(transcript: Transcript) -> tuple[str, dict[str, Any]]:
            return SPEAKERS, make(transcript, self.results.voices(job, self.results.number_of(job, number) or None))

        return self.documents.change(job, number, made)

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


def _read(heard: bytes) -> "Voices":
    from transcriber.speakers import voices

    if not heard:
        raise UnsupportedOptionError(NO_VOICES, AGAIN)
    return voices.read(heard)
