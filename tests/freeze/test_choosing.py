"""Which models are recommended for which computer."""

from tests.support.computers import CARD, computer
from transcriber.freeze.choosing import recommend


def names(memory: float, card: float = 0, language: str = "en") -> list[str]:
    return [spec.name for spec in recommend(computer(memory, card), language).specs]


def test_a_large_card_gets_the_most_accurate() -> None:
    assert names(64, card=24) == ["parakeet", "canary", "whisper-large-v3"]


def test_a_small_card_gets_what_fits() -> None:
    assert names(64, card=6) == ["parakeet", "canary-180m-flash", "whisper"]
    assert names(64, card=2) == ["parakeet", "canary-180m-flash", "whisper-small"]


def test_without_a_card_half_of_the_memory_counts() -> None:
    assert names(32) == ["parakeet", "canary-1b-flash", "whisper"]
    assert names(8) == ["parakeet", "canary-180m-flash", "whisper-small"]
    assert names(0.5) == ["whisper-tiny"]


def test_other_languages_get_models_that_know_them() -> None:
    assert names(64, card=24, language="de") == ["parakeet-v3", "canary-1b-v2", "whisper-large-v3"]


def test_it_says_why() -> None:
    why = recommend(computer(64, 24), "de").why
    assert CARD in why
    assert "24 GB" in why
    assert "“de”" in why
    assert "no graphics card" in recommend(computer(8), "en").why
