"""What a user asks for: words that begin so, and in quotation marks words that follow one another just so."""

import re
import unicodedata
from dataclasses import dataclass

from transcriber.jobs.search.tokens import tokens

MAX_CHARACTERS = 200
"""Of a query; what is behind them is not looked at."""
PART = re.compile(r'["“”„«»]([^"“”„«»]*)(["“”„«»])?|[^\s"“”„«»]+')
"""(text in quotation marks, the closing one), or a text without blanks."""


@dataclass(frozen=True)
class Term:
    """Tokens that follow one another."""

    tokens: tuple[str, ...]
    is_exact: bool
    """Whether the last of them is a whole word, and not the beginning of one."""


def parse(query: str) -> tuple[Term, ...]:
    """The terms that must all occur; none where there is nothing to look for. Every text is a query."""
    parts = PART.finditer(unicodedata.normalize("NFC", query[:MAX_CHARACTERS]))
    cut = (Term(tuple(token.text for token in tokens(part[1] or part[0])), bool(part[2])) for part in parts)
    return tuple(dict.fromkeys(term for term in cut if term.tokens))


def as_match(terms: tuple[Term, ...]) -> str:
    """The terms as FTS5 takes them: tokens have letters and digits alone, so nothing in them is an operator."""
    return " AND ".join(f'"{" ".join(term.tokens)}"{"" if term.is_exact else " *"}' for term in terms)


def as_pattern(term: Term) -> str:
    """The same of one term as a pattern for a text of tokens with a blank before and behind each."""
    return " " + " ".join(map(re.escape, term.tokens)) + ("(?= )" if term.is_exact else "[^ ]*(?= )")
