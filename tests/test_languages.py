"""Names and codes."""

from whisper.tokenizer import LANGUAGES

from transcriber import languages
from transcriber.catalog import EUROPEAN
from transcriber.decoding.alphabets import LETTERS


def test_the_codes_are_whispers_in_its_order() -> None:
    """The order is that of its tokens: a model with 99 languages knows the first 99."""
    assert list(languages.NAMES) == list(LANGUAGES)
    assert len(set(languages.NAMES.values())) == len(LANGUAGES)


def test_a_language_is_found_by_code_and_by_name() -> None:
    for text in ("de", "German", " german", "DE"):
        assert languages.find(text) == "de"
    assert languages.find("Klingon") is None


def test_every_language_of_parakeet_has_its_alphabet() -> None:
    assert sorted(LETTERS) == sorted(EUROPEAN)
