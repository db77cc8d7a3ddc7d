"""Set a model up once: download it at its pinned revision, freeze it into one file, prove it, record it.

The only module that uses the network, and the only import of huggingface_hub. The way is source → frozen file → proof →
manifest, the manifest last: what has one was set up completely.
"""

import hashlib
import shutil
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import numpy as np

from transcriber import engines
from transcriber.audio import SAMPLE_RATE
from transcriber.catalog import ModelSpec
from transcriber.errors import DiskSpaceError, DownloadError, GatedModelError
from transcriber.store import Manifest, ModelStore

AGAIN = "check the connection and run the same command again"


class Source(Protocol):
    """Where published models come from."""

    def fetch(self, spec: ModelSpec, folder: Path) -> Path:
        """Download the model's file into `folder`; its path. Raises FreezeError."""
        ...


class PublishedSource:
    """The model hub for NVIDIA's models, OpenAI's own server for Whisper's."""

    def __init__(self, token: str | None = None) -> None:
        self.token = token

    def fetch(self, spec: ModelSpec, folder: Path) -> Path:
        return _fetch_whisper(spec, folder) if spec.repository == "openai-whisper" else self._fetch_hub(spec, folder)

    def _fetch_hub(self, spec: ModelSpec, folder: Path) -> Path:
        import httpx
        from huggingface_hub import hf_hub_download
        from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, LocalEntryNotFoundError

        try:
            return Path(
                hf_hub_download(
                    spec.repository,
                    spec.source_file,
                    revision=spec.revision,
                    local_dir=folder,
                    token=self.token or False,
                )
            )
        except GatedRepoError as error:
            raise GatedModelError(
                f"the publisher of {spec.title} does not hand it to everybody",
                f"accept its licence at {spec.page} and give your token with --hf-token",
            ) from error
        except (HfHubHTTPError, LocalEntryNotFoundError, httpx.HTTPError, OSError) as error:
            raise DownloadError(f"{spec.title} could not be downloaded ({error})", AGAIN) from error


def _fetch_whisper(spec: ModelSpec, folder: Path) -> Path:
    import whisper

    try:
        return Path(whisper._download(whisper._MODELS[spec.source_file], str(folder), in_memory=False))
    except (OSError, RuntimeError) as error:  # a RuntimeError says that the checksum does not match
        raise DownloadError(f"{spec.title} could not be downloaded ({error})", AGAIN) from error


def freeze(spec: ModelSpec, source: Source, store: ModelStore) -> Manifest:
    """Set one model up; a model that is there already is replaced once the new one is proven.

    Raises DownloadError, GatedModelError, DiskSpaceError, ModelCorruptError or ModelRefusedError.
    """
    store.folder.mkdir(parents=True, exist_ok=True)
    _check_space(spec, store.folder)
    with tempfile.TemporaryDirectory(dir=store.folder, prefix=".setup-") as name:
        folder = Path(name)
        frozen = _frozen_file(spec, source.fetch(spec, folder), folder)
        _prove(spec, frozen, folder)
        manifest = _manifest(spec, frozen)
        frozen.replace(store.path(spec.name))
    store.write_manifest(spec.name, manifest)
    return manifest


def _check_space(spec: ModelSpec, folder: Path) -> None:
    needed = 2.2 * spec.download_gb * 1e9  # the download and the frozen file, and some air
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise DiskSpaceError(
            f"{spec.title} needs {needed / 1e9:.1f} GB on the disk of {folder}, {free / 1e9:.1f} GB are free",
            "make room, or choose another folder with --models-dir",
        )


def _frozen_file(spec: ModelSpec, downloaded: Path, folder: Path) -> Path:
    """The download itself where that is the frozen form, else what save_to() makes of it."""
    if spec.copy_as_published or downloaded.suffix == ".pt":
        return downloaded
    from transcriber.frozen.nemo_archive import restore

    frozen = folder / f"frozen-{spec.file}"
    restore(downloaded, "cpu").save_to(str(frozen))
    return frozen


def _prove(spec: ModelSpec, frozen: Path, folder: Path) -> None:
    """Load the frozen file as the program will, and let it listen to a second of silence."""
    proof = folder / "proof"
    proof.mkdir()
    (proof / spec.file).hardlink_to(frozen)
    engines.load_engine(spec.name, proof, "cpu").transcribe([np.zeros(SAMPLE_RATE, np.float32)])
    engines.models_cache.clear()


def _manifest(spec: ModelSpec, frozen: Path) -> Manifest:
    with frozen.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    packages = ("torch", "nemo_toolkit", "openai-whisper")
    return Manifest(
        title=spec.title,
        repository=spec.repository,
        revision=spec.revision,
        sha256=digest,
        size=frozen.stat().st_size,
        licence=spec.licence,
        frozen_at=datetime.now(UTC).isoformat(timespec="seconds"),
        versions={name: version(name) for name in packages},
    )
