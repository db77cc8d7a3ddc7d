"""In which language a text is, for transcripts of models that do not say it: by py3langid, offline."""

from collections.abc import Sequence
from functools import cache
from typing import Any

MIN_LETTERS = 24
"""Shorter texts are not identified."""
MIN_PROBABILITY = 0.9
"""Of the language among the candidates."""


@cache
def _identifier(candidates: tuple[str, ...]) -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(candidates)
    return identifier


def language_of(text: str, candidates: Sequence[str]) -> str | None:
    """The code of the language that a text is in; None unless that is quite clear."""
    if sum(map(str.isalpha, text)) < MIN_LETTERS:
        return None
    language, probability = _identifier(tuple(candidates)).classify(text)
    return str(language) if probability >= MIN_PROBABILITY else None
