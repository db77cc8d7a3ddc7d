"""What a models folder has of one model: found once by its name, then passed on."""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from transcriber.errors import ModelCorruptError, ModelLoadError, ModelNotFrozenError
from transcriber.models import manifest
from transcriber.models.catalog import ModelSpec
from transcriber.models.manifest import Manifest

SETUP_COMMAND = "python setup_local_models.py"
GUIDE = "user-model-setup-guide.md"


@dataclass(frozen=True)
class Status:
    """What there is of one model of the catalogue."""

    spec: ModelSpec
    state: str
    """ "frozen", "unverified" (a file without a manifest), "damaged" (another size than recorded), "missing", or
    "built-in" (a Python package carries it)."""
    size: int = 0
    manifest: Manifest | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class FrozenModel:
    """A model of the catalogue in a models folder, by ModelStore.find(). Whether its file is there, require() says."""

    spec: ModelSpec
    folder: Path
    manifest: Manifest | None
    """What is recorded of the file, as it was when the model was found."""

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def path(self) -> Path:
        """Of its file, whether it is there or not."""
        return self.folder / self.spec.file

    @property
    def title(self) -> str:
        """Of the file that is there, else of the catalogue's model."""
        return self.manifest.title if self.manifest and self.path.is_file() else self.spec.title

    @property
    def manifest_path(self) -> Path:
        return self.folder / f"{self.name}.json"

    @property
    def is_demo(self) -> bool:
        return bool(self.manifest and self.manifest.demo)

    @property
    def is_listed(self) -> bool:
        """Whether its file is the one that the catalogue lists: no demo, and none from elsewhere."""
        return self.manifest is not None and self.manifest.repository in self.spec.repositories

    def is_there(self) -> bool:
        """Raises ModelLoadError where nobody may look."""
        return is_file(self.path)

    def require(self) -> Path:
        """The path of its file. Raises ModelNotFrozenError with the path and the command that makes it."""
        if not self.is_there():
            raise ModelNotFrozenError(
                f"the model {self.name} is not set up: {self.path} is missing",
                f"run `{SETUP_COMMAND} {self.name}` once (see {GUIDE})",
            )
        return self.path

    def check(self) -> Path:
        """The path of its file, which is what the manifest says; hashed if it changed since the last time.

        Raises what require() does, ModelCorruptError, and ModelLoadError where it cannot be read.
        """
        path = self.require()
        if self.manifest is None:
            return path
        status = path.stat()
        stamp = [status.st_size, status.st_mtime_ns, self.manifest.sha256]
        if status.st_size == self.manifest.size and self._stamps().get(path.name) == stamp:
            return path
        return self.verify()

    def verify(self) -> Path:
        """The same, hashed in any case."""
        path = self.require()
        if self.manifest is None:
            return path
        status = path.stat()
        if status.st_size != self.manifest.size:
            raise ModelCorruptError(
                f"the model file {path} has {status.st_size} bytes, and was frozen with {self.manifest.size}",
                self._again(),
            )
        try:
            sha256 = manifest.sha256(path)
        except OSError as error:
            raise unreadable(f"the model file {path}", error) from error
        if sha256 != self.manifest.sha256:
            raise ModelCorruptError(f"the model file {path} is not the one that was frozen", self._again())
        stamps = self._stamps() | {path.name: [status.st_size, status.st_mtime_ns, sha256]}
        with suppress(OSError):  # a folder that cannot be written: then it is hashed each time
            manifest.write_json(self._stamps_path, stamps)
        return path

    def status(self) -> Status:
        """By looking at its file's size only."""
        if not self.spec.file:
            return Status(self.spec, "built-in")
        if not self.is_there():
            return Status(self.spec, "missing")
        size = self.path.stat().st_size
        state = "unverified" if not self.manifest else "frozen" if self.manifest.size == size else "damaged"
        return Status(self.spec, state, size, self.manifest, tuple(self.notes()))

    def notes(self) -> list[str]:
        """What its user should know, as sentences."""
        if self.manifest is None:
            return [f"The model {self.name} is unverified: nothing records where its file came from."]
        now = manifest.library_versions()
        return [
            f"The model {self.name} was frozen with {package} {then}, and {now[package]} is installed now."
            for package, then in self.manifest.versions.items()
            if package in now and now[package] != then and package != "torch"
        ]

    @property
    def _stamps_path(self) -> Path:
        return self.folder / ".verified.json"

    def _stamps(self) -> dict[str, list]:
        try:
            return json.loads(self._stamps_path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    def _again(self) -> str:
        return f"delete it and run `{SETUP_COMMAND} {self.name}` again (see {GUIDE})"


def is_file(path: Path) -> bool:
    """Of a file in a models folder. Raises ModelLoadError where nobody may look."""
    try:
        return path.is_file()
    except OSError as error:
        raise unreadable(f"the models folder {path.parent}", error) from error


def unreadable(what: str, error: OSError) -> ModelLoadError:
    return ModelLoadError(
        f"{what} cannot be read ({error.strerror})", "check its permissions, and the disk that it is on"
    )
