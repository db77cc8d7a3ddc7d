"""NeMo's tokenizer of several languages without what its tables cost.

It lists all of its tokenizers anew, through OmegaConf, three times for each token. Gain: 2 ms of processor time instead
of a second for the 1,996 tokens and 95 languages of the demo Canary (30 November 2026, Zen 4).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from transcriber.patches.versions import is_tested

LIBRARY, TESTED = "nemo_toolkit", ("3.0.0",)


@contextmanager
def quick_tokenizer() -> Iterator[None]:
    """Tokenizers that are made inside have the same tables, made in one go."""
    if not is_tested(LIBRARY, TESTED):
        yield
        return
    from nemo.collections.common.tokenizers.aggregate_tokenizer import AggregateTokenizer

    plain = AggregateTokenizer._calculate_offsets
    AggregateTokenizer._calculate_offsets = _tables
    try:
        yield
    finally:
        AggregateTokenizer._calculate_offsets = plain


def _tables(self: Any) -> tuple[dict[int, int], dict[int, Any], dict[int, str]]:
    """For each token: its number in its own tokenizer, this tokenizer, and its language."""
    own: dict[int, int] = {}
    tokenizers: dict[int, Any] = {}
    languages: dict[int, str] = {}
    for language, tokenizer in self.tokenizers_dict.items():
        first = self.token_id_offset[language]
        tokens = range(first, first + len(tokenizer.vocab))
        own |= {token: token - first for token in tokens}
        tokenizers |= dict.fromkeys(tokens, tokenizer)
        languages |= dict.fromkeys(tokens, language)
    return own, tokenizers, languages
