"""Whisper's decoder over a batch of windows: everything that it hears and has written is computed once.

The keys and values of the cross-attention belong to a window, those of the self-attention to each of its beams.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch.nn.functional import gelu, linear
from whisper.tokenizer import Tokenizer

from transcriber.engines.giving_way import give_way
from transcriber.engines.kv_cache import Attention, KVCache
from transcriber.engines.products import weight_of

FRAMES_PER_POSITION = 2


class Decoder:
    """One pass of the encoder over windows [windows, bins, frames], and the decoder with its cache for them.

    `max_tokens`, `max_beams`: tokens that a row has at most, and rows that a window has at most.
    """

    def __init__(self, model: Any, mel: torch.Tensor, max_tokens: int, max_beams: int = 1) -> None:
        self.model, self.blocks = model, model.decoder.blocks
        self.embedding = model.decoder.token_embedding.weight
        self.self_attention = [_attention(block.attn) for block in self.blocks]
        self.cross_attention = [_attention(block.cross_attn) for block in self.blocks]
        self.cache = KVCache(self._encode(mel), max_tokens, max_beams)

    def _encode(self, mel: torch.Tensor) -> list[torch.Tensor]:
        """The keys and values of cross-attention: [2, windows, heads, positions, head width] for each layer."""
        is_cpu = mel.device.type == "cpu"
        positions = mel.shape[-1] // FRAMES_PER_POSITION
        cross_kv = [self._empty(len(mel), positions, is_cpu) for _ in self.blocks]
        # A processor is as quick with one window at a time, which stays nearer to it.
        at_once = 1 if is_cpu else len(mel)
        for first in range(0, len(mel), at_once):
            windows = slice(first, first + at_once)
            encoded = encode(self.model.encoder, mel[windows].to(self.embedding.dtype))
            for attention, layer_kv in zip(self.cross_attention, cross_kv, strict=True):
                layer_kv[:, windows] = attention.key_value(encoded)
        return cross_kv

    def _empty(self, windows: int, positions: int, is_cpu: bool) -> torch.Tensor:
        """Keys and values of a layer: on a processor in float32 with position beside position, of which the scores of a
        few tokens are twice as fast."""
        dims = self.model.dims
        width = dims.n_text_state // dims.n_text_head
        if is_cpu and self.embedding.dtype == torch.float32:
            return self.embedding.new_empty(2, windows, dims.n_text_head, width, positions).mT
        return self.embedding.new_empty(2, windows, dims.n_text_head, positions, width)

    def __call__(self, tokens: torch.Tensor) -> torch.Tensor:
        """The hidden states [rows, tokens, width] of the next `tokens` [rows, tokens] of the cache's active rows.

        Several tokens at once only at the begin, with one row a window.
        """
        give_way()
        cache, (rows, count) = self.cache, tokens.shape
        x = self._embed(tokens, cache.length)
        for layer, block in enumerate(self.blocks):
            normed = block.attn_ln(x)
            self_kv = cache.append(layer, self.self_attention[layer].key_value(normed))
            x = x + self.self_attention[layer](normed, self_kv, is_causal=count > 1)
            # The beams of a window attend to the same keys: they stand in the place of tokens.
            normed = block.cross_attn_ln(x).reshape(cache.active, rows // cache.active * count, -1)
            x = x + self.cross_attention[layer](normed, cache.encoded(layer)).reshape(x.shape)
            x = x + block.mlp(block.mlp_ln(x))
        cache.extend(count)
        return self.model.decoder.ln(x)

    def attend(self, tokens: Sequence[int], slot: int, positions: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The hidden states [tokens, width] of a text for the window in a slot; the cache stays as it is.

        And the scores [heads, tokens, positions] by which the heads that follow the speech attend to the first so many
        positions.
        """
        x = self._embed(torch.tensor(tokens, device=self.embedding.device)[None], 0)
        layers, heads = self.model.alignment_heads.indices()
        scores = []
        for layer, block in enumerate(self.blocks):
            attention, cross_attention = self.self_attention[layer], self.cross_attention[layer]
            normed = block.attn_ln(x)
            x = x + attention(normed, attention.key_value(normed), is_causal=True)
            key, value = self.cache.cross_kv[layer][:, slot, None]
            found = cross_attention.scores(block.cross_attn_ln(x), key)
            scores.append(found[0, heads[layers == layer], :, :positions].float())
            x = x + cross_attention.weighted(found, value)
            x = x + block.mlp(block.mlp_ln(x))
        return self.model.decoder.ln(x)[0], torch.cat(scores)

    def _embed(self, tokens: torch.Tensor, first: int) -> torch.Tensor:
        """Of `tokens` [rows, tokens] from place `first` of a text on: [rows, tokens, width]."""
        positions = self.model.decoder.positional_embedding[first : first + tokens.shape[1]]
        return (self.model.decoder.token_embedding(tokens) + positions).to(self.embedding.dtype)

    def logits(self, x: torch.Tensor) -> torch.Tensor:
        """[rows, vocabulary], in float32, of hidden states [rows, width]."""
        return weight_of(self.model.decoder.token_embedding).product(x).float()


def encode(encoder: Any, mel: torch.Tensor) -> torch.Tensor:
    """[windows, positions, width] of mel [windows, bins, frames], an even number of at most 3000: whisper.model's
    AudioEncoder.forward(), which takes no fewer."""
    x = gelu(encoder.conv2(gelu(encoder.conv1(mel)))).mT
    x = (x + encoder.positional_embedding[: x.shape[1]]).to(x.dtype)
    for block in encoder.blocks:
        give_way()
        x = block(x)
    return encoder.ln_post(x)


def _attention(module: Any) -> Attention:
    """Of whisper.model.MultiHeadAttention."""
    return Attention(module.query, module.key, module.value, module.out, module.n_head, getattr(module, "joined", None))


def detect_languages(decoder: Decoder, tokenizer: Tokenizer) -> list[str]:
    """The language of each window of a new decoder."""
    start = torch.full((decoder.cache.active, 1), tokenizer.sot, device=decoder.embedding.device)
    languages = decoder.embedding[list(tokenizer.all_language_tokens)]
    likeliest = linear(decoder(start)[:, 0], languages).float().argmax(-1)
    return [tokenizer.all_language_codes[index] for index in likeliest.tolist()]
