"""Whisper's decoder over a batch of windows: everything that it hears and has written is computed once.

The windows' keys and values of the cross-attention stay as long as the batch; a row that has ended leaves it, and the
last row takes its place. What a row is given and what it may write is openai-whisper's own law.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch.nn.functional import linear
from whisper.tokenizer import Tokenizer
from whisper.utils import compression_ratio

from transcriber.decoding.attention import attend, by_head
from transcriber.decoding.products import product
from transcriber.decoding.whisper_rules import Rules

STEP = 0.2
"""By which a temperature grows that has failed."""
"""Tried one after another, while what comes out is too repetitive or too unlikely; all numbers are openai-whisper's."""
MOST_COMPRESSED = 2.4
LEAST_LIKELY = -1.0
NO_SPEECH = 0.6


@dataclass(frozen=True)
class Written:
    """What was written of one window."""

    tokens: list[int]
    """Of text and of time, without the end."""
    text: str
    mean_log_probability: float
    no_speech: float
    """Probability that nobody speaks."""

    @cached_property
    def failed(self) -> bool:
        """Whether another temperature should be tried."""
        is_repetitive = compression_ratio(self.text) > MOST_COMPRESSED
        return not self._may_be_silence and (is_repetitive or self._is_unlikely)

    @property
    def is_silence(self) -> bool:
        return self.no_speech > NO_SPEECH and not self.mean_log_probability > LEAST_LIKELY

    @property
    def _is_unlikely(self) -> bool:
        return self.mean_log_probability < LEAST_LIKELY

    @property
    def _may_be_silence(self) -> bool:
        return self.no_speech > NO_SPEECH and self._is_unlikely


class Decoder:
    """One pass of the encoder over windows [windows, bins, 3000 frames], and the decoder's cache for them.

    The cache of keys and values, [2, slots, heads, places, width of a head], is divided into slots, and a call computes
    the first so many of them; `windows` says which window is in which. `room`: tokens that a row has at most.
    """

    def __init__(self, model: Any, mel: torch.Tensor, room: int) -> None:
        self.model, self.blocks = model, model.decoder.blocks
        self.embedding = model.decoder.token_embedding.weight
        self.windows = list(range(len(mel)))
        context, heads = model.dims.n_audio_ctx, model.dims.n_text_head
        width = model.dims.n_text_state // heads
        self.heard = [self.embedding.new_empty(2, len(mel), heads, context, width) for _ in self.blocks]
        self.said = [self.embedding.new_empty(2, len(mel), heads, room, width) for _ in self.blocks]
        # A processor is as quick with one window at a time, which stays nearer to it.
        at_once = 1 if mel.device.type == "cpu" else len(mel)
        for first in range(0, len(mel), at_once):
            some = slice(first, first + at_once)
            encoded = model.encoder(mel[some].to(self.embedding.dtype))
            for block, heard in zip(self.blocks, self.heard, strict=True):
                heard[:, some] = _keys_and_values(block.cross_attn, encoded)

    def __call__(self, tokens: torch.Tensor, at: int) -> torch.Tensor:
        """What the decoder makes [rows, tokens, width] of `tokens` [rows, tokens], the next ones behind `at` others.

        Several tokens at once only at the begin.
        """
        rows, count = tokens.shape
        x = self.model.decoder.token_embedding(tokens) + self.model.decoder.positional_embedding[at : at + count]
        x = x.to(self.embedding.dtype)
        for block, heard, said in zip(self.blocks, self.heard, self.said, strict=True):
            own = block.attn_ln(x)
            said[:, :rows, :, at : at + count] = _keys_and_values(block.attn, own)
            x = x + _attend(block.attn, own, said[:, :rows, :, : at + count], count > 1)
            x = x + _attend(block.cross_attn, block.cross_attn_ln(x), heard[:, :rows])
            x = x + block.mlp(block.mlp_ln(x))
        return self.model.decoder.ln(x)

    def logits(self, x: torch.Tensor) -> torch.Tensor:
        """[rows, vocabulary], in float32, of what the decoder made [rows, width]."""
        return product(x, self.embedding).float()

    def swap(self, slot: int, other: int, tokens: int = 0) -> None:
        """Exchange two slots; of what the other has written, its first so many tokens come along."""
        if slot == other:
            return
        self.windows[slot], self.windows[other] = self.windows[other], self.windows[slot]
        for heard, said in zip(self.heard, self.said, strict=True):
            heard[:, [slot, other]] = heard[:, [other, slot]]
            said[:, slot, :, :tokens] = said[:, other, :, :tokens]

    def arrange(self, windows: Sequence[int]) -> None:
        """Put windows into the first slots, in their order; what was written is forgotten."""
        for slot, window in enumerate(windows):
            self.swap(slot, self.windows.index(window))


