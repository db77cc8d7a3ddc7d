"""What a client may set: OpenAI's transcription session, and the options that it means.

Source: OpenAI's API reference, “Realtime”, object RealtimeTranscriptionSession.
"""

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from transcriber import vocabulary
from transcriber.jobs.configurations import Configurations
from transcriber.options import TranscribeOptions
from transcriber.server.routes.v1 import request

if TYPE_CHECKING:
    from transcriber.audio.incoming import Incoming


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Pcm(_Part):
    """Signed 16-bit integers, little-endian, mono."""

    type: Literal["audio/pcm"] = "audio/pcm"
    rate: Literal[24_000] = 24_000

    def incoming(self) -> "Incoming":
        from transcriber.audio.incoming import Incoming

        return Incoming(self.rate)


class G711(_Part):
    """8 bits a sample, 8 kHz, mono: μ-law or A-law, as telephones have it."""

    type: Literal["audio/pcmu", "audio/pcma"]

    def incoming(self) -> "Incoming":
        from transcriber.audio.incoming import Incoming

        return Incoming(8_000, {"audio/pcmu": "mulaw", "audio/pcma": "alaw"}[self.type])


class Recognition(_Part):
    """With what is written."""

    model: str
    """A frozen model, a configuration, or one of OpenAI's names, which mean the active configuration."""
    language: str = TranscribeOptions.language
    prompt: str = ""
    """A hint: the names and terms in it are used where the model takes a vocabulary."""
    keywords: list[str] = []
    """Such as must be honoured."""
    languages: Annotated[list[str], Field(exclude=True)] = []
    """Those that are expected: a single one becomes `language`."""
    delay: Annotated[str | None, Field(exclude=True)] = None
    """Words are told as soon as they are settled, whatever it says."""

    @model_validator(mode="after")
    def _only(self) -> Self:
        if len(self.languages) == 1:
            self.language = self.languages[0]
        return self


class ServerVad(_Part):
    """Turns end where nobody speaks for a while."""

    type: Literal["server_vad"] = "server_vad"
    threshold: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Is always 0.5: where somebody speaks is found by a model that knows by itself how loud they are."""
    prefix_padding_ms: Annotated[int, Field(ge=0, le=10_000)] = 300
    silence_duration_ms: Annotated[int, Field(ge=100, le=10_000)] = 500
    create_response: Annotated[bool | None, Field(exclude=True)] = None
    """Nothing is answered here; this, and what interrupts it, has no meaning."""
    interrupt_response: Annotated[bool | None, Field(exclude=True)] = None
    idle_timeout_ms: Annotated[int | None, Field(exclude=True)] = None

    @field_validator("threshold")
    @classmethod
    def _effective(cls, threshold: float) -> float:
        return 0.5


class Input(_Part):
    format: Annotated[Pcm | G711, Field(discriminator="type")] = Pcm()
    transcription: Recognition
    turn_detection: ServerVad | None = ServerVad()
    """None: the client says where a turn ends."""
    noise_reduction: dict[str, Any] | None = None
    """There is none here: models hear the sound as it is."""

    @field_validator("noise_reduction")
    @classmethod
    def _none(cls, asked: dict[str, Any] | None) -> None:
        return None


class Audio(_Part):
    input: Input


class Settings(_Part):
    """All of a session's, as they are in effect."""

    type: Literal["transcription"] = "transcription"
    audio: Audio
    include: list[Literal["item.input_audio_transcription.logprobs"]] | None = None
    """Models have no such figures in common: none are sent."""

    @field_validator("include")
    @classmethod
    def _none(cls, asked: list[str] | None) -> None:
        return None

    @classmethod
    def of(cls, model: str) -> Self:
        """Those with which a session begins."""
        return cls(audio=Audio(input=Input(transcription=Recognition(model=model))))

    @property
    def input(self) -> Input:
        return self.audio.input

    def updated(self, changes: dict[str, Any]) -> Self:
        """With the fields that are among the changes. Raises pydantic.ValidationError."""
        return self.model_validate(_merged(self.model_dump(), changes))

    def options(self, configurations: Configurations) -> TranscribeOptions:
        """How to transcribe. Raises TranscriberError for what cannot be."""
        asked = self.input.transcription
        terms = vocabulary.parse("\n".join(asked.keywords))
        options = request.hinted(asked.model, asked.language, asked.prompt, terms, configurations)
        return request.checked(options, configurations)


def _merged(known: Any, changes: Any) -> Any:
    """Fields of objects that are of one type are replaced one by one, and all else as a whole."""
    are_objects = isinstance(known, dict) and isinstance(changes, dict)
    if not are_objects or changes.get("type", known.get("type")) != known.get("type"):
        return changes
    return {**known, **{name: _merged(known.get(name), change) for name, change in changes.items()}}
