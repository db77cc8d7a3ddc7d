"""What is recorded beside each frozen file: where it came from, and what it must be. Written last, all or nothing."""

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from transcriber.system.atomic_file import write_whole

PACKAGES = ("torch", "nemo_toolkit", "openai-whisper")


@dataclass(frozen=True)
class SourceFile:
    """One file as its publisher hands it out."""

    name: str
    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """Where a frozen file came from."""

    title: str
    repository: str
    """Empty for a file that was put there by hand."""
    revision: str
    sha256: str
    """Of the frozen file."""
    size: int
    """Bytes of the frozen file."""
    licence: str
    frozen_at: str
    """ISO 8601, UTC."""
    versions: dict[str, str]
    """Of the libraries that froze it."""
    sources: tuple[SourceFile, ...] = ()
    """What was downloaded."""
    demo: bool = False
    """Trained for trying the program only."""
    longest: float | None = None
    """Seconds that it has learnt to hear at once, where that is less than models of its kind can."""

    @property
    def age_days(self) -> int:
        return (datetime.now(UTC) - datetime.fromisoformat(self.frozen_at)).days


def read(path: Path) -> Manifest | None:
    """The manifest in a file; None if there is none, or it cannot be read as one."""
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        sources = tuple(SourceFile(**source) for source in fields.pop("sources", ()))
        manifest = Manifest(**fields, sources=sources)
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return manifest if _is_valid(manifest) else None


def _is_valid(manifest: Manifest) -> bool:
    """Whether its fields have the types that Manifest says."""
    texts = (manifest.title, manifest.repository, manifest.revision, manifest.sha256, manifest.licence)
    try:
        datetime.fromisoformat(manifest.frozen_at)
    except (ValueError, TypeError):
        return False
    if not isinstance(manifest.longest, float | int | None):
        return False
    has_versions = isinstance(manifest.versions, dict) and all(isinstance(name, str) for name in manifest.versions)
    return has_versions and isinstance(manifest.size, int) and all(isinstance(text, str) for text in texts)


def write(path: Path, manifest: Manifest) -> None:
    write_json(path, asdict(manifest))


def write_json(path: Path, content: object) -> None:
    write_whole(path, f"{json.dumps(content, indent=1)}\n".encode())


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def library_versions() -> dict[str, str]:
    """Of the libraries that make and load frozen files."""
    versions = {}
    for name in PACKAGES:
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    return versions
