"""Texts as tokens: case and accents do not count, and nothing is lost in languages without blanks."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcriber.jobs.search.tokens import tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, it’s 7:30!", "hello it s 7 30"),
        ("Müller-Lüdenscheidt, Straße", "muller ludenscheidt strasse"),
        ("Łódź Ærø İstanbul ÅNGSTRÖM", "lodz aero istanbul angstrom"),
        ("Ёлка й", "елка и"),
        ("東京タワーがABC３", "東 京 タ ワ ー が abc3"),
        ("ガ", "ガ"),
        ("한국어", "한 국 어"),
        ("ดี", "ด ี"),
        ("العَرَبِيَّة שָׁלוֹם", "العربية שלום"),
        ("हिन्दी में", "हिन्दी में"),
        ("… – 🙂 \n", ""),
        ("", ""),
    ],
)
def test_what_is_compared(text: str, expected: str) -> None:
    assert " ".join(token.text for token in tokens(text)) == expected


@given(st.text())
def test_tokens_stand_where_they_say_in_their_order(text: str) -> None:
    """None has a blank, which would make two of it, and all letters and digits are in one."""
    text = unicodedata.normalize("NFC", text)
    found = list(tokens(text))
    assert all(token.text and not set(token.text) & set(' "*') for token in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    covered = {place for token in found for place in range(token.start, token.end)}
    assert {place for place, char in enumerate(text) if char.isascii() and char.isalnum()} <= covered


@given(st.text())
def test_a_text_is_found_as_it_is_typed(text: str) -> None:
    """In capitals, and with its accents as signs of their own."""
    plain = [token.text for token in tokens(unicodedata.normalize("NFC", text))]
    typed = unicodedata.normalize("NFC", unicodedata.normalize("NFD", text))
    assert [token.text for token in tokens(typed)] == plain
