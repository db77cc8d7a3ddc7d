"""Canary's decoder over a batch of chunks, with a cache of keys and values.

NeMo's generators compute the keys and values of the whole recording, and of every token so far, again at each step.
This one writes the same tokens. A row that has ended leaves the batch, and the last row takes its place.
"""

from typing import Any

import torch

from transcriber.engines.kv_cache import Attention, KVCache
from transcriber.engines.nemo import boosting

MASKED_SCORE = -10_000.0
"""What NeMo adds to the attention scores of frames that only fill the batch up."""


class Decoder:
    """The Transformer decoder of a NeMo generator, with its cache for `encoded` [rows, frames, width].

    `encoder_mask` [rows, frames]: 0 where frames only fill the batch up. `max_tokens`: tokens that a row has at most.
    """

    def __init__(self, generator: Any, encoded: torch.Tensor, encoder_mask: torch.Tensor, max_tokens: int) -> None:
        self.generator, self.layers = generator, generator.decoder.layers
        self.norm = generator.decoder.final_layer_norm
        self.self_attention = [_attention(layer.first_sub_layer) for layer in self.layers]
        self.cross_attention = [_attention(layer.second_sub_layer) for layer in self.layers]
        scores = None if encoder_mask.all() else ((1 - encoder_mask) * MASKED_SCORE)[:, None, None]
        cross_kv = [attention.key_value(encoded) for attention in self.cross_attention]
        self.cache = KVCache(cross_kv, max_tokens, encoder_mask=scores)

    def __call__(self, tokens: torch.Tensor) -> torch.Tensor:
        """The logits [rows, vocabulary] behind the next `tokens` [rows, tokens] of the cache's active rows.

        Several tokens at once only at the begin.
        """
        cache, count = self.cache, tokens.shape[1]
        x = self.generator.embedding(tokens, start_pos=cache.length)
        for number, layer in enumerate(self.layers):
            self_attention, cross_attention = self.self_attention[number], self.cross_attention[number]
            normed = layer.layer_norm_1(x) if layer.pre_ln else x
            self_kv = cache.append(number, self_attention.key_value(normed))
            cross_kv, mask = cache.encoded(number), cache.encoder_mask
            x = x + self_attention(normed, self_kv, is_causal=count > 1)
            if layer.pre_ln:
                x = x + cross_attention(layer.layer_norm_2(x), cross_kv, mask)
                x = x + layer.third_sub_layer(layer.layer_norm_3(x))
            else:
                x = layer.layer_norm_1(x)
                x = layer.layer_norm_2(x + cross_attention(x, cross_kv, mask))
                x = layer.layer_norm_3(x + layer.third_sub_layer(x))
        cache.extend(count)
        last = x[:, -1] if self.norm is None else self.norm(x[:, -1])
        return self.generator.classifier.mlp(last)


def _attention(module: Any) -> Attention:
    """Of NeMo's transformer_modules.MultiHeadAttention."""
    heads = module.num_attention_heads
    return Attention(module.query_net, module.key_net, module.value_net, module.out_projection, heads)


class CachedGreedyGenerator:
    """Takes the place of a GreedySequenceGenerator of NeMo, whose modules and limits it uses."""

    def __init__(self, generator: Any, tokenizer: Any) -> None:
        self.generator, self.tokenizer = generator, tokenizer
        self._terms: tuple[str, ...] = ()
        self._tree: Any = None

    def boost(self, terms: tuple[str, ...]) -> None:
        """Prefer the terms of a vocabulary from now on; the tree of the latest ones is kept."""
        if terms != self._terms:
            spellings = boosting.spell(terms, self.tokenizer)
            # The decoder's output is wider than the tokenizer: padded to a multiple of eight.
            width = self.generator.classifier.mlp.last_linear_layer.out_features
            self._tree = boosting.tree(spellings, width, boosting.CANARY_DEPTH) if spellings else None
            self._terms = terms

    @torch.inference_mode()
    def __call__(
        self, decoder_input_ids: torch.Tensor, encoder_hidden_states: torch.Tensor, encoder_input_mask: torch.Tensor
    ) -> tuple[torch.Tensor, None, torch.Tensor, None]:
        """Tokens [rows, tokens] that begin with the prompt [rows, tokens], and NeMo's confidence in each."""
        generator, tokens = self.generator, decoder_input_ids
        max_tokens = self._max_tokens(encoder_input_mask)
        with generator.classifier.with_log_softmax_enabled(False):
            room = max(*max_tokens, tokens.shape[1])
            decoder = Decoder(generator, encoder_hidden_states, encoder_input_mask, room)
            logits = decoder(tokens)
            confidences = torch.ones_like(tokens, dtype=logits.dtype)
            states = self._tree.to(tokens.device).get_init_states(len(tokens), bos=True) if self._tree else None
            ended: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}
            while True:
                chosen, confidence, states = self._next(logits, states)
                tokens, confidences = torch.cat((tokens, chosen), 1), torch.cat((confidences, confidence), 1)
                is_end = (chosen[:, 0] == generator.eos).tolist()
                for slot in reversed(range(len(tokens))):
                    row = decoder.cache.sequences[slot]
                    if is_end[slot] or tokens.shape[1] >= max_tokens[row]:
                        ended[row] = tokens[slot].clone(), confidences[slot].clone()
                        decoder.cache.evict(slot)
                        tokens, confidences, states = (_evict(rows, slot) for rows in (tokens, confidences, states))
                if not len(tokens):
                    break
                logits = decoder(tokens[:, -1:])
        rows, own = zip(*(ended[row] for row in range(len(ended))), strict=True)
        pad_sequence = torch.nn.utils.rnn.pad_sequence
        return pad_sequence(rows, True, generator.pad), None, pad_sequence(own, True, 1.0), None

    def _max_tokens(self, encoder_mask: torch.Tensor) -> list[int]:
        """Tokens that each row has at most, its prompt among them, by its own number of frames."""
        most, more = self.generator.max_seq_length, self.generator.max_delta_len
        return [min(most, int(frames) + more) if more >= 0 else most for frames in encoder_mask.sum(1).tolist()]

    def _next(self, logits: torch.Tensor, states: Any) -> tuple[torch.Tensor, torch.Tensor, Any]:
        """The next token of each row [rows, 1], the confidence in it, and the next states of the boosting tree."""
        logprobs = logits.float().log_softmax(-1)
        if states is None:
            chosen = logprobs.argmax(-1, keepdim=True)
        else:
            bonus, following = self._tree.advance(states, eos_id=self.generator.eos)
            chosen = (logprobs + boosting.CANARY_ALPHA * bonus).argmax(-1, keepdim=True)
            states = following.gather(1, chosen)[:, 0]
        own = logprobs.gather(1, chosen)
        return chosen, self.generator._get_confidence_tensor(own)[:, None], states


def _evict(rows: Any, slot: int) -> Any:
    """Without one row, whose place the last one takes."""
    if rows is None:
        return None
    rows[slot] = rows[-1]
    return rows[:-1]
