"""Which HTTP status each error has for an OpenAI client, and what it is told besides."""

from dataclasses import dataclass, replace

from transcriber.errors import (
    AudioError,
    ConfigurationConflictError,
    EngineCrashError,
    EngineUnavailableError,
    ModelCorruptError,
    ModelLoadError,
    ModelNotFrozenError,
    ModelRefusedError,
    StorageError,
    TranscriberError,
    UnexpectedError,
    UnknownConfigurationError,
    UnknownModelError,
    UnsupportedOptionError,
)


@dataclass(frozen=True)
class ErrorEntry:
    """How an error is answered."""

    status: int
    code: str | None = None
    """A word for programs."""
    parameter: str | None = None
    """What of the request is to blame."""
    retry: bool = False
    """Whether the same request may succeed soon."""


ERROR_TABLE: dict[type[TranscriberError], ErrorEntry] = {
    UnknownModelError: ErrorEntry(404, "model_not_found", "model"),
    ModelNotFrozenError: ErrorEntry(404, "model_not_found", "model"),
    ModelCorruptError: ErrorEntry(503, "model_unavailable", "model"),
    ModelLoadError: ErrorEntry(503, "model_unavailable", "model"),
    ModelRefusedError: ErrorEntry(503, "model_unavailable", "model"),
    EngineUnavailableError: ErrorEntry(503, "model_unavailable", "model"),
    UnknownConfigurationError: ErrorEntry(404),
    ConfigurationConflictError: ErrorEntry(409),
    AudioError: ErrorEntry(400, "invalid_audio", "file"),
    UnsupportedOptionError: ErrorEntry(400, "unsupported_option"),
    EngineCrashError: ErrorEntry(503, "engine_restarting", retry=True),
    StorageError: ErrorEntry(507, "storage"),
    UnexpectedError: ErrorEntry(500, "internal_error"),
    TranscriberError: ErrorEntry(400),
}
FIELDS = {
    "language": "language",
    "temperature": "temperature",
    "vocabulary": "keywords[]",
    "stream": "track",
    "speakers": "speakers",
    "known_speakers": "known_speaker_references[]",
}
"""What the form calls an option that can be to blame; the others are no fields of it."""


def entry_of(error: TranscriberError) -> ErrorEntry:
    """The entry of its class, or of the nearest class above that has one."""
    entry = next(ERROR_TABLE[kind] for kind in type(error).__mro__ if kind in ERROR_TABLE)
    option = error.option if isinstance(error, UnsupportedOptionError) else ""
    return replace(entry, parameter=FIELDS.get(option, option)) if option else entry
