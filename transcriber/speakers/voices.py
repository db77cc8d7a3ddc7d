"""What was heard of a recording, as it is kept beside its transcript."""

from pathlib import Path

from transcriber.speakers.protocol import Voices
from transcriber.speakers.records import damaged
from transcriber.system.file_names import fitted

SUFFIX = ".voices"


def beside(transcript: Path) -> Path:
    """Where the voices of a transcript's recording are kept: talk.voices beside talk.json; a long name is cut."""
    return transcript.with_name(fitted(transcript.stem, SUFFIX))


def read(heard: bytes) -> Voices:
    """The voices that any of the diarizers kept; the first line says which. Raises StorageError for what is none."""
    kind = heard[:32].split(b"\n", 1)[0].decode("ascii", "replace")
    if kind == "speakers":
        from transcriber.speakers.clustered import ClusteredVoices
        from transcriber.speakers.windows import read_voices

        return ClusteredVoices(read_voices(heard))
    if kind == "sortformer":
        from transcriber.speakers import frames

        return frames.read_voices(heard)
    raise damaged()
