"""In which language a text is, for transcripts of models that do not say it: by py3langid, offline."""

from collections.abc import Sequence
from functools import cache
from typing import Any

SHORTEST = 24
"""Letters; of a shorter text nothing is said."""
SURE = 0.9
"""Probability among the languages in question."""


@cache
def _identifier(among: tuple[str, ...]) -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(among)
    return identifier


def language_of(text: str, among: Sequence[str]) -> str | None:
    """The code of the language that a text is in; None unless that is quite clear."""
    if sum(map(str.isalpha, text)) < SHORTEST:
        return None
    language, probability = _identifier(tuple(among)).classify(text)
    return str(language) if probability >= SURE else None
