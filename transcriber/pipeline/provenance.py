"""Where a transcript came from: what the formats that cannot carry it have beside them, `<result>.provenance.json`."""

import hashlib
from pathlib import Path
from typing import Any

from transcriber import __version__
from transcriber.errors import AudioNotFoundError
from transcriber.models.manifest import library_versions
from transcriber.readable import json_text
from transcriber.system.file_names import fitted
from transcriber.transcript import Source, Transcript
from transcriber.transcript_json import to_dict

SUFFIX = ".provenance.json"


def source_of(path: Path) -> Source:
    """The recording as it lies there, read in blocks. Raises AudioNotFoundError."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return Source(path.name, file.tell(), digest)
    except OSError as error:
        raise AudioNotFoundError(f"{path} cannot be read ({error.strerror or error})", "check the path") from error


def versions() -> dict[str, str]:
    """The versions of this program and of the libraries that decide what it writes, by name."""
    return {"transcriber": __version__, **library_versions()}


def record(transcript: Transcript) -> dict[str, Any]:
    """All that is known of a transcript but its words, as plain lists, strings and numbers."""
    return {name: value for name, value in to_dict(transcript).items() if name != "segments"}


def beside(result: Path) -> Path:
    """The path of the record for the result file `result`."""
    return result.with_name(fitted(result.name, SUFFIX))


def sidecar(transcript: Transcript, name: str, content: bytes) -> bytes:
    """What stands beside a result of that name and content, as JSON: record(), and the SHA-256 of the result."""
    whole = {"result": {"name": name, "sha256": hashlib.sha256(content).hexdigest()}, **record(transcript)}
    return (json_text(whole, indent=1) + "\n").encode()
