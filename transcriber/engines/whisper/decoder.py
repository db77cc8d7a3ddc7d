"""Whisper's decoder over a batch of windows: everything that it hears and has written is computed once.

The keys and values of the cross-attention belong to a window, those of the self-attention to each of its beams.
"""

from typing import Any

import torch
from torch.nn.functional import linear
from whisper.tokenizer import Tokenizer

from transcriber.engines.kv_cache import Attention, KVCache
from transcriber.engines.products import weight_of


class Decoder:
    """One pass of the encoder over windows [windows, bins, 3000 frames], and the decoder with its cache for them.

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
        context, heads, width = self.model.dims.n_audio_ctx, self.model.dims.n_text_head, self.model.dims.n_text_state
        cross_kv = [self.embedding.new_empty(2, len(mel), heads, context, width // heads) for _ in self.blocks]
        # A processor is as quick with one window at a time, which stays nearer to it.
        at_once = 1 if mel.device.type == "cpu" else len(mel)
        for first in range(0, len(mel), at_once):
            windows = slice(first, first + at_once)
            encoded = self.model.encoder(mel[windows].to(self.embedding.dtype))
            for attention, layer_kv in zip(self.cross_attention, cross_kv, strict=True):
                layer_kv[:, windows] = attention.key_value(encoded)
        return cross_kv

    def __call__(self, tokens: torch.Tensor) -> torch.Tensor:
        """The hidden states [rows, tokens, width] of the next `tokens` [rows, tokens] of the cache's active rows.

        Several tokens at once only at the begin, with one row a window.
        """
        cache, (rows, count) = self.cache, tokens.shape
        positions = self.model.decoder.positional_embedding[cache.length : cache.length + count]
        x = (self.model.decoder.token_embedding(tokens) + positions).to(self.embedding.dtype)
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

    def logits(self, x: torch.Tensor) -> torch.Tensor:
        """[rows, vocabulary], in float32, of hidden states [rows, width]."""
        return weight_of(self.model.decoder.token_embedding).product(x).float()


def _attention(module: Any) -> Attention:
    """Of whisper.model.MultiHeadAttention."""
    return Attention(module.query, module.key, module.value, module.out, module.n_head)


def detect_languages(decoder: Decoder, tokenizer: Tokenizer) -> list[str]:
    """The language of each window of a new decoder."""
    start = torch.full((decoder.cache.active, 1), tokenizer.sot, device=decoder.embedding.device)
    languages = decoder.embedding[list(tokenizer.all_language_tokens)]
    likeliest = linear(decoder(start)[:, 0], languages).float().argmax(-1)
    return [tokenizer.all_language_codes[index] for index in likeliest.tolist()]
