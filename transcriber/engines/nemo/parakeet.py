"""Parakeet: a transducer without a prompt, whose decoder is nevertheless held to a language and a vocabulary.

Parakeet v3 identifies the language itself, and sometimes writes in another one. A fixed language works in two steps:

1. Tokens of other scripts (Latin, Cyrillic, Greek) are masked, always. The price: a name in another script, such as
   “iPhone” in Russian, is spelled in the language's own, unless it is in the vocabulary.
2. Where language identification finds the text clearly in another language of the same script, the chunk is decoded
   again with the tokens of the language's own alphabet only, which keeps Polish from having “ö”, and German from “ł”.
   Where that does not help, the first text stays and its Hypothesis has the language that it is in. No more can be
   done: the model takes no language, so English instead of Dutch is reported, and not always corrected.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from nemo.collections.asr.parts.submodules.rnnt_decoding import RNNTBPEDecoding
from nemo.collections.asr.parts.utils.timestamp_utils import process_timestamp_outputs
from omegaconf import OmegaConf, open_dict

from transcriber.engines.nemo import alphabets, boosting, language_id
from transcriber.engines.nemo.encoder import encode
from transcriber.engines.nemo.token_mask import TokenMask
from transcriber.engines.nemo.token_texts import pieces_of, token_texts
from transcriber.joining import words_of
from transcriber.languages import AUTO
from transcriber.models.capabilities import Capabilities
from transcriber.models.catalog import ENGLISH, EUROPEAN
from transcriber.options import TranscribeOptions
from transcriber.transcript import Hypothesis, Word, joined

CLOSING = tuple(".,:;?!…)]}")
"""Marks that stand behind a word. NeMo takes the blank before them away."""


def prepare(model: Any) -> None:
    """Set a model to give times and confidence, once after it was restored: a change builds its decoder anew."""
    if model.cfg.decoding.get("compute_timestamps"):
        return
    with open_dict(model.cfg.decoding):
        model.cfg.decoding.compute_timestamps = True
        if model.cfg.decoding.strategy.startswith("greedy"):
            # NeMo's word confidence raises where it counts words differently than the text: tokens' is taken.
            model.cfg.decoding.confidence_cfg = OmegaConf.create(
                {
                    "preserve_token_confidence": True,
                    "exclude_blank": True,
                    "aggregation": "min",
                    "method_cfg": {"name": "max_prob"},
                }
            )
    model.change_decoding_strategy(model.cfg.decoding, verbose=False)


class Parakeet:
    """One Parakeet."""

    def __init__(self, model: Any) -> None:
        prepare(model)
        self.model = model
        self.pieces: list[str] = list(model.tokenizer.vocab)
        is_multilingual = alphabets.scripts(self.pieces) >= {"LATIN", "CYRILLIC", "GREEK"}
        can_fuse = hasattr(model.decoding.decoding, "decoding_computer")
        self.capabilities = Capabilities(
            languages=EUROPEAN if is_multilingual else ENGLISH,
            detects_language=is_multilingual,
            has_word_times=True,
            has_confidence=model.cfg.decoding.strategy.startswith("greedy"),
            takes_vocabulary=can_fuse,
        )
        self._plain = model.decoding
        self._latest: tuple[object, Any] = (None, None)

    def transcribe(self, audio: list[np.ndarray], options: TranscribeOptions) -> list[Hypothesis]:
        fixed = options.language if options.language != AUTO and len(self.capabilities.languages) > 1 else None
        decoded = self._decode(audio, options.vocabulary, fixed)
        hypotheses = [self._hypothesis(words, options) for words in decoded]
        if fixed:
            others = [at for at, hypothesis in enumerate(hypotheses) if hypothesis.language not in (fixed, None)]
            again = self._decode([audio[at] for at in others], options.vocabulary, fixed, by_alphabet=True)
            for at, words in zip(others, again, strict=True):
                second = self._hypothesis(words, options)
                if second.language == fixed and len(second.words) >= len(hypotheses[at].words) / 2:
                    hypotheses[at] = second
        return hypotheses

    def notices(self, options: TranscribeOptions) -> list[str]:
        """What the reader should know of how the options are honoured."""
        return boosting.unknown_notice(options.vocabulary, self.model.tokenizer)

    def use_plain_decoder(self) -> bool:
        """Decode without CUDA graphs from now on; False where that is so already."""
        greedy = self.model.cfg.decoding.greedy
        if not greedy.get("use_cuda_graph_decoder", True):
            return False
        with open_dict(greedy):
            greedy.use_cuda_graph_decoder = False
        self._plain = self.model.decoding = self._fused([])
        self._latest = (None, None)
        return True

    def _decode(
        self, audio: list[np.ndarray], terms: tuple[str, ...], fixed: str | None, by_alphabet: bool = False
    ) -> list[list[Word]]:
        if not audio:
            return []
        encoded, lengths = encode(self.model, audio)
        decoding = self._decoding(terms, fixed, by_alphabet)
        with torch.inference_mode():
            hypotheses = decoding.rnnt_decoder_predictions_tensor(encoded, lengths, return_hypotheses=True)
        timed = process_timestamp_outputs(
            hypotheses, self.model.encoder.subsampling_factor, self.model.cfg.preprocessor.window_stride
        )
        return [self._words(hypothesis) for hypothesis in timed]

    def _decoding(self, terms: tuple[str, ...], fixed: str | None, by_alphabet: bool) -> Any:
        """The model's own decoding, or one like it with a vocabulary or a fixed language; the latest is kept."""
        key = (terms, fixed, by_alphabet)
        if self._latest[0] != key:
            spellings = boosting.spell(terms, self.model.tokenizer)
            fusion: list[tuple[Any, float]] = []
            if spellings:
                tree = boosting.tree(spellings, len(self.pieces), boosting.TRANSDUCER_DEPTH)
                fusion.append((tree, boosting.TRANSDUCER_ALPHA))
            if fixed:
                fusion.append((TokenMask(self._allowed(fixed, by_alphabet, spellings)), 1.0))
            self._latest = (key, self._fused(fusion) if fusion else self._plain)
        return self._latest[1]

    def _allowed(self, language: str, by_alphabet: bool, spellings: boosting.Spellings) -> list[bool]:
        allowed = alphabets.allowed(self.pieces, language, by_alphabet)
        for token in {token for own in spellings.values() for ids in own for token in ids}:
            allowed[token] = True
        return allowed

    def _fused(self, fusion: list[tuple[Any, float]]) -> Any:
        decoding = RNNTBPEDecoding(
            self.model.cfg.decoding, self.model.decoder, self.model.joint, tokenizer=self.model.tokenizer
        )
        computer = decoding.decoding.decoding_computer
        computer.fusion_models = [model for model, _ in fusion]
        computer.fusion_models_alpha = [weight for _, weight in fusion]
        return decoding

    def _words(self, hypothesis: Any) -> list[Word]:
        """As the tokens spell them, and without a blank before a mark that closes, as NeMo writes them.

        NeMo's own words lose the blank before every sign: “¿”, “(” and “%” too are made part of the word before them.
        """
        texts = token_texts(self.model.tokenizer, list(map(int, hypothesis.y_sequence)))
        spans = [(float(token["start"]), float(token["end"])) for token in hypothesis.timestamp["char"]]
        confidences = hypothesis.token_confidence
        known = None if confidences is None else list(map(float, confidences))
        return words_of(pieces_of(_closed(texts), known, spans))

    def _hypothesis(self, words: list[Word], options: TranscribeOptions) -> Hypothesis:
        """With the language that the text is in; with the asked one where the text is too short to tell."""
        spoken = self.capabilities.spoken(options)
        if not words or len(self.capabilities.languages) == 1:
            return Hypothesis(tuple(words), spoken if words else None)
        identified = language_id.language_of(joined(words), self.capabilities.languages)
        return Hypothesis(tuple(words), identified or (None if spoken == AUTO else spoken))


def _closed(texts: Sequence[str]) -> list[str]:
    """The texts of tokens, without the blank before a mark that closes."""
    closed = list(texts)
    for at, text in enumerate(texts):
        if text.lstrip().startswith(CLOSING):
            closed[at] = text.removeprefix(" ")
            if at and text == closed[at]:
                closed[at - 1] = closed[at - 1].removesuffix(" ")
    return closed
