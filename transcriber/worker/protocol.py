"""What passes between the web process and the engine process, and how it is written: one JSON object a line.

The web process writes requests to the engine's standard input, the engine writes events to its standard output:

    → {"id": 1, "kind": "probe", "priority": 0, "path": "…"}
    ← {"id": 1, "kind": "probed", "duration": 60.0, "has_video": false}
    → {"id": 3, "kind": "transcribe", "priority": 2, "path": "…", "options": {…}, "resume": {…}}
    ← {"id": 0, "kind": "working", "ids": [3]}
    ← {"id": 3, "kind": "started", "device": "cpu"}
    ← {"id": 3, "kind": "progress", "done": 42.3, "duration": 60.0, "elapsed": 3.0, "segments": […], …}
    ← {"id": 3, "kind": "transcribed", "transcript": {…}}

`kind` is the name of a class below, in lower case, and the other fields are its fields: paths as text, bytes in base64,
errors as errors.to_dict() gives them, dataclasses as objects. `id` is the number of the request that a line belongs to,
0 where it belongs to none. A request has one last event, one of End; before it a transcription has Started and any
number of Progress, and captions any number of Captions. Requests are worked at in the order of their priority, the
lowest first (scheduling.py).
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import Enum
from pathlib import Path
from typing import Any, cast, get_args

from transcriber import errors
from transcriber.errors import TranscriberError
from transcriber.live.captions import Captions
from transcriber.options import TranscribeOptions
from transcriber.pipeline.events import Progress, Started
from transcriber.pipeline.resume_state import ChunkState, ResumeState, chunk_state_from_dict, resume_state_from_dict
from transcriber.transcript import Segment, Transcript, Word
from transcriber.transcript_json import adapter, from_dict, segments_from_dicts
from transcriber.word_times.spans import Span
from transcriber.worker.blame import Blame

NO_REQUEST = 0
"""The id of what belongs to no request."""


@dataclass(frozen=True)
class Probe:
    """How long is a recording, and has it pictures? Ends with Probed."""

    priority: int
    path: Path


@dataclass(frozen=True)
class Copy:
    """Write a copy of a recording that every browser can play (audio/playable.py). Ends with Copied."""

    priority: int
    path: Path
    track: int | None
    """The sound track, counted from 1; None is the default one."""
    target: Path
    always: bool
    """Whether a copy is written also where browsers find every place in the recording itself."""


@dataclass(frozen=True)
class Load:
    """Load a model beforehand. Ends with Loaded."""

    priority: int
    options: TranscribeOptions


@dataclass(frozen=True)
class Transcribe:
    """Transcribe a recording. Ends with Transcribed."""

    priority: int
    path: Path
    options: TranscribeOptions
    resume: ResumeState
    """What an interrupted transcription of it has: it goes on from there."""


@dataclass(frozen=True)
class Align:
    """When are the new words of a correction said? Ends with Aligned."""

    priority: int
    path: Path
    options: TranscribeOptions
    """Of the transcription that is corrected."""
    words: tuple[Word, ...]
    """That follow one another; those without times are the new ones."""
    start: float
    end: float
    """Seconds between which all of them are."""


@dataclass(frozen=True)
class Caption:
    """Write down what is said in a recording that is still going on: Captions, again and again. Ends with Captioned."""

    priority: int
    options: TranscribeOptions
    start: float
    """The second of the recording with which the sound begins."""
    pause: float
    """Seconds of silence after which what was said is over."""


@dataclass(frozen=True)
class Hear:
    """The next sound for the captions that were asked for with this id. Has no event of its own."""

    samples: bytes
    """Mono, 16 kHz, signed 16-bit integers, little-endian."""
    is_last: bool
    """Whether it was the last."""


@dataclass(frozen=True)
class Cancel:
    """End the request with this id after its current batch. Has no event of its own; the request's is Cancelled."""


