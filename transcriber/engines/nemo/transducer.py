"""A transducer's scores of a given text, from its encoder, prediction network and joint: for forced alignment."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from transcriber.audio.samples import SAMPLE_RATE
from transcriber.frozen.archive import CONFIGURATION, MAX_CONFIGURATION_BYTES, cached_by_file
from transcriber.frozen.configuration import read_yaml
from transcriber.frozen.members import open_archive
from transcriber.transcript import Word

if TYPE_CHECKING:  # numba takes a second to import
    from transcriber.engines.nemo.viterbi import Place, Scores

ENCODED_SECONDS = 24.0
"""That are encoded at once, without their context."""
OMISSION_PENALTY_NATS = 6.0
"""A token, for leaving a word out; see benchmarks/alignment.py."""
MAX_JOINT_ELEMENTS = 1 << 24
"""Logits that the joint computes at once."""


def is_transducer(model: Any) -> bool:
    """Whether a model of NeMo has tokens and durations to score."""
    return bool(getattr(getattr(model, "decoding", None), "durations", None))


@cached_by_file
def holds_transducer(path: Path) -> bool:
    """The same of a frozen .nemo, by its configuration."""
    with open_archive(path) as archive:
        fields = read_yaml(archive.read(CONFIGURATION, MAX_CONFIGURATION_BYTES), path)
    return bool((fields.get("decoding") or {}).get("durations"))


class TransducerAligner:
    """The scores of one token-and-duration transducer of NeMo. Not thread-safe."""

    context = 3.2
    """Seconds of sound on either side of a stretch that the encoder hears with it; whole frames."""
    max_seconds = 300.0

    def __init__(self, model: Any) -> None:
        self.model = model
        self.durations = tuple(model.decoding.durations)
        self.frame = float(model.cfg.preprocessor.window_stride) * model.encoder.subsampling_factor
        """Seconds of a frame."""
        self._tokenizer = model.tokenizer.tokenizer

    def spells(self, word: str) -> bool:
        """Whether the model can write most of the word."""
        return bool(self._spelling(word, is_bare=False))

    def align(self, samples: np.ndarray, words: Sequence[str], start: float, end: float) -> list[Word | None]:
        """Where the words are said between two seconds of the samples [N] at 16 kHz; None: not there, for the model.

        Words are tried as written, and bare: lower case without the signs around them. Of the two texts the one that
        is likelier counts.
        """
        import torch

        with torch.inference_mode():
            first, last = round(start / self.frame), round(end / self.frame)
            encoded = self._encode(samples, first, last)
            spellings = (tuple(self._spelling(word, is_bare) for word in words) for is_bare in (False, True))
            alignments = [self._best(encoded, spelling) for spelling in dict.fromkeys(spellings)]
        _, places = max(alignments, key=lambda alignment: alignment[0])
        return [self._word(word, place, first) if place else None for word, place in zip(words, places, strict=True)]

    def _word(self, text: str, place: "Place", first: int) -> Word:
        return Word(text, (first + place.start) * self.frame, (first + place.end) * self.frame, place.confidence)

    def _spelling(self, word: str, is_bare: bool) -> tuple[int, ...]:
        """A word's tokens, without what the model has no signs for; none if that is half of the word."""
        bare = re.sub(r"^\W+|\W+$", "", word.lower())
        forms = dict.fromkeys((bare,) if is_bare else (word, word.lower(), bare))
        tokens, share = max(map(self._pieces, forms), key=lambda spelling: spelling[1])
        return tokens if share > 0.5 else ()

    def _pieces(self, word: str) -> tuple[tuple[int, ...], float]:
        """The tokens that there are, and the share of the word that they spell."""
        unknown = self._tokenizer.unk_id()
        pieces = [(token, len(self._tokenizer.id_to_piece(token).strip("▁"))) for token in self._tokenizer.encode(word)]
        known = [(token, length) for token, length in pieces if token != unknown]
        return tuple(token for token, _ in known), sum(length for _, length in known) / max(1, len(word))

    def _encode(self, samples: np.ndarray, first: int, last: int) -> Any:
        """The encoder's output for the frames from `first` to `last`: [1, last - first, D], or less at the end."""
        import torch

        from transcriber.engines.nemo.encoder import encode

        hop, context, step = (
            round(self.frame * SAMPLE_RATE),
            round(self.context / self.frame),
            round(ENCODED_SECONDS / self.frame),
        )
        parts = []
        for begin in range(first, last, step):
            context_start, end = max(0, begin - context), min(begin + step, last)
            audio = samples[context_start * hop : (end + context) * hop]
            audio = np.pad(audio, (0, max(0, SAMPLE_RATE - len(audio))))
            encoded, _ = encode(self.model, [audio])
            parts.append(encoded.transpose(1, 2)[:, begin - context_start : end - context_start])
        return torch.cat(parts, 1)

    def _best(self, encoded: Any, spelling: Sequence[tuple[int, ...]]) -> tuple[float, list["Place | None"]]:
        """The logarithm of the best path's probability, and each word's place on it."""
        from transcriber.engines.nemo import viterbi

        spelt = [tokens for tokens in spelling if tokens]
        if not spelt:
            return -np.inf, [None] * len(spelling)
        firsts = np.cumsum([0, *map(len, spelt)])
        total, places = viterbi.best_path(self._scores(encoded, sum(spelt, ())), firsts, OMISSION_PENALTY_NATS)
        remaining = iter(places)
        total -= OMISSION_PENALTY_NATS * (len(spelling) - len(spelt))
        return total, [next(remaining) if tokens else None for tokens in spelling]

    def _scores(self, encoded: Any, tokens: tuple[int, ...]) -> "Scores":
        import torch

        from transcriber.engines.nemo import viterbi

        joint, kinds = self.model.joint, len(self.durations)
        labels = torch.tensor([tokens], dtype=torch.long, device=encoded.device)
        predicted, _ = self.model.decoder.predict(labels, None, add_sos=True)
        encoder_projection, text_projection = joint.project_encoder(encoded), joint.project_prednet(predicted)
        rows = max(1, MAX_JOINT_ELEMENTS // (text_projection.shape[1] * joint.num_classes_with_blank))
        blank, label, duration = [], [], []
        for part in encoder_projection.split(rows, 1):
            logits = joint.joint_after_projection(part, text_projection)[0].float()
            whole = logits[..., :-kinds].logsumexp(-1)
            blank.append(logits[..., -kinds - 1] - whole)
            chosen = logits[:, :-1].gather(-1, labels[0, None, :, None].expand(len(logits), -1, 1))
            label.append(chosen[..., 0] - whole[:, :-1])
            duration.append(logits[..., -kinds:].log_softmax(-1))
        arrays = [torch.cat(parts).cpu().numpy() for parts in (blank, label, duration)]
        return viterbi.Scores(arrays[0], arrays[1], arrays[2], self.durations)
