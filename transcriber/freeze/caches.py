"""Model files that other programs have downloaded to this computer already: they are used instead of a download."""

import os
from pathlib import Path

from transcriber.freeze.hub import cached_by_hub, cached_revisions
from transcriber.models import catalog, manifest
from transcriber.models.catalog import WHISPER, ModelSpec, PublishedFile


def cached(spec: ModelSpec, file: PublishedFile) -> Path | None:
    """A file in openai-whisper's or huggingface_hub's cache, if it is what the catalogue says by its checksum."""
    candidate = _whisper_cache() / file.name if spec.repository == WHISPER else cached_by_hub(spec, file)
    try:
        if candidate is None or not Path(candidate).is_file():
            return None
        path = Path(candidate).resolve()
        # The hub's cache names large files by their checksum.
        expected = file.sha256 or (path.name if len(path.name) == 64 else None)
        return path if expected and manifest.sha256(path) == expected else None
    except OSError:  # another user's cache
        return None


def converted(spec: ModelSpec) -> ModelSpec | None:
    """The row of the same model as the hub's cache holds it for faster-whisper, if it does, by its checksum."""
    if not spec.converted:
        return None
    repository = spec.converted.on_hub.repository
    for revision in cached_revisions(repository):
        row = catalog.of_repository(spec, repository, revision)
        if cached(row, row.files[0]):
            return row
    return None


def _whisper_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "whisper"  # also without a home
