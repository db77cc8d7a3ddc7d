"""OpenAI's Whisper through faster-whisper, which computes with CTranslate2: the same checkpoint, quicker on a CPU."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np

from transcriber.engines.library_failures import failure_of
from transcriber.engines.protocol import BaseEngine, EngineType, ForcedAligner
from transcriber.engines.whisper.aligning import GivenWords, Timing, WhisperAligner
from transcriber.engines.whisper.engine import (
    DEMO,
    expect,
    prompt_of,
    search_of,
    task_of,
    whisper_capabilities,
    whisper_notices,
    words_of,
)
from transcriber.engines.whisper.files import WHISPER
from transcriber.errors import EngineUnavailableError, ModelCorruptError, UnsupportedOptionError
from transcriber.joining import continued
from transcriber.languages import AUTO
from transcriber.models import devices
from transcriber.options import TranscribeOptions
from transcriber.transcript import Hypothesis, Word

COMPUTE_TYPES = ("int8", "float16", "float32")
FRAMES = 3_000
"""Of 10 ms, in one window of Whisper's."""
PUNCTUATION = {"prepend_punctuations": "\"'“¿([{-", "append_punctuations": "\"'.。,，!！?？:：”)]}、"}
"""What belongs to the word after it, and to the word before it; Whisper's own defaults."""


def restore(path: Path, device: str, compute_type: str) -> Any:
    """The model of a Whisper checkpoint, converted for CTranslate2 when it is used for the first time.

    Raises EngineUnavailableError where faster-whisper or what it needs is not installed, UnsupportedOptionError for a
    compute type that the device does not have, StorageError where the conversion cannot be written,
    ModelCorruptError and ModelRefusedError.
    """
    try:
        import torch
        from faster_whisper import WhisperModel

        from transcriber.engines.faster_whisper.converted import converted
    except ImportError as error:
        raise EngineUnavailableError(
            f"faster-whisper is not installed ({error})", "run `pip install -r requirements-faster-whisper.txt`"
        ) from error

    class KeepingModel(WhisperModel):
        """Keeps what its encoder gave for the latest window: the times of words need it again.

        `layers`: those of the encoder and of the decoder.
        """

        layers = 0, 0

        def encode(self, features: np.ndarray) -> Any:
            self.encoded = super().encode(ending_in_silence(features))
            return self.encoded

    _check(compute_type, device)
    folder = converted(path, compute_type)
    try:
        where, _, number = device.partition(":")
        threads = torch.get_num_threads()
        model = KeepingModel(str(folder), where, int(number or 0), compute_type=compute_type, cpu_threads=threads)
        dims = torch.load(path, map_location="meta", weights_only=True)["dims"]
        model.layers = dims["n_audio_layer"], dims["n_text_layer"]
    except (RuntimeError, ValueError) as error:
        if failure_of(error):
            raise
        if device != "cpu":
            raise _no_card(error) from error
        raise ModelCorruptError(
            f"{folder}, made of {path}, cannot be loaded ({error})", "delete the folder: it is made again"
        ) from error
    if device != "cpu":
        _try_encoder(model)
    return model


def ending_in_silence(features: np.ndarray) -> np.ndarray:
    """The mel [bins, frames] of a window that is filled up with zeros, with silence instead (silence_of() says why)."""
    from transcriber.engines.whisper.decoding import silence_of

    filled = np.flatnonzero(features.any(axis=0))
    if not len(filled) or filled[-1] + 1 == features.shape[1]:
        return features
    features = features.copy()
    features[:, filled[-1] + 1 :] = silence_of(features[:, : filled[-1] + 1])
    return features


def _check(compute_type: str, device: str) -> None:
    import ctranslate2

    try:
        there = ctranslate2.get_supported_compute_types(devices.kind(device))
    except (RuntimeError, ValueError) as error:
        raise EngineUnavailableError(f"faster-whisper cannot use {device} here ({error})", "choose the CPU") from error
    usable = [name for name in COMPUTE_TYPES if name in there]
    if compute_type not in usable:
        raise UnsupportedOptionError(
            f"faster-whisper cannot compute in {compute_type} on this {device}", f"choose {' or '.join(usable)}"
        )


def _try_encoder(model: Any) -> None:
    """CTranslate2 looks for cuBLAS when it first computes; missing, that should be known before a recording is."""
    try:
        model.encode(np.zeros((model.feat_kwargs["feature_size"], FRAMES), np.float32))
    except RuntimeError as error:
        raise _no_card(error) from error


def _no_card(error: Exception) -> EngineUnavailableError:
    return EngineUnavailableError(
        f"faster-whisper cannot use the graphics card ({error})",
        "it needs CUDA 12's cuBLAS on the library path (`pip install nvidia-cublas-cu12`); or choose the CPU",
    )


