"""Whisper's decoder over a batch of windows: everything that it heard and has written is computed once.

A window has `beams` rows, one for each text that is followed. The keys and values of the cross-attention belong to the
window, those of the self-attention to the row. A window that has ended leaves the batch, and the last one takes its
place.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch.nn.functional import linear
from whisper.tokenizer import Tokenizer

from transcriber.engines.kv_cache import attend, by_head
from transcriber.engines.products import weight_of


class Decoder:
    """One pass of the encoder over windows [windows, bins, 3000 frames], and the decoder's cache for them.

    The caches, [2 (keys, values), slots, heads, positions, width of a head], are divided into slots, and a call
    computes the first so many of them; `windows` says which window is in which slot. `room`: tokens that a row has at
    most; `beams`: rows that a window has at most.
    """

    def __init__(self, model: Any, mel: torch.Tensor, room: int, beams: int = 1) -> None:
        self.model, self.blocks = model, model.decoder.blocks
        self.embedding = model.decoder.token_embedding.weight
        self.windows = list(range(len(mel)))
        context, heads = model.dims.n_audio_ctx, model.dims.n_text_head
        width = model.dims.n_text_state // heads
        self.cross_kv = [self.embedding.new_empty(2, len(mel), heads, context, width) for _ in self.blocks]
        self.self_kv = [self.embedding.new_empty(2, len(mel) * beams, heads, room, width) for _ in self.blocks]
        # A processor is as quick with one window at a time, which stays nearer to it.
        at_once = 1 if mel.device.type == "cpu" else len(mel)
        for first in range(0, len(mel), at_once):
            some = slice(first, first + at_once)
            encoded = model.encoder(mel[some].to(self.embedding.dtype))
            for block, cross_kv in zip(self.blocks, self.cross_kv, strict=True):
                cross_kv[:, some] = _keys_and_values(block.cross_attn, encoded)

    def __call__(self, tokens: torch.Tensor, at: int, beams: int = 1) -> torch.Tensor:
        """The hidden states [rows, tokens, width] of `tokens` [rows, tokens], the next ones behind `at` others.

        The rows of a window, so many `beams`, lie side by side. Several tokens at once only at the begin, with one row
        a window.
        """
        rows, count = tokens.shape
        x = self.model.decoder.token_embedding(tokens) + self.model.decoder.positional_embedding[at : at + count]
        x = x.to(self.embedding.dtype)
        for block, cross_kv, self_kv in zip(self.blocks, self.cross_kv, self.self_kv, strict=True):
            own = block.attn_ln(x)
            self_kv[:, :rows, :, at : at + count] = _keys_and_values(block.attn, own)
            x = x + _attend(block.attn, own, self_kv[:, :rows, :, : at + count], is_causal=count > 1)
            # The rows of a window look at the same keys: they stand in the place of tokens.
            heard = _attend(
                block.cross_attn,
                block.cross_attn_ln(x).reshape(rows // beams, beams * count, -1),
                cross_kv[:, : rows // beams],
            )
            x = x + heard.reshape(x.shape)
            x = x + block.mlp(block.mlp_ln(x))
        return self.model.decoder.ln(x)

    def logits(self, x: torch.Tensor) -> torch.Tensor:
        """[rows, vocabulary], in float32, of hidden states [rows, width]."""
        return weight_of(self.model.decoder.token_embedding).product(x).float()

    def spread(self, count: int, beams: int, tokens: int) -> None:
        """Give each of the first `count` windows, which have one row, so many rows with the same tokens written."""
        if beams == 1:
            return
        # From the last window on: where its rows begin, another's only row may still lie.
        for slot in reversed(range(count)):
            for self_kv in self.self_kv:
                written = self_kv[:, slot, None, :, :tokens].clone()
                self_kv[:, slot * beams : (slot + 1) * beams, :, :tokens] = written

    def reorder(self, parents: torch.Tensor, tokens: int) -> None:
        """Let row i go on behind what row parents[i] has written, its first so many tokens."""
        rows = torch.arange(len(parents), device=parents.device)
        (changed,) = (parents != rows).nonzero(as_tuple=True)
        if len(changed):
            sources = parents[changed]
            for self_kv in self.self_kv:
                self_kv[:, changed, :, :tokens] = self_kv[:, sources, :, :tokens]

    def swap(self, slot: int, other: int, tokens: int = 0, beams: int = 1) -> None:
        """Exchange two windows' slots; of what the other's rows have written, the first so many tokens come along."""
        if slot == other:
            return
        self.windows[slot], self.windows[other] = self.windows[other], self.windows[slot]
        own, others = (slice(at * beams, (at + 1) * beams) for at in (slot, other))
        for cross_kv, self_kv in zip(self.cross_kv, self.self_kv, strict=True):
            cross_kv[:, [slot, other]] = cross_kv[:, [other, slot]]
            self_kv[:, own, :, :tokens] = self_kv[:, others, :, :tokens]

    def arrange(self, windows: Sequence[int]) -> None:
        """Put windows into the first slots, in their order; what was written is forgotten."""
        for slot, window in enumerate(windows):
            self.swap(slot, self.windows.index(window))


def _keys_and_values(attention: Any, x: torch.Tensor) -> torch.Tensor:
    """Of x [rows, positions, width]: [2, rows, heads, positions, width of a head]."""
    return torch.stack([by_head(one(x), attention.n_head) for one in (attention.key, attention.value)])


def _attend(attention: Any, x: torch.Tensor, key_value: torch.Tensor, is_causal: bool = False) -> torch.Tensor:
    """Attention of x [rows, tokens, width] to cached keys and values."""
    query = by_head(attention.query(x), attention.n_head)
    return attention.out(attend(query, key_value, is_causal=is_causal))


def detect_languages(decoder: Decoder, tokenizer: Tokenizer) -> list[str]:
    """The language of each window of a new decoder."""
    start = torch.full((len(decoder.windows), 1), tokenizer.sot, device=decoder.embedding.device)
    languages = decoder.embedding[list(tokenizer.all_language_tokens)]
    likeliest = linear(decoder(start, 0)[:, 0], languages).float().argmax(-1)
    return [tokenizer.all_language_codes[index] for index in likeliest.tolist()]
