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
class Refusal:
    """How an error is told."""

    status: int
    code: str | None = None
    """A word for programs."""
    parameter: str | None = None
    """What of the request is to blame."""
    retry: bool = False
    """Whether the same request may succeed soon."""


REFUSALS: dict[type[TranscriberError], Refusal] = {
    UnknownModelError: Refusal(404, "model_not_found", "model"),
    ModelNotFrozenError: Refusal(404, "model_not_found", "model"),
    ModelCorruptError: Refusal(503, "model_unavailable", "model"),
    ModelLoadError: Refusal(503, "model_unavailable", "model"),
    ModelRefusedError: Refusal(503, "model_unavailable", "model"),
    EngineUnavailableError: Refusal(503, "model_unavailable", "model"),
    UnknownConfigurationError: Refusal(404),
    ConfigurationConflictError: Refusal(409),
    AudioError: Refusal(400, "invalid_audio", "file"),
    UnsupportedOptionError: Refusal(400, "unsupported_option"),
    EngineCrashError: Refusal(503, "engine_restarting", retry=True),
    StorageError: Refusal(507, "storage"),
    UnexpectedError: Refusal(500, "internal_error"),
    TranscriberError: Refusal(400),
}
FIELDS = {"language": "language", "temperature": "temperature", "vocabulary": "keywords[]", "stream": "track"}
"""What the form calls an option that can be to blame; the others are no fields of it."""


def refusal_of(error: TranscriberError) -> Refusal:
    """That of its class, or of the nearest one above."""
    found = next(REFUSALS[one] for one in type(error).__mro__ if one in REFUSALS)
    option = error.option if isinstance(error, UnsupportedOptionError) else ""
    return replace(found, parameter=FIELDS.get(option, option)) if option else found
