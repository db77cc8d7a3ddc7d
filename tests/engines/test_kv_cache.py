"""The cache beside rows that are simply lists: whatever is done, it holds what each sequence was given."""

import random
from functools import partial

import pytest
import torch
from torch.nn.functional import linear

from transcriber.engines.kv_cache import Attention, KVCache

SEQUENCES, LAYERS, HEADS, FRAMES, WIDTH, MAX_TOKENS, MAX_BEAMS = 5, 2, 3, 4, 2, 12, 3


class Rows:
    """The same as the cache, written down plainly: of each sequence its beams, and of each beam its tokens."""

    def __init__(self, sequences: list[int], beams: int = 1) -> None:
        self.tokens: dict[int, list[list[int]]] = {sequence: [[] for _ in range(beams)] for sequence in sequences}

    def expand(self, beams: int) -> None:
        self.tokens = {sequence: [list(own[0]) for _ in range(beams)] for sequence, own in self.tokens.items()}


def key_value(tokens: list[list[int]], layer: int) -> torch.Tensor:
    """[2, rows, heads, tokens, width], another one for each token, layer, head and place."""
    each = torch.tensor(tokens, dtype=torch.float32)[None, :, None, :, None]
    return each * 1000 + layer * 100 + torch.arange(2 * HEADS * WIDTH).reshape(2, 1, HEADS, 1, WIDTH)


def append(cache: KVCache, rows: Rows, tokens: list[list[int]]) -> None:
    """Feed the active rows, and check all that attention would see of each."""
    order = cache.sequences[: cache.active]
    assert sorted(order) == sorted(rows.tokens)
    given = iter(tokens)
    for sequence in order:
        for own in rows.tokens[sequence]:
            own.extend(next(given))
    everything = [own for sequence in order for own in rows.tokens[sequence]]
    for layer in range(LAYERS):
        assert torch.equal(cache.append(layer, key_value(tokens, layer)), key_value(everything, layer))
        assert torch.equal(cache.encoded(layer)[0, :, 0, 0, 0], torch.tensor([float(one) for one in order]))
    assert torch.equal(cache.encoder_mask[:, 0, 0, 0], torch.tensor([float(one) for one in order]))
    cache.extend(len(tokens[0]))


@pytest.mark.parametrize("seed", range(20))
def test_it_holds_what_each_sequence_was_given(seed: int) -> None:
    """Through evictions, beams that go on from one another, and a second attempt at some of the sequences."""
    chance = random.Random(seed)
    each = torch.arange(float(SEQUENCES))
    cross_kv = [each.reshape(1, -1, 1, 1, 1).repeat(2, 1, HEADS, FRAMES, WIDTH) for _ in range(LAYERS)]
    cache = KVCache(cross_kv, MAX_TOKENS, MAX_BEAMS, each[:, None, None, None].repeat(1, 1, 1, FRAMES))
    for _ in range(3):
        chosen = chance.sample(range(SEQUENCES), chance.randint(1, SEQUENCES))
        cache.restart(chosen)
        rows = Rows(chosen)
        prompt = chance.randint(1, 3)
        append(cache, rows, [chance.choices(range(100), k=prompt) for _ in chosen])
        beams = chance.randint(1, MAX_BEAMS)
        cache.expand(beams)
        rows.expand(beams)
        for _ in range(chance.randint(1, MAX_TOKENS - prompt)):
            if not cache.active:
                break
            append(cache, rows, [[chance.randrange(100)] for _ in range(cache.active * beams)])
            parents = [chance.randrange(beams) for _ in range(cache.active * beams)]
            rows_of_parents = [at // beams * beams + parent for at, parent in enumerate(parents)]
            # Tokens that all have in common before are not copied.
            every = [own for sequence in cache.sequences[: cache.active] for own in rows.tokens[sequence]]
            changed = [(every[at], every[parent]) for at, parent in enumerate(rows_of_parents) if at != parent]
            differing = [next((n for n, (a, b) in enumerate(zip(*two)) if a != b), cache.length) for two in changed]
            shared = min(differing, default=cache.length)
            cache.reorder(torch.tensor(rows_of_parents), chance.choice([0, shared]))
            for slot, sequence in enumerate(cache.sequences[: cache.active]):
                own = rows.tokens[sequence]
                rows.tokens[sequence] = [list(own[one]) for one in parents[slot * beams : (slot + 1) * beams]]
            for slot in reversed(range(cache.active)):
                if chance.random() < 0.2:
                    del rows.tokens[cache.sequences[slot]]
                    cache.evict(slot)


@pytest.mark.parametrize("tokens", [1, 3, 40])
def test_attention_is_that_of_torch(tokens: int) -> None:
    """Plain products for a few tokens, the fused kernel for many, with and without a mask."""
    torch.manual_seed(0)
    theirs = torch.nn.MultiheadAttention(12, HEADS, batch_first=True).eval()
    weights = zip(theirs.in_proj_weight.chunk(3), theirs.in_proj_bias.chunk(3), strict=True)
    query, key, value = (partial(linear, weight=weight, bias=bias) for weight, bias in weights)
    ours = Attention(query, key, value, theirs.out_proj, HEADS)
    x, encoded = torch.randn(2, tokens, 12), torch.randn(2, 7, 12)
    is_padding = torch.tensor([[False] * 7, [False] * 4 + [True] * 3])
    mask = torch.zeros(2, 1, 1, 7).masked_fill(is_padding[:, None, None], -torch.inf)
    for given, padding in ((None, None), (mask, is_padding)):
        expected, _ = theirs(x, encoded, encoded, key_padding_mask=padding)
        torch.testing.assert_close(ours(x, ours.key_value(encoded), given), expected)
