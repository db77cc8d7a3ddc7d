"""The tables of models in README.md and in the guide, made from the catalogue: python -m tools.model_tables

Prints both; a test compares the documents with them.
"""

from collections.abc import Iterable

from transcriber.models import capabilities, catalog
from transcriber.models.catalog import ModelSpec


def short() -> str:
    """The models that are set up unless the user chooses."""
    return _table(map(catalog.find, catalog.defaults()))


def full() -> str:
    """All of them."""
    return _table(spec for spec in catalog.ROWS if spec.file)


def _table(specs: Iterable[ModelSpec]) -> str:
    head = "| name | model | download | languages | besides | word error rate | speed | memory | licence |"
    return "\n".join([head, f"|{'---|' * 9}", *map(_row, specs)])


def _row(spec: ModelSpec) -> str:
    size = f"{spec.size / 1e9:.2f} GB" if spec.size else "unknown"
    memory = f"{spec.memory_gb:g} GB" if spec.memory_gb else f"about {spec.needed_gb:.0f} GB"
    wer, rtfx = (f"{spec.wer} %", f"{spec.rtfx:,} ×") if spec.wer else ("–", "–")
    cells = (f"`{spec.name}`", spec.title, size, spec.language_summary, _besides(spec), wer, rtfx, memory, spec.licence)
    return f"| {' | '.join(cells)} |"


def _besides(spec: ModelSpec) -> str:
    """What it can besides writing what is said."""
    if spec not in catalog.transcribing():
        return "–"
    able = capabilities.of(spec)
    into = {written for _, written in able.translations}
    abilities = (
        ("finds the language", able.detects_language),
        ("translates into English", into == {"en"}),
        ("translates from and into English", len(into) > 1),
        ("vocabulary", able.takes_vocabulary),
    )
    return ", ".join(name for name, is_there in abilities if is_there) or "–"


if __name__ == "__main__":
    print(short(), full(), sep="\n\n")
