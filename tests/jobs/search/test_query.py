"""What a user asks for; there is no text that is none."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcriber.jobs.search.query import Term, as_match, parse


def term(*tokens: str, is_exact: bool = False) -> Term:
    return Term(tokens, is_exact)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Levee  böse", [term("levee"), term("bose")]),
        ('levee "The road"', [term("levee"), term("the", "road", is_exact=True)]),
        ("„Deich“ «a b»", [term("deich", is_exact=True), term("a", "b", is_exact=True)]),
        ('"the ro', [term("the", "ro")]),  # as it is typed
        ("e-mail it's", [term("e", "mail"), term("it", "s")]),
        ("東京", [term("東", "京")]),
        ("a a", [term("a")]),
        ("AND OR", [term("and"), term("or")]),
        ('" "" - *', []),
        ("", []),
    ],
)
def test_terms(query: str, expected: list[Term]) -> None:
    assert list(parse(query)) == expected


@given(st.text() | st.text("\"“”*^:(){}+-AND ORNT'\\\0\n", max_size=30))
def test_no_query_is_an_error(query: str) -> None:
    table = sqlite3.connect(":memory:")
    table.execute("CREATE VIRTUAL TABLE t USING fts5 (title, words, tokenize = 'ascii')")
    if terms := parse(query):
        table.execute("SELECT * FROM t WHERE t MATCH ?", (as_match(terms),)).fetchall()
        table.execute("SELECT * FROM t WHERE t MATCH ?", (f"title : ({as_match(terms)})",)).fetchall()
