"""What a model can be asked for, and which option of a call it cannot honour."""

from dataclasses import dataclass

from transcriber import languages
from transcriber.errors import UnsupportedOptionError
from transcriber.languages import AUTO
from transcriber.options import TranscribeOptions


@dataclass(frozen=True)
class Capabilities:
    """What one model can do."""

    languages: tuple[str, ...]
    """ISO 639 codes of the languages that may be spoken."""
    detects_language: bool = False
    """Whether it can detect which of them is spoken."""
    keeps_language: bool = False
    """Whether the language detected first should be asked for from then on: else others are detected now and then."""
    translations: tuple[tuple[str, str], ...] = ()
    """(spoken, written): the pairs of languages that it translates."""
    has_word_times: bool = False
    times_translations: bool = False
    """Whether the words of a translation have times too."""
    has_confidence: bool = False
    takes_vocabulary: bool = False
    has_temperature: bool = False
    """Whether it can sample words instead of taking the likeliest."""
    has_beams: bool = False
    """Whether it can decode by beam search."""

    def times_words(self, options: TranscribeOptions) -> bool:
        """Whether the words have times when the model is called with these options."""
        return self.has_word_times and (self.times_translations or not self.is_translation(options))

    def is_translation(self, options: TranscribeOptions) -> bool:
        """Whether the words are to be in another language than the spoken one."""
        return options.translate_to not in ("", self.spoken(options))

    def spoken(self, options: TranscribeOptions) -> str:
        """The spoken language: as asked for, or the only one that it understands; "auto" if it has to find out."""
        return self.languages[0] if options.language == AUTO and len(self.languages) == 1 else options.language


def pairs_with_english(spoken: tuple[str, ...], written: list[str] | tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """All pairs of which one language is English and the other is not."""
    return tuple((one, other) for one in spoken for other in written if (one == "en") != (other == "en"))


def check_languages(options: TranscribeOptions, able: Capabilities) -> None:
    """Raises UnsupportedOptionError for what is no language, with those that the model knows."""
    if options.language not in (AUTO, *languages.NAMES):
        choice = [*[AUTO] * (able.detects_language or len(able.languages) == 1), *able.languages]
        hint = f"choose one of {', '.join(choice)}"
        raise UnsupportedOptionError(f"there is no language “{options.language}”", hint, "language")
    if options.translate_to not in ("", *languages.NAMES):
        choice = list(dict.fromkeys(written for _, written in able.translations))
        hint = f"choose one of {', '.join(choice)}" if choice else "leave it away: this model does not translate"
        what = "no language to write in" if options.translate_to == AUTO else "no language"
        raise UnsupportedOptionError(f"“{options.translate_to}” is {what}", hint, "translate_to")


NO_DETECTION = "cannot find out which language is spoken"


def refusal(options: TranscribeOptions, able: Capabilities) -> tuple[str, str] | None:
    """Which option it cannot honour, and what it cannot do; None if it can do all."""
    spoken, written = able.spoken(options), options.translate_to
    if spoken == AUTO:
        if not able.detects_language:
            return "language", NO_DETECTION
    elif spoken not in able.languages:
        return "language", f"does not understand {languages.NAMES[spoken]}"
    if able.is_translation(options):
        heard = able.languages if spoken == AUTO else (spoken,)
        if not any((one, written) in able.translations for one in heard):
            source = "" if spoken == AUTO else f"{languages.NAMES[spoken]} "
            return "translate_to", f"cannot translate {source}into {languages.NAMES[written]}"
    return _refusal_of_extras(options, able)


def _refusal_of_extras(options: TranscribeOptions, able: Capabilities) -> tuple[str, str] | None:
    if options.vocabulary and not able.takes_vocabulary:
        return "vocabulary", "takes no vocabulary"
    if options.temperature and not able.has_temperature:
        return "temperature", "has no temperature: it always writes the likeliest words"
    if options.beam_size is not None and not able.has_beams:
        return "beam_size", "follows one text at a time: it has no beam size"
    return None
