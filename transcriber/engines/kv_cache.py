"""The keys and values of a decoder's attention, computed once for a batch of sequences that ends row by row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch.nn.functional import scaled_dot_product_attention

MAX_PLAIN_TOKENS = 16
"""Up to so many query tokens, a processor is faster with plain matrix products than with torch's fused kernel, which
would also copy keys that do not lie head by head."""

Projection = Callable[[torch.Tensor], torch.Tensor]


class KVCache:
    """What a decoder has cached for a batch of sequences, each of which is decoded in one row or, as beams, in several.

    Tensors are [2 (keys, values), rows, heads, positions, head width], one for each layer of the decoder. `cross_kv`
    has what the encoder made of each sequence, in one row; `self_kv` the tokens that were decoded so far, `beams` rows
    for each sequence, side by side. Rows lie in slots, and only the first `active` sequences are decoded: one that is
    evicted changes places with the last of them.
    """

    def __init__(
        self,
        cross_kv: list[torch.Tensor],
        max_tokens: int,
        max_beams: int = 1,
        encoder_mask: torch.Tensor | None = None,
    ) -> None:
        """`encoder_mask` [sequences, 1, 1, positions] is added to the scores of cross-attention."""
        self.cross_kv = cross_kv
        count = cross_kv[0].shape[1]
        self.self_kv = [
            layer.new_empty(2, count * max_beams, layer.shape[2], max_tokens, layer.shape[4]) for layer in cross_kv
        ]
        self._encoder_mask = encoder_mask
        self.sequences = list(range(count))
        """The sequence in each slot."""
        self.active, self.beams = count, 1
        self.length = 0
        """Tokens cached of every active row."""

    def append(self, layer: int, key_value: torch.Tensor) -> torch.Tensor:
        """Cache the next tokens of the active rows, [2, rows, heads, tokens, head width]; all of theirs so far.

        `length` stays until extend(): the layers of one step append one after another.
        """
        rows, end = key_value.shape[1], self.length + key_value.shape[3]
        self.self_kv[layer][:, :rows, :, self.length : end] = key_value
        return self.self_kv[layer][:, :rows, :, :end]

    def extend(self, tokens: int) -> None:
        """Every layer has appended so many tokens."""
        self.length += tokens

    def encoded(self, layer: int) -> torch.Tensor:
        """`cross_kv` of the active sequences."""
        return self.cross_kv[layer][:, : self.active]

    @property
    def encoder_mask(self) -> torch.Tensor | None:
        """[active sequences, 1, 1, positions]."""
        return None if self._encoder_mask is None else self._encoder_mask[: self.active]

    def expand(self, beams: int) -> None:
        """Give each sequence so many rows instead of one, with the same tokens."""
        if beams == self.beams:
            return
        self.beams = beams
        # From the last sequence on: where its rows begin, the only row of another one may still lie.
        for slot in reversed(range(self.active)):
            for self_kv in self.self_kv:
                row = self_kv[:, slot, None, :, : self.length].clone()
                self_kv[:, slot * beams : (slot + 1) * beams, :, : self.length] = row

    def reorder(self, parents: torch.Tensor, shared: int = 0) -> None:
        """Row i goes on from the tokens of row parents[i], of the same sequence; the first `shared` are the same."""
        rows = torch.arange(len(parents), device=parents.device)
        (changed,) = (parents != rows).nonzero(as_tuple=True)
        if len(changed):
            sources, own = parents[changed], slice(shared, self.length)
            for self_kv in self.self_kv:
                self_kv[:, changed, :, own] = self_kv[:, sources, :, own]

    def evict(self, slot: int) -> None:
        """Take a sequence that has ended out of the active ones; what the encoder made of it stays."""
        last = self.active - 1
        if slot != last:
            self._exchange(slot, last)
            rows, last_rows = (slice(at * self.beams, (at + 1) * self.beams) for at in (slot, last))
            for self_kv in self.self_kv:
                self_kv[:, rows, :, : self.length] = self_kv[:, last_rows, :, : self.length]
        self.active = last

    def restart(self, sequences: Sequence[int]) -> None:
        """Decode these from their first token, in the first slots, in this order and in one row each."""
        for slot, sequence in enumerate(sequences):
            self._exchange(slot, self.sequences.index(sequence))
        self.active, self.beams, self.length = len(sequences), 1, 0

    def _exchange(self, slot: int, other: int) -> None:
        if slot == other:
            return
        self.sequences[slot], self.sequences[other] = self.sequences[other], self.sequences[slot]
        for tensor in (*(cross_kv.transpose(0, 1) for cross_kv in self.cross_kv), self._encoder_mask):
            if tensor is not None:
                kept = tensor[slot].clone()
                tensor[slot] = tensor[other]
                tensor[other] = kept


@dataclass(frozen=True)
class Attention:
    """One attention of a decoder's layer, by its projections [rows, tokens, width] → [rows, tokens, width]."""

    query: Projection
    key: Projection
    value: Projection
    out: Projection
    heads: int
    joined: Projection | None = None
    """Keys and values side by side: [rows, tokens, 2 × width]."""

    def key_value(self, x: torch.Tensor) -> torch.Tensor:
        """Of x [rows, positions, width]: [2, rows, heads, positions, head width]."""
        both = self.joined(x).chunk(2, -1) if self.joined else (self.key(x), self.value(x))
        return torch.stack([_by_head(projected, self.heads) for projected in both])

    def __call__(
        self, x: torch.Tensor, key_value: torch.Tensor, mask: torch.Tensor | None = None, is_causal: bool = False
    ) -> torch.Tensor:
        """Of x [rows, tokens, width] to cached keys and values: the same shape.

        `mask` [rows, 1, 1, positions] is added to the scores.
        """
        key, value = key_value
        is_plain = x.shape[1] <= MAX_PLAIN_TOKENS or key.stride(-1) != 1
        if is_plain and not is_causal and x.device.type == "cpu":
            scores = self.scores(x, key)
            return self.weighted(scores if mask is None else scores + mask, value)
        query = _by_head(self.query(x), self.heads)
        return self._joined_heads(scaled_dot_product_attention(query, key, value, mask, is_causal=is_causal))

    def scores(self, x: torch.Tensor, key: torch.Tensor) -> torch.Tensor:
        """[rows, heads, tokens, positions] of x [rows, tokens, width] and keys [rows, heads, positions, head width]."""
        query = _by_head(self.query(x), self.heads)
        return (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)

    def weighted(self, scores: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
        """What the scores [rows, heads, tokens, positions] make of values: [rows, tokens, width]."""
        return self._joined_heads(scores.softmax(-1) @ value)

    def _joined_heads(self, attended: torch.Tensor) -> torch.Tensor:
        return self.out(attended.transpose(1, 2).flatten(2))


def _by_head(x: torch.Tensor, heads: int) -> torch.Tensor:
    """[rows, positions, width] → [rows, heads, positions, head width]."""
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)
