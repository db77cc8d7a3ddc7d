"""Canary's decoder over a batch of chunks: everything that it hears and has written is computed once.

NeMo's generators compute the keys and values of the whole recording, and of every word so far, again at each step. This
one writes the same tokens. A row that has ended leaves the batch, and the last row takes its place.
"""

from typing import Any

import torch

from transcriber.engines.kv_cache import attend, by_head
from transcriber.engines.nemo import boosting

HIDDEN = -10_000.0
"""What NeMo adds to the scores of frames that only fill a batch up."""


class Decoder:
    """The decoder of a Canary with its cache for `encoded` [rows, frames, width].

    `is_sound` [rows, frames]: 0 where frames only fill the batch up. `room`: tokens that a row has at most.
    """

    def __init__(self, search: Any, encoded: torch.Tensor, is_sound: torch.Tensor, room: int) -> None:
        self.search, self.layers, self.norm = search, search.decoder.layers, search.decoder.final_layer_norm
        self.rows = list(range(len(encoded)))
        """Which recording is in which slot."""
        self.mask = None if is_sound.all() else ((1 - is_sound) * HIDDEN)[:, None, None]
        self.heard = [_keys_and_values(layer.second_sub_layer, encoded) for layer in self.layers]
        self.said = [heard.new_empty((*heard.shape[:3], room, heard.shape[4])) for heard in self.heard]

    def __call__(self, tokens: torch.Tensor, at: int) -> torch.Tensor:
        """Scores [rows, vocabulary] for what follows `tokens` [rows, tokens], the next ones behind `at` others.

        Several tokens at once only at the begin.
        """
        rows, count = tokens.shape
        x = self.search.embedding(tokens, start_pos=at)
        mask = None if self.mask is None else self.mask[:rows]
        for layer, heard, said in zip(self.layers, self.heard, self.said, strict=True):
            own = layer.layer_norm_1(x) if layer.pre_ln else x
            said[:, :rows, :, at : at + count] = _keys_and_values(layer.first_sub_layer, own)
            x = x + _attend(layer.first_sub_layer, own, said[:, :rows, :, : at + count], is_causal=count > 1)
            if layer.pre_ln:
                x = x + _attend(layer.second_sub_layer, layer.layer_norm_2(x), heard[:, :rows], mask)
                x = x + layer.third_sub_layer(layer.layer_norm_3(x))
            else:
                x = layer.layer_norm_1(x)
                x = layer.layer_norm_2(x + _attend(layer.second_sub_layer, x, heard[:, :rows], mask))
                x = layer.layer_norm_3(x + layer.third_sub_layer(x))
        last = x[:, -1] if self.norm is None else self.norm(x[:, -1])
        return self.search.classifier.mlp(last)

    def leave(self, slot: int, tokens: int) -> None:
        """The last row takes the place of one that has ended, with the first so many tokens that it has written."""
        last = len(self.rows) - 1
        if slot != last:
            self.rows[slot] = self.rows[last]
            for heard, said in zip(self.heard, self.said, strict=True):
                heard[:, slot] = heard[:, last]
                said[:, slot, :, :tokens] = said[:, last, :, :tokens]
            if self.mask is not None:
                self.mask[slot] = self.mask[last]
        self.rows.pop()


def _keys_and_values(attention: Any, x: torch.Tensor) -> torch.Tensor:
    """Of x [rows, places, width]: [2, rows, heads, places, width of a head]."""
    made = (attention.key_net(x), attention.value_net(x))
    return torch.stack([by_head(one, attention.num_attention_heads) for one in made])


def _attend(attention: Any, x: torch.Tensor, known: torch.Tensor, mask: Any = None, is_causal: bool = False) -> Any:
    """Attention of x [rows, tokens, width] to `known` keys and values."""
    query = by_head(attention.query_net(x), attention.num_attention_heads)
    return attention.out_projection(attend(query, known, mask, is_causal))


