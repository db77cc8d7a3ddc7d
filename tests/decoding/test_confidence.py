"""From tokens to words."""

from transcriber.decoding.confidence import word_confidences


def test_a_word_is_as_sure_as_its_least_sure_token() -> None:
    assert word_confidences(["seven", "up"], ["▁se", "ven", "▁u", "p"], [0.9, 0.5, 1.0, 0.7]) == [0.5, 0.7]


def test_punctuation_that_lost_its_space_belongs_to_its_word() -> None:
    """NeMo's own aggregation raises here: it counts three words."""
    assert word_confidences(["well,", "yes"], ["▁well", "▁,", "▁yes"], [0.9, 0.4, 0.8]) == [0.4, 0.8]


def test_a_token_may_be_a_space_or_reach_into_two_words() -> None:
    assert word_confidences(["a", "bc"], ["▁", "a", "▁b", "c"], [0.1, 0.9, 0.8, 0.7]) == [0.9, 0.7]


def test_tokens_that_spell_something_else_say_nothing() -> None:
    assert word_confidences(["a", "b"], ["▁a"], [0.9]) == [None, None]
    assert word_confidences([], [], []) == []
