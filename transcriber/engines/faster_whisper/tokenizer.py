"""Whisper's tokenizer in the format of the library tokenizers, made from the one that openai-whisper carries.

Both are the same byte-level BPE. tiktoken keeps a rank for each token, tokenizers the pairs that are merged: a token's
pair is what merging stops at when only the tokens of lower rank are there.
Byte-level: each byte is written as one visible character, as in GPT-2
(https://github.com/openai/gpt-2/blob/master/src/encoder.py, bytes_to_unicode).
"""

from functools import cache

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from whisper.tokenizer import get_encoding


@cache
def whisper_tokenizer(is_multilingual: bool, num_languages: int) -> Tokenizer:
    """The tokenizer of the checkpoints with this vocabulary; ids as in whisper.tokenizer.get_tokenizer()."""
    encoding = get_encoding("multilingual" if is_multilingual else "gpt2", num_languages)
    ranks = {encoding.decode_single_token_bytes(rank): rank for rank in range(encoding.eot_token)}
    tokenizer = Tokenizer(
        models.BPE(
            vocab={_visible(token): rank for token, rank in ranks.items()},
            merges=[(_visible(left), _visible(right)) for left, right in _merges(ranks)],
            ignore_merges=True,  # as tiktoken does: what is a token as a whole is not merged up to it
        )
    )
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = sorted(encoding.special_tokens_set, key=encoding.encode_single_token)
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    return tokenizer


def _visible(token: bytes) -> str:
    return "".join(map(_VISIBLE.__getitem__, token))


def _visible_bytes() -> list[str]:
    """Latin-1's printable characters stand for themselves, the other bytes for U+0100 and what follows."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in printable]
    return [chr(byte if byte in printable else 256 + others.index(byte)) for byte in range(256)]


_VISIBLE = _visible_bytes()


def _merges(ranks: dict[bytes, int]) -> list[tuple[bytes, bytes]]:
    """The pair that each token of two bytes or more is made of, in the order of ranks."""
    return [_pair(token, ranks) for token in sorted(ranks, key=ranks.__getitem__) if len(token) > 1]


def _pair(token: bytes, ranks: dict[bytes, int]) -> tuple[bytes, bytes]:
    parts = [token[i : i + 1] for i in range(len(token))]
    while len(parts) > 2:
        at = min(range(len(parts) - 1), key=lambda i: ranks.get(parts[i] + parts[i + 1], len(ranks)))
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
    return parts[0], parts[1]