@dataclass(frozen=True)
class Ready:
    """The engine process has started."""

    offline: str
    """What keeps it from the network: "kernel" or "python"."""


@dataclass(frozen=True)
class Working:
    """From here on these requests are worked at: several where recordings share a batch."""

    ids: tuple[int, ...]


@dataclass(frozen=True)
class Probed:
    """What the recording's file says."""

    duration: float | None
    """Seconds."""
    has_video: bool


@dataclass(frozen=True)
class Copied:
    """Whether a copy was written."""

    is_made: bool


@dataclass(frozen=True)
class Loaded:
    """The model is loaded on this device."""

    device: str


@dataclass(frozen=True)
class Aligned:
    """When each of the new words is said; None for those of which no model can say it."""

    times: tuple[Span | None, ...]


@dataclass(frozen=True)
class Captioned:
    """All captions are settled."""


@dataclass(frozen=True)
class Transcribed:
    """All of the recording is."""

    transcript: Transcript


@dataclass(frozen=True)
class Failed:
    """The request failed."""

    error: TranscriberError
    blame: Blame = Blame.CULPRIT


@dataclass(frozen=True)
class Cancelled:
    """The request was cancelled."""


Request = Probe | Copy | Load | Transcribe | Align | Caption | Hear | Cancel
End = Probed | Copied | Loaded | Transcribed | Aligned | Captioned | Failed | Cancelled
"""The last event of a request."""
Event = Started | Progress | Captions | End
"""What becomes of a request; of a transcription's the first are the pipeline's own."""
ProcessEvent = Ready | Working
"""What becomes of the process."""


@dataclass(frozen=True)
class Message:
    """A line as it was read. Its content is decoded by itself, so that a failure can be told of the request `id`."""

    id: int
    kind: str
    fields: dict[str, Any]

    def request(self) -> Request:
        """Raises KeyError, TypeError or ValueError for what is none."""
        return cast(Request, self._content())

    def event(self) -> Event | ProcessEvent:
        """Raises KeyError, TypeError or ValueError for what is none."""
        return cast(Event | ProcessEvent, self._content())

    def _content(self) -> object:
        content = _CLASSES[self.kind]
        types = {attribute.name: attribute.type for attribute in fields(content)}
        return content(**{name: _READERS.get(types[name], _as_it_is)(value) for name, value in self.fields.items()})


def encode(number: int, content: Request | Event | ProcessEvent) -> str:
    """A line, with its end, for the request with this number."""
    line = {"id": number, "kind": type(content).__name__.lower(), **vars(content)}
    return json.dumps(line, default=_plain) + "\n"


def decode(line: str) -> Message:
    read = json.loads(line)
    return Message(read.pop("id"), read.pop("kind"), read)


def _plain(value: object) -> object:
    """What JSON has for a value of these classes' fields. Fast: a transcript of three hours has 30 000 words."""
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, TranscriberError):
        return errors.to_dict(value)
    return value.value if isinstance(value, Enum) else vars(value)


def _as_it_is(value: Any) -> Any:
    return value


_CLASSES: dict[str, type] = {content.__name__.lower(): content for content in get_args(Request | Event | ProcessEvent)}
_READERS: dict[object, Callable[[Any], object]] = {
    Path: Path,
    bytes: base64.b64decode,
    tuple[int, ...]: tuple,
    tuple[Segment, ...]: segments_from_dicts,
    tuple[Span | None, ...]: lambda times: tuple(time and (time[0], time[1]) for time in times),
    tuple[Word, ...]: lambda words: adapter(tuple[Word, ...]).validate_python(words),
    Blame: Blame,
    ChunkState: chunk_state_from_dict,
    ResumeState: resume_state_from_dict,
    TranscribeOptions: lambda options: TranscribeOptions(**options),
    Transcript: from_dict,
    TranscriberError: errors.from_dict,
}
"""By the type of a field: how it is read from JSON; others are as JSON has them."""