class Greedy:
    """Takes the place of a GreedySequenceGenerator of NeMo, whose modules and limits it uses."""

    def __init__(self, search: Any, tokenizer: Any) -> None:
        self.search, self.tokenizer = search, tokenizer
        self._terms: tuple[str, ...] = ()
        self._tree: Any = None

    def boost(self, terms: tuple[str, ...]) -> None:
        """Prefer a vocabulary from now on; the latest is kept."""
        if terms != self._terms:
            spellings = boosting.spell(terms, self.tokenizer)
            # The decoder's output is wider than the tokenizer: padded to a multiple of eight.
            width = self.search.classifier.mlp.last_linear_layer.out_features
            self._tree = boosting.tree(spellings, width, boosting.CANARY_DEPTH) if spellings else None
            self._terms = terms

    @torch.inference_mode()
    def __call__(
        self, decoder_input_ids: torch.Tensor, encoder_hidden_states: torch.Tensor, encoder_input_mask: torch.Tensor
    ) -> tuple[torch.Tensor, None, torch.Tensor, None]:
        """Tokens [rows, tokens] behind the prompt [rows, tokens], and NeMo's confidence in each."""
        search, tokens = self.search, decoder_input_ids
        most = self._most(encoder_input_mask)
        with search.classifier.with_log_softmax_enabled(False):
            decoder = Decoder(search, encoder_hidden_states, encoder_input_mask, max(*most, tokens.shape[1]))
            scores = decoder(tokens, 0)
            sure = torch.ones_like(tokens, dtype=scores.dtype)
            states = self._tree.to(tokens.device).get_init_states(len(tokens), bos=True) if self._tree else None
            found: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}
            while True:
                chosen, confidence, states = self._next(scores, states)
                tokens, sure = torch.cat((tokens, chosen), 1), torch.cat((sure, confidence), 1)
                length = tokens.shape[1]
                ended = (chosen[:, 0] == search.eos).tolist()
                for slot in reversed(range(len(tokens))):
                    row = decoder.rows[slot]
                    if ended[slot] or length >= most[row]:
                        found[row] = tokens[slot].clone(), sure[slot].clone()
                        decoder.leave(slot, length - 1)
                        tokens, sure, states = _drop(tokens, slot), _drop(sure, slot), _drop(states, slot)
                if not len(tokens):
                    break
                scores = decoder(tokens[:, -1:], length - 1)
        ordered = [found[row] for row in range(len(found))]
        written = torch.nn.utils.rnn.pad_sequence([one for one, _ in ordered], True, search.pad)
        return written, None, torch.nn.utils.rnn.pad_sequence([one for _, one in ordered], True, 1.0), None

    def _most(self, is_sound: torch.Tensor) -> list[int]:
        """Tokens that each row has at most, its prompt among them, by its own sound."""
        most, more = self.search.max_seq_length, self.search.max_delta_len
        return [min(most, int(frames) + more) if more >= 0 else most for frames in is_sound.sum(1).tolist()]

    def _next(self, scores: torch.Tensor, states: Any) -> tuple[torch.Tensor, torch.Tensor, Any]:
        """The next token of each row [rows, 1], the confidence in it, and what of the vocabulary was spelled so far."""
        log_probabilities = scores.float().log_softmax(-1)
        if states is None:
            chosen = log_probabilities.argmax(-1, keepdim=True)
        else:
            bonus, following = self._tree.advance(states, eos_id=self.search.eos)
            chosen = (log_probabilities + boosting.CANARY_ALPHA * bonus).argmax(-1, keepdim=True)
            states = following.gather(1, chosen)[:, 0]
        own = log_probabilities.gather(1, chosen)
        return chosen, self.search._get_confidence_tensor(own)[:, None], states


def _drop(rows: Any, slot: int) -> Any:
    """Without one row, whose place the last one takes."""
    if rows is None:
        return None
    rows[slot] = rows[-1]
    return rows[:-1]
