"""Which tokens a language can be written with."""

import pytest

from transcriber.engines.nemo.alphabets import allowed, scripts

PIECES = ["<unk>", "<|de|>", "<|ru|>", "<|pnc|>", "▁", "▁the", "ß", "▁Ł", "▁да", "ї", "▁ναι", ".", "12", "▁naïve"]


def pieces(language: str, by_alphabet: bool = False) -> list[str]:
    return [piece for piece, fits in zip(PIECES, allowed(PIECES, language, by_alphabet), strict=True) if fits]


NEUTRAL = ["<unk>", "<|pnc|>", "▁", ".", "12"]


@pytest.mark.parametrize(
    ("language", "by_script", "by_alphabet"),
    [
        ("de", ["<|de|>", "▁the", "ß", "▁Ł", "▁naïve"], ["<|de|>", "▁the", "ß"]),
        ("pl", ["▁the", "ß", "▁Ł", "▁naïve"], ["▁the", "▁Ł"]),
        ("en", ["▁the", "ß", "▁Ł", "▁naïve"], ["▁the"]),
        ("ru", ["<|ru|>", "▁да", "ї"], ["<|ru|>", "▁да"]),
        ("uk", ["▁да", "ї"], ["▁да", "ї"]),
        ("el", ["▁ναι"], ["▁ναι"]),
    ],
)
def test_by_script_and_by_alphabet(language: str, by_script: list[str], by_alphabet: list[str]) -> None:
    assert sorted(pieces(language)) == sorted(NEUTRAL + by_script)
    assert sorted(pieces(language, by_alphabet=True)) == sorted(NEUTRAL + by_alphabet)


def test_scripts() -> None:
    assert scripts(PIECES) == {"LATIN", "CYRILLIC", "GREEK"}
    assert scripts(["<|ru|>", "▁one"]) == {"LATIN"}
