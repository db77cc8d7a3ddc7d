"""OpenAI's Whisper: openai-whisper's model, decoded in batches of our own."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from transcriber.engines.protocol import BaseEngine, EngineType, ForcedAligner
from transcriber.engines.whisper.aligning import WhisperAligner
from transcriber.engines.whisper.files import WHISPER
from transcriber.joining import Piece, chained
from transcriber.joining import words_of as words_of_pieces
from transcriber.languages import AUTO, NAMES
from transcriber.models import devices
from transcriber.models.capabilities import Capabilities, pairs_with_english
from transcriber.models.catalog import ENGLISH, TRANSLATE, ModelSpec
from transcriber.options import TranscribeOptions
from transcriber.transcript import Hypothesis, Word

CACHE_BYTES, MAX_BATCH_SIZE = 320 << 20, 8
"""What the keys and values of a batch of windows may take on a processor, and how many windows that are at most: a
batch takes seconds, before which nothing of it can be read, and nothing cancelled."""
TURBO = (32, 4)
"""Audio and text layers of the one multilingual checkpoint that was not trained to translate (its model card)."""
TRANSLATED = "The times of translated words are approximate: Whisper measures them on words that nobody said."


def restore(path: Path, device: str, compute_type: str) -> Any:
    """The model of a Whisper checkpoint. Raises ModelError."""
    from transcriber.engines.whisper import checkpoint
    from transcriber.models import manifest

    recorded = manifest.read(path.with_suffix(".json"))
    kept_in = "float32" if compute_type == "int8" else compute_type
    model = checkpoint.restore(path, device, recorded.sha256 if recorded else None, kept_in)
    from transcriber.engines import products
    from transcriber.engines.whisper import layers

    if compute_type == "int8":
        layers.quantize(model)
    products.optimize(model.decoder)
    return layers.optimize(model)


def fastest_type(device: str) -> str:
    """Half precision, which OpenAI trained and published in, on a card; on a processor what is quickest there.

    That is 8 bits where it does not multiply in bfloat16: on x86 1.4 times as fast as float32, with as few
    words wrong (benchmarks/README.md).
    """
    if device != "cpu":
        return "float16"
    fastest = devices.fastest_type(device)
    return "int8" if fastest == "float32" and devices.has_quick_int8() else fastest


class WhisperEngine(BaseEngine):
    """One Whisper model."""

    def __init__(self, model: Any, device: str, compute_type: str) -> None:
        from transcriber.engines.whisper.decoding import Whisper

        super().__init__(model, device, compute_type, batch_size_of(model) if device == "cpu" else None)
        self.decoder = Whisper(model)
        self._aligner = WhisperAligner(self.decoder.align)
        layers = model.dims.n_audio_layer, model.dims.n_text_layer
        self.capabilities = whisper_capabilities(model.num_languages if model.is_multilingual else 1, layers)

    @property
    def forced_aligner(self) -> ForcedAligner:
        return self._aligner

    def transcribe(self, batch: list[np.ndarray], options: TranscribeOptions = TranscribeOptions()) -> list[Hypothesis]:
        """Words timed by cross-attention, but for those that are a segment of their own: Whisper wrote their times.

        openai-whisper's transcribe(word_timestamps=True) does the same and then drops the text of segments whose words
        it could not place; here no word is ever dropped.
        """
        language = None if options.language == AUTO else options.language
        task = task_of(options, self.capabilities)
        prompt = self._prompt(options)[0]
        found = self.decoder.transcribe(batch, language, task, prompt, search_of(options))
        return [_hypothesis(heard) for heard in found]

    def draft(self, samples: np.ndarray, options: TranscribeOptions, said: str = "") -> Hypothesis:
        """The likeliest text at once (drafting.py); `said` are the words that it goes on from."""
        from transcriber.engines.whisper import drafting

        language = None if options.language == AUTO else options.language
        prompt = self.decoder.prompt(self._prompt(options)[0])
        asked = drafting.Asked(language, task_of(options, self.capabilities), prompt, said)
        return _hypothesis(drafting.draft(self.decoder, samples, asked))

    def notices(self, options: TranscribeOptions) -> list[str]:
        return whisper_notices(options, self.capabilities, self._prompt(options)[1])

    def _prompt(self, options: TranscribeOptions) -> tuple[str, int]:
        return prompt_of(options.vocabulary, self.decoder.tokenizer().encode, self.model.dims.n_text_ctx)


def _hypothesis(heard: Any) -> Hypothesis:
    """Of a DecodedRecording."""
    words = words_of(heard.segments, [segment["span"] for segment in heard.segments])
    return Hypothesis(tuple(words), heard.language if words else None, tuple(heard.doubtful))


def batch_size_of(model: Any) -> int:
    """Windows that a processor gets at once: with small models more, of which each takes a smaller part of a step."""
    dims = model.dims
    weight = model.decoder.token_embedding.weight
    window_bytes = 2 * dims.n_text_layer * dims.n_audio_ctx * dims.n_text_state * weight.element_size()
    return min(MAX_BATCH_SIZE, max(devices.CPU_BATCH_SIZE, CACHE_BYTES // window_bytes))


def search_of(options: TranscribeOptions) -> Any:
    """How a text is looked for, as the options ask for it (transcriber.engines.whisper.search.Search)."""
    from transcriber.engines.whisper.search import BEAM_SIZE, Search

    return Search(beam_size=options.beam_size or BEAM_SIZE, temperature=options.temperature)


def words_of(segments: list[dict[str, Any]], spans: list[tuple[float, float]]) -> list[Word]:
    """The words of timed segments; a word that is a segment of its own keeps its segment's (start, end) in `spans`.

    Those of a window, which have the same "seek", are one text: a word may begin in one and end in the next.
    """
    windows = groupby(zip(segments, spans, strict=True), lambda pair: pair[0].get("seek"))
    return chained(words_of_pieces(_pieces(window)) for _, window in windows)


def _pieces(window: Iterable[tuple[dict[str, Any], tuple[float, float]]]) -> Iterator[Piece]:
    """What Whisper's tokenizer takes for words, with the blanks in front: in some languages these are syllables."""
    for segment, span in window:
        is_alone = len(segment["words"]) == 1
        for word in segment["words"]:
            start, end = span if is_alone else (word["start"], word["end"])
            yield Piece(word["word"], float(start), float(end), float(word["probability"]))


