"""Transcribing again what a saved transcript was made of, and saying what is different."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path

from transcriber.clock import clock
from transcriber.engines import model_capabilities
from transcriber.errors import AudioNotFoundError, TranscriptReadError, UnknownModelError
from transcriber.exports.json import parse
from transcriber.exports.origin import corrected
from transcriber.exports.timing import utterances
from transcriber.models import catalog
from transcriber.models.devices import choose, kind
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions
from transcriber.pipeline.provenance import source_of, versions
from transcriber.readable import readable
from transcriber.system.file_names import collision_key
from transcriber.transcript import Transcript, Word, joined


@dataclass(frozen=True)
class Difference:
    """Words of a transcript that are others in a newer one; either may be none."""

    time: float
    """Seconds of the recording."""
    before: str
    now: str

    def __str__(self) -> str:
        if not self.now:
            return f"{clock(self.time)}  “{self.before}” is missing now"
        if not self.before:
            return f"{clock(self.time)}  “{self.now}” is new"
        return f"{clock(self.time)}  “{self.before}” is now “{self.now}”"


def read(path: Path) -> Transcript:
    """A transcript saved as json. Raises TranscriptReadError."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TranscriptReadError(f"{path} cannot be read ({error.strerror or error})", "check the path") from error
    except ValueError as error:  # TranscriptReadError is one; so is text that is not UTF-8
        raise TranscriptReadError(
            f"{path} is no transcript of this program", "choose a file that was saved in the format json"
        ) from error


def recording_of(transcript: Transcript, file: Path) -> Path:
    """The recording of a transcript that was read from `file`: beside it. Raises AudioNotFoundError, OSError."""
    name = Path(transcript.source.name).name if transcript.source else ""
    # By the name that is shown: it may be no UTF-8, or another system may have written its accents otherwise.
    alike = [
        path for path in file.absolute().parent.iterdir() if collision_key(readable(path.name)) == collision_key(name)
    ]
    for beside in sorted(alike, key=lambda path: path.name != name):
        if beside.is_file():
            return file.with_name(beside.name)
    what = f"the recording {name} is not beside {file}" if name else f"{file} does not say which recording it is of"
    raise AudioNotFoundError(what, f"give its path: reproduce {file} RECORDING")


def options_of(transcript: Transcript) -> TranscribeOptions:
    """What was asked for then; what was left open as it turned out then, where the device is of the same kind.

    Raises TranscriptReadError for options that this version does not know.
    """
    try:
        options = TranscribeOptions(**{"model": transcript.model, **transcript.options})
    except TypeError as error:
        raise TranscriptReadError(
            f"the transcript was made with an option that this version does not know ({error})",
            "use the version that made it",
        ) from error
    if transcript.options and "beam_size" not in transcript.options and _has_beams(options.model):
        options = replace(options, beam_size=1)  # before there were beams
    is_alike = kind(choose(options.device)) == kind(transcript.device)
    return replace(options, compute_type=transcript.compute_type) if is_alike and transcript.compute_type else options


def _has_beams(name: str) -> bool:
    try:
        return model_capabilities.of(catalog.find(name)).has_beams
    except UnknownModelError:
        return False


def changes(transcript: Transcript, recording: Path, store: ModelStore) -> Iterator[str]:
    """What is not as it was when the transcript was made, as sentences."""
    if transcript.edits:
        yield f"It was corrected by hand ({corrected(transcript)}): what was changed is told as a difference."
    if transcript.source is None:
        yield "The transcript does not say what its recording was: it cannot be compared."
    elif source_of(recording).sha256 != transcript.source.sha256:
        yield f"The recording {recording} is another one: its SHA-256 is not {transcript.source.sha256}."
    options = options_of(transcript)
    model, manifest = options.model, store.find(options.model).manifest
    if transcript.model_sha256 is None or manifest is None:
        yield f"It is not recorded which file the model {model} was: it cannot be compared."
    elif manifest.sha256 != transcript.model_sha256:
        yield (
            f"The model {model} is another one: its revision is {manifest.revision}, and was {transcript.revision}; "
            f"its SHA-256 is not {transcript.model_sha256}."
        )
    if (device := choose(options.device)) != transcript.device:
        yield f"It was made on {transcript.device}, and is computed on {device} now."
    now = versions()
    for name, version in transcript.versions.items():
        if now.get(name) != version:
            yield f"It was made with {name} {version}, and {now.get(name, 'none')} is installed now."


def differences(before: Transcript, now: Transcript) -> list[Difference]:
    """The words that are not the same, or not joined as they were, in order; empty where all are."""
    old, new = _words(before), _words(now)
    old_texts, new_texts = _written(old), _written(new)
    if old_texts == new_texts:
        return []
    return [
        _difference(old, new, slice(start, stop), slice(begin, end))
        for kind, start, stop, begin, end in SequenceMatcher(None, old_texts, new_texts, autojunk=False).get_opcodes()
        if kind != "equal"
    ]


def _difference(old: list[Word], new: list[Word], was: slice, now: slice) -> Difference:
    """Of the words in these places. Where only a blank is another, the word before it is shown, too."""
    is_blank = [word.text for word in old[was]] == [word.text for word in new[now]]
    first, begin = was.start - is_blank, now.start - is_blank
    time = old[first].span[0] if first < was.stop else new[begin].span[0]
    return Difference(time, joined(old[first : was.stop]), joined(new[begin : now.stop]))


def _written(words: list[Word]) -> list[tuple[str, bool]]:
    """The words with whether there is a blank before them; before the first is nothing."""
    return [(word.text, word.space_before or not number) for number, word in enumerate(words)]


def drift(before: Transcript, now: Transcript) -> float:
    """Seconds by which the beginning of a word has moved at most, of two transcripts with the same words."""
    return max((abs(old.span[0] - new.span[0]) for old, new in zip(_words(before), _words(now))), default=0.0)


def _words(transcript: Transcript) -> list[Word]:
    return [word for segment in utterances(transcript) for word in segment.words]
