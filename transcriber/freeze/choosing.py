"""Which models fit this computer."""

import locale
from dataclasses import dataclass

from transcriber.models import catalog
from transcriber.models.catalog import ModelSpec
from transcriber.models.hardware import Hardware

# One row a family, the most accurate first.
ENGLISH = (
    ("parakeet",),
    ("canary", "canary-1b-flash", "canary-180m-flash"),
    ("whisper-large-v3", "whisper", "whisper-small", "whisper-base", "whisper-tiny"),
)
OTHER_LANGUAGES = (("parakeet-v3",), ("canary-1b-v2", "canary-1b-flash", "canary-180m-flash"), ENGLISH[2])
NEEDS_CARD = {"canary", "whisper-large-v3"}
"""Slower than the recording on most processors."""


@dataclass(frozen=True)
class Choice:
    """Recommended models."""

    specs: tuple[ModelSpec, ...]
    why: str
    """Sentences for the user."""


def recommend(hardware: Hardware, language: str | None = None) -> Choice:
    """The best model of each family that fits the graphics card, or else half of the computer's memory.

    `language`: ISO 639 code of the user's language, by default the system's.
    """
    language = language or (locale.getlocale()[0] or "en").partition("_")[0].lower()
    is_english = language in ("en", "c", "english")
    card = max(hardware.cards, key=lambda card: card.memory_gb) if hardware.has_cuda else None
    memory = card.memory_gb if card else hardware.memory_gb / 2
    chosen = []
    for family in ENGLISH if is_english else OTHER_LANGUAGES:
        fitting = [
            spec
            for spec in map(catalog.find, family)
            if spec.needed_gb <= memory and (card or spec.name not in NEEDS_CARD)
        ]
        chosen += fitting[:1]
    chosen = chosen or [catalog.find("whisper-tiny")]
    where = (
        f"The {card.name} has {memory:.0f} GB of memory"
        if card
        else f"There is no graphics card that can be used; models may take half of the {2 * memory:.0f} GB of memory"
    )
    spoken = "your system is in English" if is_english else f"your system's language is “{language}”"
    return Choice(tuple(chosen), f"{where}; {spoken}. The most accurate model of each family that fits was taken.")