def whisper_capabilities(languages: int, layers: tuple[int, int]) -> Capabilities:
    """Of a checkpoint that knows the first so many languages of the list, with so many audio and text layers."""
    return _capabilities(tuple(NAMES)[:languages] if languages > 1 else ENGLISH, layers != TURBO)


def expect(spec: ModelSpec) -> Capabilities:
    return _capabilities(spec.languages, TRANSLATE in spec.tasks)


def _capabilities(languages: tuple[str, ...], translates: bool) -> Capabilities:
    return Capabilities(
        languages=languages,
        detects_language=len(languages) > 1,
        keeps_language=len(languages) > 1,
        translations=pairs_with_english(languages, ENGLISH) if translates else (),
        has_word_times=True,
        times_translations=True,
        has_confidence=True,
        takes_vocabulary=True,
        has_temperature=True,
        has_beams=True,
    )


DEMO = Capabilities(ENGLISH, has_word_times=True, has_temperature=True, has_beams=True)
"""The demo model has not learnt to read what was said before, which a vocabulary is to Whisper."""


def task_of(options: TranscribeOptions, able: Capabilities) -> str:
    """What Whisper calls it."""
    return "translate" if able.is_translation(options) else "transcribe"


def prompt_of(terms: tuple[str, ...], encode: Callable[[str], list[int]], context: int) -> tuple[str, int]:
    """The vocabulary as Whisper's prompt, the text that seems to come before; and how many terms it has.

    Whisper hears half of its context less one token of it, 223, and would drop the first of a longer one: it is cut
    behind the last term that fits. It is a bare list, which is in no language.
    """
    fitting = ""
    for count in range(1, len(terms) + 1):
        prompt = f"{', '.join(terms[:count])}."
        if len(encode(f" {prompt}")) >= context // 2:
            return fitting, count - 1
        fitting = prompt
    return fitting, len(terms)


def whisper_notices(options: TranscribeOptions, able: Capabilities, used: int) -> list[str]:
    """What the reader should know of how the options are honoured; `used`: terms in the prompt."""
    total = len(options.vocabulary)
    cut = f"Whisper takes the first {used} of the {total} terms of the vocabulary: more do not fit."
    return [cut] * (used < total) + [TRANSLATED] * able.is_translation(options)


TYPE = EngineType(
    name="whisper",
    title="OpenAI Whisper",
    kind=WHISPER,
    packages=("whisper", "torch"),
    install="pip install -r requirements.txt",
    compute_types={"cpu": ("float32", "bfloat16", "int8"), "cuda": ("float16", "bfloat16", "float32")},
    automatic=fastest_type,
    restore=restore,
    engine=WhisperEngine,
    expect=expect,
    demo=DEMO,
    can_align=lambda path: True,
)
