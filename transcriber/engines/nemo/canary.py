"""Canary: an encoder–decoder that is told the spoken and the written language by a prompt of special tokens."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from nemo.collections.asr.models.aed_multitask_models import MultiTaskTranscriptionConfig
from nemo.collections.asr.parts.submodules.multitask_decoding import MultiTaskDecodingConfig
from omegaconf import OmegaConf

from transcriber.audio.samples import SAMPLE_RATE
from transcriber.engines.giving_way import way
from transcriber.engines.model_capabilities import check
from transcriber.engines.nemo import alphabets, boosting
from transcriber.engines.nemo.canary_decoder import CachedGreedyGenerator
from transcriber.engines.nemo.token_texts import pieces_of, token_texts
from transcriber.joining import words_of
from transcriber.languages import NAMES
from transcriber.models.capabilities import Capabilities, pairs_with_english
from transcriber.models.catalog import EUROPEAN
from transcriber.options import TranscribeOptions
from transcriber.transcript import Hypothesis, Word

Span = tuple[float, float]


def prepare(model: Any) -> CachedGreedyGenerator | None:
    """Let a model decode greedily, once after it was restored: the words of a beam of one, and their confidence.

    None for a model of a wider beam, which is NeMo's to decode.
    """
    if model.cfg.decoding.get("strategy") == "beam" and model.cfg.decoding.beam.get("beam_size", 1) == 1:
        model.change_decoding_strategy(_greedy(model))
    decoding = model.decoding.decoding
    if not hasattr(decoding, "greedy_search"):
        return None
    if not isinstance(decoding.greedy_search, CachedGreedyGenerator):
        decoding.greedy_search = CachedGreedyGenerator(decoding.greedy_search, model.tokenizer)
    return decoding.greedy_search


def _greedy(model: Any) -> Any:
    """The model's decoding configuration, with NeMo's defaults for what it does not have."""
    defaults = OmegaConf.create(OmegaConf.to_container(OmegaConf.structured(MultiTaskDecodingConfig)))
    config = OmegaConf.merge(defaults, model.cfg.decoding)
    config.strategy = "greedy_batch"
    config.greedy.max_generation_delta = config.beam.max_generation_delta
    config.confidence_cfg.preserve_token_confidence = True
    config.confidence_cfg.method_cfg.name = "max_prob"
    return config


class Canary:
    """One Canary."""

    def __init__(self, model: Any) -> None:
        self.greedy = prepare(model)
        self.model = model
        self.tokenizer = model.tokenizer
        special = _special_tokens(model.tokenizer)
        self.aligns = model.timestamps_asr_model is not None
        """Canary 1B v2 carries a second model, which times the words that it wrote."""
        self.writes_times = not self.aligns and "<|0|>" in special
        """The flash models write timestamp tokens between the words."""
        languages = _languages(model.tokenizer, special)
        self.capabilities = Capabilities(
            languages=languages,
            detects_language=False,
            translations=pairs_with_english(languages, languages),
            has_word_times=self.aligns or self.writes_times,
            has_confidence=self.greedy is not None,
            takes_vocabulary=self.greedy is not None,
        )

    def transcribe(self, audio: list[np.ndarray], options: TranscribeOptions) -> list[Hypothesis]:
        """Raises UnsupportedOptionError where the language is not given: told a wrong one, Canary translates."""
        check(options, self.capabilities, "this model")
        with_times = self.capabilities.times_words(options)
        if self.greedy:
            self.greedy.boost(options.vocabulary)
        with way.closed():  # NeMo keeps what is asked in the model itself
            hypotheses = self.model.transcribe(
                audio,
                timestamps=True if with_times and self.aligns else None,
                override_config=self._config(len(audio), options),
            )
        spoken = self.capabilities.spoken(options)
        results = []
        for samples, hypothesis in zip(audio, hypotheses, strict=True):
            words = self._words(hypothesis, len(samples) / SAMPLE_RATE, with_times)
            results.append(Hypothesis(tuple(words), spoken if words else None))
        return results

    def notices(self, options: TranscribeOptions) -> list[str]:
        """What the reader should know of how the options are honoured."""
        return boosting.unknown_notice(options.vocabulary, self.tokenizer)

    def use_plain_decoder(self) -> bool:
        """False: it decodes without CUDA graphs anyway."""
        return False

    def _config(self, batch_size: int, options: TranscribeOptions) -> Any:
        """The prompt; no chunking by NeMo, which does it for single files only: we chunk ourselves."""
        spoken = self.capabilities.spoken(options)
        prompt = {"source_lang": spoken, "target_lang": options.translate_to or spoken, "pnc": "yes"}
        if self.writes_times:
            prompt["timestamp"] = "yes" if self.capabilities.times_words(options) else "no"
        if self.model.prompt_format == "canary":  # the first Canary's prompt names the task
            prompt["task"] = "ast" if self.capabilities.is_translation(options) else "asr"
        return MultiTaskTranscriptionConfig(
            batch_size=batch_size,
            num_workers=0,
            return_hypotheses=True,
            verbose=False,
            prompt=prompt,
            enable_chunking=False,
        )

    def _words(self, hypothesis: Any, duration: float, with_times: bool) -> list[Word]:
        ids = list(map(int, hypothesis.y_sequence))
        tokens = hypothesis.token_confidence
        confidences = list(map(float, tokens)) if tokens is not None and len(tokens) == len(ids) else None
        frame = self.model.cfg.preprocessor.window_stride * self.model.encoder.subsampling_factor
        words, spans = read_tokens(self.tokenizer, ids, confidences, frame)
        if not with_times:
            return words
        if self.aligns:
            spans = aligned_spans(hypothesis.timestamp["word"], len(words))
        placed = fill_spans(spans, duration)
        return [replace(word, start=start, end=end) for word, (start, end) in zip(words, placed, strict=True)]


def read_tokens(
    tokenizer: Any, ids: list[int], confidences: list[float] | None, frame: float
) -> tuple[list[Word], list[Span | None]]:
    """Words with their confidence, and for each the times that stand around it; `frame`: seconds of a timestamp token.

    NeMo reads the same from the text, but drops words that do not stand between two times.
    """
    pieces = [tokenizer.ids_to_tokens([token])[0] for token in ids]
    marks = [-1, *(at for at, piece in enumerate(pieces) if alphabets.is_special(piece)), len(ids)]
    words: list[Word] = []
    spans: list[Span | None] = []
    has_blank = False
    for before, behind in pairwise(marks):
        run = slice(before + 1, behind)
        texts = token_texts(tokenizer, ids[run])
        own = words_of(pieces_of(texts, confidences[run] if confidences else None))
        start, end = (_frames(pieces[at]) if 0 <= at < len(ids) else None for at in (before, behind))
        timed: list[Span | None] = [None] * len(own)
        if start is not None and end is not None and start <= end:
            timed = [*_evenly(start * frame, end * frame, len(own))]
        written = "".join(texts)
        if words and own and not has_blank and not written.startswith(" "):  # a timestamp token that tears a word
            words[-1], spans[-1] = _whole(words[-1], own.pop(0)), _span(spans[-1], timed.pop(0))
        has_blank = written.endswith(" ") if written.strip() else has_blank or bool(written)
        words, spans = words + own, spans + timed
    return words, spans


def _whole(word: Word, rest: Word) -> Word:
    known = [part.confidence for part in (word, rest) if part.confidence is not None]
    return replace(word, text=word.text + rest.text, confidence=min(known, default=None))


def _span(first: Span | None, last: Span | None) -> Span | None:
    """From the beginning of the one to the end of the other; what is known of it."""
    return (first[0], max(first[1], last[1])) if first and last else first or last


def _evenly(start: float, end: float, count: int) -> list[Span]:
    return [(float(first), float(last)) for first, last in pairwise(np.linspace(start, end, count + 1))]


def _frames(piece: str) -> int | None:
    """Of a timestamp token, such as <|12|>: encoder frames from the begin of the audio."""
    number = piece[2:-2]
    return int(number) if number.isdecimal() else None


def aligned_spans(timed: list[dict[str, Any]], count: int) -> list[Span | None]:
    """(start, end) of each of `count` words by NeMo's alignment, which says -1 of words that it could not place."""
    if len(timed) != count:
        return [None] * count
    return [(float(word["start"]), float(word["end"])) if word["start"] >= 0 else None for word in timed]


def fill_spans(spans: Sequence[Span | None], duration: float) -> list[Span]:
    """Words without times share the room between their neighbours evenly."""
    filled: list[Span] = []
    at = 0
    while at < len(spans):
        span = spans[at]
        if span is not None:
            filled.append(span)
            at += 1
            continue
        end = next((index for index in range(at, len(spans)) if spans[index] is not None), len(spans))
        following = spans[end] if end < len(spans) else None
        first = filled[-1][1] if filled else 0.0
        last = max(first, following[0] if following else duration)
        filled += _evenly(first, last, end - at)
        at = end
    return filled


def _special_tokens(tokenizer: Any) -> set[str]:
    return set(getattr(tokenizer, "special_tokens", ())) or set(filter(alphabets.is_special, tokenizer.vocab))


def _languages(tokenizer: Any, special: set[str]) -> tuple[str, ...]:
    """Those with tokens of their own; a tokenizer for all has marks for more languages than were trained."""
    own = getattr(tokenizer, "langs", EUROPEAN)
    return tuple(code for code in own if code in NAMES and f"<|{code}|>" in special)