class FasterWhisperEngine(BaseEngine):
    """One Whisper model in CTranslate2."""

    def __init__(self, model: Any, device: str, compute_type: str) -> None:
        super().__init__(model, device, compute_type, batch_size=1)
        self.capabilities = whisper_capabilities(model.model.num_languages, model.layers)
        self._aligner = WhisperAligner(self._align)

    @property
    def forced_aligner(self) -> ForcedAligner:
        return self._aligner

    def transcribe(self, batch: list[np.ndarray], options: TranscribeOptions = TranscribeOptions()) -> list[Hypothesis]:
        return [self._hypothesis(samples, options) for samples in batch]

    def notices(self, options: TranscribeOptions) -> list[str]:
        return whisper_notices(options, self.capabilities, self._prompt(options)[1])

    def _prompt(self, options: TranscribeOptions) -> tuple[str, int]:
        return prompt_of(options.vocabulary, self._encode, self.model.max_length)

    def _encode(self, text: str) -> list[int]:
        return self.model.hf_tokenizer.encode(text, add_special_tokens=False).ids

    def _hypothesis(self, samples: np.ndarray, options: TranscribeOptions) -> Hypothesis:
        """Words as Whisper writes them, looked for as by our other Whisper; then their times.

        transcribe(word_timestamps=True) would let the times choose where the next window begins, which skips words or
        writes them twice, and would drop a segment whose words got no room.
        """
        from faster_whisper.tokenizer import Tokenizer

        from transcriber.engines.whisper.search import temperatures

        task, search = task_of(options, self.capabilities), search_of(options)
        segments, info = self.model.transcribe(
            samples,
            language=None if options.language == AUTO else options.language,
            task=task,
            hotwords=self._prompt(options)[0] or None,  # unlike its initial_prompt they are there for every window
            beam_size=search.beam_size,
            condition_on_previous_text=False,
            # What CTranslate2 draws is another thing each time: it draws only where somebody asks for a temperature.
            temperature=temperatures(search.temperature) if search.temperature else 0.0,
        )
        # The encoder's output has to be taken with each segment: the next one may already be of the next window.
        heard = [(segment.seek, segment, self.model.encoded) for segment in segments]
        words: list[Word] = []
        for seek, window in groupby(heard, key=itemgetter(0)):
            _, parts, encoded = zip(*window, strict=True)
            frames = min(FRAMES, len(samples) // self.model.feature_extractor.hop_length - seek)
            tokenizer = Tokenizer(self.model.hf_tokenizer, self.model.model.is_multilingual, task, info.language)
            words += continued(words[-1] if words else None, self._timed(parts, encoded[0], seek, frames, tokenizer))
        return Hypothesis(tuple(words), info.language if words else None)

    def _timed(self, parts: Any, encoded: Any, seek: int, frames: int, tokenizer: Any) -> list[Word]:
        """The words of one window of `frames` frames from frame `seek`; `encoded` is the encoder's output for it."""
        segments = [{"seek": seek, "start": part.start, "end": part.end, "tokens": part.tokens} for part in parts]
        spans = [(part.start, part.end) for part in parts]
        self.model.add_word_timestamps(
            [segments],
            tokenizer,
            encoded,
            frames,
            **PUNCTUATION,
            last_speech_timestamp=spans[0][0],
        )
        return words_of(segments, spans)

    def _align(self, samples: np.ndarray, words: Sequence[str]) -> list[Timing]:
        """As whisper.decoding.Whisper.align()."""
        from faster_whisper.audio import pad_or_trim
        from faster_whisper.tokenizer import Tokenizer

        model = self.model
        frames = len(samples) // model.feature_extractor.hop_length
        encoded = model.encode(pad_or_trim(model.feature_extractor(samples)[:, :frames]))
        language = model.model.detect_language(encoded)[0][0][0][2:-2] if model.model.is_multilingual else "en"
        tokenizer = Tokenizer(model.hf_tokenizer, model.model.is_multilingual, "transcribe", language)
        given = GivenWords(words, self._encode, tokenizer)
        if not given.fit(model.max_length):
            return []
        (found,) = model.find_alignment(given, [given.text_tokens], encoded, frames)
        timings = [(float(part["start"]), float(part["end"]), float(part["probability"])) for part in found]
        return given.of_words(timings)


TYPE = EngineType(
    name="faster-whisper",
    title="faster-whisper (CTranslate2)",
    kind=WHISPER,
    packages=("faster_whisper", "ctranslate2", "whisper", "torch"),
    install="pip install -r requirements-faster-whisper.txt",
    compute_types={"cpu": ("int8", "float32"), "cuda": ("float16", "int8", "float32")},
    restore=restore,
    engine=FasterWhisperEngine,
    expect=expect,
    demo=DEMO,
    can_align=lambda path: True,
    order=1,
)