def _keys_and_values(attention: Any, x: torch.Tensor) -> torch.Tensor:
    """Of x [rows, places, width]: [2, rows, heads, places, width of a head]."""
    return torch.stack([by_head(one(x), attention.n_head) for one in (attention.key, attention.value)])


def _attend(attention: Any, x: torch.Tensor, known: torch.Tensor, is_causal: bool = False) -> torch.Tensor:
    """Attention of x [rows, tokens, width] to `known` keys and values."""
    query = by_head(attention.query(x), attention.n_head)
    return attention.out(attend(query, known, is_causal=is_causal))


def detect_languages(decoder: Decoder, tokenizer: Tokenizer) -> list[str]:
    """The language of each window of a new decoder."""
    start = torch.full((len(decoder.windows), 1), tokenizer.sot, device=decoder.embedding.device)
    languages = decoder.embedding[list(tokenizer.all_language_tokens)]
    likeliest = linear(decoder(start, 0)[:, 0], languages).float().argmax(-1)
    return [tokenizer.all_language_codes[index] for index in likeliest.tolist()]


def temperatures(first: float) -> list[float]:
    """The one to begin with, and those that follow where it fails: up to 1, as openai-whisper's command line has it."""
    return [round(first + STEP * number, 3) for number in range(int((1 - first) / STEP + 1e-6) + 1)]


def decode(decoder: Decoder, prompts: torch.Tensor, rules: Rules, first: float = 0.0) -> list[Written]:
    """What is written of each window behind its prompt [windows, tokens]; those that fail are tried again, hotter.

    `first`: the temperature to begin with.
    """
    found: dict[int, Written] = {}
    failed = list(range(len(prompts)))
    for temperature in temperatures(first):
        found.update(_write(decoder, failed, prompts[failed], rules, temperature))
        failed = [window for window in failed if found[window].failed]
        if not failed:
            break
    return [found[window] for window in range(len(prompts))]


def _write(
    decoder: Decoder, windows: list[int], tokens: torch.Tensor, rules: Rules, temperature: float
) -> dict[int, Written]:
    """What is written of some windows, which begin with `tokens` [windows, tokens], at one temperature."""
    tokenizer, most = rules.tokenizer, decoder.model.dims.n_text_ctx
    begin = tokens.shape[1]
    found: dict[int, Written] = {}
    decoder.arrange(windows)
    made = decoder(tokens, 0)
    sot = tokens[0].tolist().index(tokenizer.sot)
    no_speech = decoder.logits(made[:, sot]).softmax(-1)[:, tokenizer.no_speech].tolist()
    silence = dict(zip(windows, no_speech, strict=True))
    total = torch.zeros(len(windows), device=tokens.device)
    while len(tokens):
        chosen, log_probability = rules.next_tokens(decoder.logits(made[:, -1]), tokens[:, begin:], temperature)
        tokens = torch.cat((tokens, chosen[:, None]), 1)
        total += log_probability
        length = tokens.shape[1]
        is_full = length - begin == most // 2 or length > most
        ended = range(len(tokens)) if is_full else (chosen == tokenizer.eot).nonzero()[:, 0].tolist()
        for slot in reversed(ended):
            written = tokens[slot, begin:].tolist()
            written = written[: written.index(tokenizer.eot)] if tokenizer.eot in written else written
            text = tokenizer.decode(written).strip()
            window, mean = decoder.windows[slot], total[slot].item() / (len(written) + 1)
            found[window] = Written(written, text, mean, silence[window])
            last = len(tokens) - 1
            decoder.swap(slot, last, length - 1)
            tokens[slot], total[slot] = tokens[last], total[last]
            tokens, total = tokens[:last], total[:last]
        if len(tokens):
            made = decoder(tokens[:, -1:], length - 1)
    return found
