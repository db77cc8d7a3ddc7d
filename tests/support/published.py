"""Models small enough to go through a hub of our own, and what arrived of them."""

import dataclasses
import hashlib
import os
from pathlib import Path

from tests.support.hub import Hub
from tests.support.places import DEMO_MODELS
from transcriber.models import catalog
from transcriber.models.catalog import ModelSpec, PublishedFile

RANDOM = os.urandom(3_000_000)


def published(hub: Hub, name: str, content: bytes) -> ModelSpec:
    """A row of the catalogue whose only file is `content`, which the hub holds."""
    spec = catalog.find(name)
    checksum = hashlib.sha256(content).hexdigest()
    is_whisper = spec.repository == catalog.WHISPER
    file = PublishedFile(spec.files[0].name, len(content), checksum)
    revision = checksum if is_whisper else hashlib.sha1(content).hexdigest()
    hub.add("whisper" if is_whisper else spec.repository, revision, file.name, content)
    return dataclasses.replace(spec, revision=revision, files=(file,))


def demo(hub: Hub, name: str, source: str = "") -> ModelSpec:
    """A row whose file is one of the demo models."""
    path = DEMO_MODELS / (source or catalog.find(name).file)
    return published(hub, name, path.read_bytes())


def whole_tree(folder: Path) -> dict[str, bytes]:
    """Every file in a folder but the set-up's own lock and stamps."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in (".setup.lock", ".verified.json")
    }
