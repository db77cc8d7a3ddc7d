"""Canary's tokenizer of many languages: the tables that NeMo makes itself."""

from nemo.collections.common.tokenizers.aggregate_tokenizer import AggregateTokenizer

from tests.support.places import DEMO_MODELS
from transcriber.engines.nemo import checkpoint
from transcriber.patches.nemo_tokenizer import quick_tokenizer


def test_the_tables_are_those_that_nemo_makes() -> None:
    tokenizer = checkpoint.restore(DEMO_MODELS / "canary.nemo", "cpu").tokenizer
    expected = AggregateTokenizer._calculate_offsets(tokenizer)
    with quick_tokenizer():
        found = tokenizer._calculate_offsets()
    assert found == expected
    assert found == (
        tokenizer.offset_token_ids_by_token_id,
        tokenizer.tokenizers_by_token_id,
        tokenizer.langs_by_token_id,
    )
    assert len(found[0]) == tokenizer.vocab_size > 1000
