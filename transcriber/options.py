"""What can be asked of a transcription: declared once here, filled by every door."""

import re
from dataclasses import dataclass

from transcriber import languages, speaker_count
from transcriber.errors import UnsupportedOptionError

DEVICES = ("auto", "cuda", "cpu")
"""And "cuda:1" and so on, where there are several cards."""
MOST_BEAMS = 20


@dataclass(frozen=True)
class TranscribeOptions:
    """Options of one transcription."""

    model: str = "parakeet"
    """The name of a frozen model."""
    device: str = "auto"
    """Where the model runs: "auto" is the graphics card where there is one, else the processor; a card of AMD's with
    torch's ROCm build is "cuda" too."""
    engine: str = "auto"
    """The engine type that runs it, such as "whisper" or "faster-whisper", where there are several for its kind."""
    compute_type: str = "auto"
    """What it is computed in, such as "float32" or "int8"; "auto" is the engine's own choice for the device."""
    language: str = languages.AUTO
    """The language that is spoken: a lock, not a hint. It may be given by any code, tag or name that languages.find()
    knows, and is kept as our code. "auto": the model finds out."""
    translate_to: str = ""
    """The language in which the words are written, where it is another than the spoken one; given likewise."""
    vocabulary: tuple[str, ...] = ()
    """Names and terms that are likely to be said."""
    start: float = 0.0
    """Seconds of the recording before which nothing is transcribed."""
    end: float | None = None
    """Seconds of the recording after which nothing is transcribed; None is its end."""
    stream: int | None = None
    """Which of several sound tracks, counted from 1; None is the one that the file calls its default, or where nobody
    speaks on it the one with the voice."""
    second_model: str = ""
    """Another frozen model, which hears again what the first one left without words."""
    speakers: str = speaker_count.OFF
    """How many people are told apart: "off", "auto", a number, or two such as "2-4" (speaker_count.py)."""
    speaker_model: str = ""
    """The frozen model that tells them apart; "" is the one that there is, `speakers` before `sortformer`."""
    known_speakers: tuple[tuple[str, str], ...] = ()
    """(name, path of a recording in which nobody else speaks): who of them is heard is called so."""
    beam_size: int | None = None
    """Texts that a model follows at once, of which it takes the likeliest, 1 to 20: more find better words and take
    longer; 1 is greedy. None is the model's own best."""
    temperature: float = 0.0
    """At which a model that draws its words at random begins, 0 to 1; 0 is the likeliest words, as long as they pass
    for speech."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "vocabulary", tuple(self.vocabulary))  # JSON knows lists only
        object.__setattr__(self, "known_speakers", tuple((name, path) for name, path in self.known_speakers))
        for name, code in (
            ("language", languages.spoken(self.language)),
            ("translate_to", languages.written(self.translate_to)),
        ):
            if code is not None:  # else capabilities.py refuses it, with what the model knows
                object.__setattr__(self, name, code)
        if not is_device(self.device):
            raise no_device(self.device)
        speaker_count.parse(self.speakers)
        names = [name for name, _ in self.known_speakers]
        if len(set(names)) < len(names) or "" in names:
            raise UnsupportedOptionError("each known speaker needs a name of their own", "give each another one")
        if self.known_speakers and self.speakers == speaker_count.OFF:
            raise UnsupportedOptionError(
                "speakers are known, and nobody is to be told apart", "ask for speakers, too: auto, or a number"
            )
        if not 0 <= self.temperature <= 1:
            raise UnsupportedOptionError(f"a temperature of {self.temperature} is none", "choose one from 0 to 1")
        if self.beam_size is not None and not 1 <= self.beam_size <= MOST_BEAMS:
            raise UnsupportedOptionError(
                f"a beam size of {self.beam_size} is none", f"choose one from 1 to {MOST_BEAMS}"
            )
        if self.start < 0 or (self.end is not None and self.end <= self.start):
            raise UnsupportedOptionError("the part to transcribe ends before it starts", "choose another start or end")

    @property
    def is_whole(self) -> bool:
        """Whether all of the recording is asked for."""
        return not self.start and self.end is None

    def seconds_of(self, duration: float | None) -> float | None:
        """How many seconds of a recording that is so long are asked for; None where nobody knows how long it is."""
        end = min((end for end in (self.end, duration) if end is not None), default=None)
        return None if end is None else max(0.0, end - self.start)


def is_device(name: str) -> bool:
    """Whether it is the name of a device; whether that is there, torch must be asked."""
    return name in DEVICES or bool(re.fullmatch(r"cuda:\d{1,2}", name))


def no_device(name: str) -> UnsupportedOptionError:
    return UnsupportedOptionError(
        f"there is no device “{name}”", f"choose one of {', '.join(DEVICES)}, or cuda:1 for a second card"
    )
