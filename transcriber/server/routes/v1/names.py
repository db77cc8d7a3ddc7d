"""Names of models as clients write them by habit, and which model here is meant."""

import re
from collections.abc import Iterator

from transcriber.errors import ModelNotFrozenError, UnknownModelError
from transcriber.jobs.configurations import Configurations
from transcriber.models import catalog
from transcriber.options import TranscribeOptions

OPENAI = re.compile(r"whisper-\d|gpt(-[a-z0-9.]+)*-transcribe(-diarize)?|gpt-realtime(-[a-z0-9.]+)*")
"""OpenAI's own models, which mean the active configuration."""
_DATE = re.compile(r"-20\d\d-?\d\d-?\d\d$|-latest$")
_FORMAT = re.compile(r"^(faster-|ggml-)+|(-ct2|-mlx|\.bin|\.pt|\.nemo)$")
"""What others put around the name of a model that they have converted."""


def options_of(name: str, configurations: Configurations) -> TranscribeOptions:
    """How to transcribe with what is called so.

    Raises what keeps it from being used; of an unknown or absent model, with the names of those that can be.
    """
    try:
        return configurations.options_of(meant(name, configurations))
    except UnknownModelError as error:
        raise UnknownModelError(f"there is no model “{name}” here", _choice(configurations)) from error
    except ModelNotFrozenError as error:
        raise ModelNotFrozenError(error.message, f"{_choice(configurations)}; or {error.hint}") from error


def meant(name: str, configurations: Configurations) -> str:
    """The configuration or model that a name stands for: "" the active one, itself where it is no habit."""
    names = {alias.casefold(): row.name for row in catalog.transcribing() for alias in (row.name, *row.aliases)}
    ours = [configuration.name for configuration in configurations.all()]
    names |= {own.casefold(): own for own in ours}
    if name in ours:
        return name
    for spelling in _spellings(name):
        if spelling in names:
            return names[spelling]
        if OPENAI.fullmatch(spelling):
            return ""
    return name


def is_diarizing(name: str) -> bool:
    """Whether it is the name of a model of OpenAI's that tells speakers apart."""
    return any(OPENAI.fullmatch(spelling) and spelling.endswith("-diarize") for spelling in _spellings(name))


def usable(configurations: Configurations) -> list[str]:
    """What can be named now."""
    return [choice["name"] for choice in configurations.choices()]


def _choice(configurations: Configurations) -> str:
    return f"choose one of {', '.join(usable(configurations))}, or whisper-1 for the active one"


def _spellings(name: str) -> Iterator[str]:
    """Without capitals, without a publisher, a date, a format, and without Whisper's name before its size."""
    whole = name.strip().casefold()
    bare = whole.rpartition("/")[2]
    undated = _DATE.sub("", bare)
    for spelling in dict.fromkeys((whole, bare, undated, _FORMAT.sub("", undated))):
        yield spelling
        yield spelling.removeprefix("whisper-")
