"""Model files that other programs have downloaded to this computer already: they are used instead of a download."""

import os
from contextlib import suppress
from pathlib import Path

from transcriber.freeze.hub import cached_by_hub, cached_revisions
from transcriber.models import catalog, manifest
from transcriber.models.catalog import WHISPER, ModelSpec, PublishedFile


def cached(spec: ModelSpec, file: PublishedFile) -> Path | None:
    """A file in openai-whisper's, huggingface_hub's or ModelScope's cache, if it is what the catalogue says by its
    checksum.
    """
    for candidate in _candidates(spec, file):
        with suppress(OSError):  # another user's cache
            if candidate.is_file():
                path = candidate.resolve()
                # The hub's cache names large files by their checksum.
                expected = file.sha256 or (path.name if len(path.name) == 64 else None)
                if expected and manifest.sha256(path) == expected:
                    return path
    return None


def _candidates(spec: ModelSpec, file: PublishedFile) -> list[Path]:
    """Where a file lies if it was downloaded before."""
    if spec.repository == WHISPER:
        return [_caches() / "whisper" / file.name]
    if file.url:
        folder = Path(os.environ.get("MODELSCOPE_CACHE") or _caches() / "modelscope" / "hub")
        return [place / file.repository / file.name for place in (folder / "models", folder, folder / "hub")]
    path = cached_by_hub(spec, file)
    return [Path(path)] if path else []


def converted(spec: ModelSpec) -> ModelSpec | None:
    """The row of the same model as the hub's cache holds it for faster-whisper, if it does, by its checksum."""
    if not (spec.packages and spec.packages.on_hub):
        return None
    repository = spec.packages.on_hub.repository
    for revision in cached_revisions(repository):
        row = catalog.of_repository(spec, repository, revision)
        if cached(row, row.files[0]):
            return row
    return None


def _caches() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))  # also without a home
