"""What an OpenAI client may ask for: its form's fields, and the options that they mean.

Source: OpenAI's API reference, “Create transcription” and “Create translation”.
"""

from dataclasses import replace
from functools import cached_property
from typing import Annotated, Any, Literal

from fastapi import UploadFile
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from transcriber import vocabulary
from transcriber.engines import model_capabilities
from transcriber.errors import UnsupportedOptionError
from transcriber.jobs.configurations import Configurations
from transcriber.options import TranscribeOptions
from transcriber.server.routes.v1 import known_speakers, names, spelling
from transcriber.server.routes.v1.known_speakers import KnownSpeaker
from transcriber.speaker_count import AUTO, OFF

Granularities = Annotated[list[Literal["word", "segment"]], BeforeValidator(spelling.granularities)]
Format = Annotated[Literal["json", "text", "srt", "verbose_json", "vtt"], BeforeValidator(spelling.without_capitals)]
AnyFormat = Annotated[
    Literal["json", "text", "srt", "verbose_json", "vtt", "diarized_json"], BeforeValidator(spelling.without_capitals)
]
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
    response_format: Format = "json"
    temperature: Annotated[float, Field(ge=0, le=1)] = 0.0
    """At which a model that draws its words at random, as Whisper can, begins."""
    track: Annotated[int | None, Field(ge=1)] = None
    """Which of several sound tracks, counted from 1; by default the usual one, or that on which somebody speaks. Not
    OpenAI's."""
    speakers: Annotated[str, AfterValidator(spelling.speakers)] = ""
    """How many people are told apart: auto, off, a number, or two such as 2-4; empty: auto where the format or the
    model says who speaks, else off. Not OpenAI's."""

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

    @property
    def known(self) -> tuple[KnownSpeaker, ...]:
        """People whose voices are sent along."""
        return ()

    @property
    def speaker_count(self) -> str:
        """As TranscribeOptions has it."""
        is_shown = self.is_diarized or self.response_format in ("srt", "vtt", "verbose_json")
        return self.speakers or (AUTO if is_shown and self.is_wanted else OFF)

    @property
    def is_wanted(self) -> bool:
        """Whether who speaks is asked for in a way of OpenAI's: by the name of the model, the format, or voices."""
        return names.is_diarizing(self.model)

    @property
    def is_diarized(self) -> bool:
        """Whether JSON and text say who speaks: with names of OpenAI's alone, that is the format diarized_json."""
        return self.speakers not in ("", OFF)


class Transcription(Translation):
    """A recording whose words are wanted."""

    response_format: AnyFormat = "json"  # type: ignore[assignment]  # one more
    keywords: Annotated[list[str], Field(alias="keywords[]")] = []
    """More names and terms."""
    timestamp_granularities: Annotated[Granularities, Field(alias="timestamp_granularities[]")] = []
    """Of verbose_json; segments by default."""
    stream: bool = False
    """Whether the words are wanted as they are ready, as server-sent events."""
    chunking_strategy: Strategy = "auto"
    """Or {"type": "server_vad"}: recordings are always cut where nobody speaks."""
    known_speaker_names: Annotated[list[str], Field(alias="known_speaker_names[]")] = []
    """Of people who are called so where they are heard."""
    known_speaker_references: Annotated[list[str], Field(alias="known_speaker_references[]")] = []
    """A recording of each, 2 to 10 seconds in which nobody else speaks, as a data URL."""

    @property
    def terms(self) -> tuple[str, ...]:
        return vocabulary.parse("\n".join(self.keywords))

    @property
    def translate_to(self) -> str:
        return TranscribeOptions.translate_to

    @property
    def granularities(self) -> list[str]:
        return list(self.timestamp_granularities) or super().granularities

    @cached_property
    def known(self) -> tuple[KnownSpeaker, ...]:
        return known_speakers.parse(self.known_speaker_names, self.known_speaker_references)

    @property
    def is_wanted(self) -> bool:
        return self.is_diarized or super().is_wanted

    @property
    def is_diarized(self) -> bool:
        return self.response_format == "diarized_json" or bool(self.known) or super().is_diarized


def options_of(form: Translation, configurations: Configurations) -> TranscribeOptions:
    """Without the known speakers. Raises what keeps it from being honoured, as far as that is known before a model is
    loaded.
    """
    options = hinted(form.model, form.language, form.prompt, form.terms, configurations)
    has_temperature = model_capabilities.expected(configurations.store.find(options.model)).has_temperature
    options = replace(
        options,
        translate_to=form.translate_to,
        stream=form.track,
        # Clients send one by habit; a model that draws nothing at random has the same words at each.
        temperature=form.temperature if has_temperature else TranscribeOptions.temperature,
        speakers=form.speaker_count,
    )
    if options.speakers == OFF and (form.known or form.response_format == "diarized_json"):
        raise UnsupportedOptionError(
            "who speaks is asked for, and nobody is to be told apart", "send speakers=auto, or a number", "speakers"
        )
    return checked(options, configurations)


def hinted(
    name: str, language: str, prompt: str, terms: tuple[str, ...], configurations: Configurations
) -> TranscribeOptions:
    """How to transcribe with what is called so, given what is known of the words: hints in the prompt are used as far
    as the model takes any. Raises TranscriberError."""
    options = names.options_of(name, configurations)
    expected = model_capabilities.expected(configurations.store.find(options.model))
    hints = vocabulary.hints(prompt) if expected.takes_vocabulary else ()
    known = tuple(dict.fromkeys((*hints, *terms)))[: vocabulary.MOST_TERMS]
    return replace(options, language=language, vocabulary=known)


def checked(options: TranscribeOptions, configurations: Configurations) -> TranscribeOptions:
    """The options. Raises what is known to keep them from being honoured."""
    model_capabilities.check_known(options, configurations.store.find(options.model))
    configurations.store.require(options)
    return options
