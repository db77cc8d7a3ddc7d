"""What an OpenAI client may ask for: its form's fields, and the options that they mean.

Source: OpenAI's API reference, “Create transcription” and “Create translation”.
"""

import re
from dataclasses import replace
from typing import Annotated, Literal

from fastapi import UploadFile
from pydantic import BaseModel, ConfigDict, Field

from transcriber import capabilities, languages, vocabulary
from transcriber.configurations import Configurations
from transcriber.errors import UnsupportedOptionError
from transcriber.options import TranscribeOptions

HABITUAL = ("whisper-1", "gpt-transcribe", "gpt-4o-transcribe", "gpt-4o-mini-transcribe")
"""Names of OpenAI's models that clients send by habit: here they mean the active configuration."""


class Translation(BaseModel):
    """A recording whose words are wanted in English."""

    model_config = ConfigDict(extra="forbid")

    file: UploadFile
    """Audio or video."""
    model: str
    """A frozen model, a configuration, or one of OpenAI's names, which mean the active configuration."""
    prompt: str = ""
    """Names and terms that are likely to be said, with commas between them."""
    language: str = ""
    """What is spoken, as an ISO 639 code; by default the model finds out, where it can."""
    response_format: Literal["json", "text", "srt", "verbose_json", "vtt"] = "json"
    temperature: Annotated[float, Field(ge=0, le=1)] = 0.0
    """At which a model that draws its words at random, as Whisper can, begins."""

    @property
    def terms(self) -> list[str]:
        return re.split(r"[,;\n]", self.prompt)

    @property
    def translate_to(self) -> str:
        return "en"

    @property
    def granularities(self) -> list[str]:
        return ["segment"]


class Transcription(Translation):
    """A recording whose words are wanted."""

    keywords: Annotated[list[str], Field(alias="keywords[]")] = []
    """More names and terms."""
    timestamp_granularities: Annotated[list[Literal["word", "segment"]], Field(alias="timestamp_granularities[]")] = []
    """Of verbose_json; segments by default."""
    stream: bool = False
    """Whether the words are wanted as they are ready, as server-sent events."""
    chunking_strategy: Literal["auto"] = "auto"
    """Recordings are always cut where nobody speaks."""

    @property
    def terms(self) -> list[str]:
        return [*super().terms, *self.keywords]

    @property
    def translate_to(self) -> str:
        return TranscribeOptions.translate_to

    @property
    def granularities(self) -> list[str]:
        return list(self.timestamp_granularities) or super().granularities


def options_of(asked: Translation, configurations: Configurations) -> TranscribeOptions:
    """Raises what keeps it from being honoured, as far as that is known before a model is loaded."""
    options = configurations.options_of("" if asked.model in HABITUAL else asked.model)
    able = capabilities.expected(options.model, configurations.store)
    options = replace(
        options,
        language=_language(asked.language),
        translate_to=asked.translate_to,
        vocabulary=vocabulary.parse("\n".join(asked.terms)),
        # Clients send one by habit; a model that draws nothing at random has the same words at each.
        temperature=asked.temperature if able.has_temperature else TranscribeOptions.temperature,
    )
    capabilities.check_known(options, configurations.store)
    return options


def _language(asked: str) -> str:
    code = languages.find(asked) if asked else TranscribeOptions.language
    if code is None:
        raise UnsupportedOptionError(f"there is no language “{asked}”", "send a code such as de, or its English name")
    return code
