"""What an OpenAI client may ask for: its form's fields, and the options that they mean.

Source: OpenAI's API reference, “Create transcription” and “Create translation”.
"""

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import UploadFile
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from transcriber import vocabulary
from transcriber.engines import model_capabilities
from transcriber.jobs.configurations import Configurations
from transcriber.options import TranscribeOptions
from transcriber.server.routes.v1 import names, spelling

Granularities = Annotated[list[Literal["word", "segment"]], BeforeValidator(spelling.granularities)]
Strategy = Annotated[Literal["auto"], BeforeValidator(spelling.strategy)]


class Translation(BaseModel):
    """A recording whose words are wanted in English."""

    model_config = ConfigDict(extra="forbid")

    file: Annotated[UploadFile, BeforeValidator(spelling.recording)]
    """Audio or video."""
    model: str
    """A frozen model, a configuration, or one of OpenAI's names, which mean the active configuration."""
    prompt: str = ""
    """A hint, as much as the model can use: names and terms with commas between them, or prose that has some."""
    language: str = TranscribeOptions.language
    """What is spoken: a code, such as de, a tag, such as de-AT, or a name; by default the model finds out."""
    response_format: Annotated[
        Literal["json", "text", "srt", "verbose_json", "vtt"], BeforeValidator(spelling.without_capitals)
    ] = "json"
    temperature: Annotated[float, Field(ge=0, le=1)] = 0.0
    """At which a model that draws its words at random, as Whisper can, begins."""
    track: Annotated[int | None, Field(ge=1)] = None
    """Which of several sound tracks, counted from 1; by default the usual one, or that on which somebody speaks. Not
    OpenAI's."""

    @model_validator(mode="before")
    @classmethod
    def _fields(cls, form: dict[str, Any]) -> dict[str, Any]:
        return spelling.folded(form, {field.alias or name for name, field in cls.model_fields.items()})

    @property
    def terms(self) -> tuple[str, ...]:
        """Such as must be honoured."""
        return ()

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
    timestamp_granularities: Annotated[Granularities, Field(alias="timestamp_granularities[]")] = []
    """Of verbose_json; segments by default."""
    stream: bool = False
    """Whether the words are wanted as they are ready, as server-sent events."""
    chunking_strategy: Strategy = "auto"
    """Or {"type": "server_vad"}: recordings are always cut where nobody speaks."""

    @property
    def terms(self) -> tuple[str, ...]:
        return vocabulary.parse("\n".join(self.keywords))

    @property
    def translate_to(self) -> str:
        return TranscribeOptions.translate_to

    @property
    def granularities(self) -> list[str]:
        return list(self.timestamp_granularities) or super().granularities


def options_of(form: Translation, configurations: Configurations) -> TranscribeOptions:
    """Raises what keeps it from being honoured, as far as that is known before a model is loaded."""
    options = names.options_of(form.model, configurations)
    model = configurations.store.find(options.model)
    expected = model_capabilities.expected(model)
    hints = vocabulary.hints(form.prompt) if expected.takes_vocabulary else ()
    options = replace(
        options,
        language=form.language,
        translate_to=form.translate_to,
        stream=form.track,
        vocabulary=tuple(dict.fromkeys((*hints, *form.terms)))[: vocabulary.MOST_TERMS],
        # Clients send one by habit; a model that draws nothing at random has the same words at each.
        temperature=form.temperature if expected.has_temperature else TranscribeOptions.temperature,
    )
    model_capabilities.check_known(options, model)
    return options
