"""A folder of frozen models: which files there should be, which are there, and what each of them is. Never online.

Beside each model lies its manifest, `<name>.json`. `chosen.json` names the models that the set-up was asked for;
without it the defaults of the catalogue are required. `.verified.json` notes when each file was last found to be what
its manifest says, so that a file is hashed again only if it has changed.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from transcriber.errors import ModelCorruptError, ModelLoadError, ModelNotFrozenError
from transcriber.models import catalog, manifest
from transcriber.models.catalog import ModelSpec
from transcriber.models.manifest import Manifest
from transcriber.options import TranscribeOptions

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


class ModelStore:
    """The models in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def path(self, name: str) -> Path:
        spec = catalog.find(name)
        return self.folder / spec.file

    def manifest_path(self, name: str) -> Path:
        return self.folder / f"{catalog.find(name).name}.json"

    def manifest(self, name: str) -> Manifest | None:
        return manifest.read(self.manifest_path(name))

    def chosen(self) -> list[str]:
        """The models that have to be there. Raises ModelLoadError where nobody can tell."""
        path = self.folder / "chosen.json"
        if not self._is_there(path):
            return catalog.defaults()
        try:
            names = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise _unreadable(f"the file {path}", error) from error
        except ValueError:
            names = None
        if not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
            raise ModelLoadError(f"{path} is no list of models", f"delete it, and run `{SETUP_COMMAND}` again")
        return names

    def choose(self, names: Iterable[str], without: Iterable[str] = ()) -> None:
        """From now on these have to be there, beside those that were chosen before."""
        path = self.folder / "chosen.json"
        earlier = self.chosen() if self._is_there(path) else []
        self.folder.mkdir(parents=True, exist_ok=True)
        manifest.write_json(path, [name for name in dict.fromkeys((*earlier, *names)) if name not in set(without)])

    def usual(self) -> str:
        """The model that is used unless another is asked for: Parakeet, or else the first that was chosen."""
        chosen = [name for name in self.chosen() if catalog.find(name) in catalog.transcribing()]
        return chosen[0] if chosen and TranscribeOptions.model not in chosen else TranscribeOptions.model

    def present(self) -> list[str]:
        """The models that are there and can transcribe."""
        return [spec.name for spec in catalog.transcribing() if self._is_there(self.path(spec.name))]

    def missing(self) -> list[Path]:
        return [self.path(name) for name in self.chosen() if not self._is_there(self.path(name))]

    def require(self, name: str) -> Path:
        """The path of a frozen model.

        Raises UnknownModelError, or ModelNotFrozenError with the path and the command that makes it.
        """
        path = self.path(name)
        if not self._is_there(path):
            raise ModelNotFrozenError(
                f"the model {name} is not set up: {path} is missing", f"run `{SETUP_COMMAND} {name}` once (see {GUIDE})"
            )
        return path

    def statuses(self) -> Iterator[Status]:
        """Of every model in the catalogue."""
        return map(self.status, catalog.MODELS)

    def status(self, name: str) -> Status:
        """Of one model, by looking at its file's size only. Raises UnknownModelError."""
        spec, path = catalog.find(name), self.path(name)
        if not spec.file:
            return Status(spec, "built-in")
        if not self._is_there(path):
            return Status(spec, "missing")
        size, recorded = path.stat().st_size, self.manifest(name)
        state = "unverified" if not recorded else "frozen" if recorded.size == size else "damaged"
        return Status(spec, state, size, recorded, tuple(self.notes(name)))

    def notes(self, name: str) -> list[str]:
        """What a user of the model should know, as sentences."""
        recorded = self.manifest(name)
        if recorded is None:
            return [f"The model {name} is unverified: nothing records where its file came from."]
        now = manifest.library_versions()
        return [
            f"The model {name} was frozen with {package} {then}, and {now[package]} is installed now."
            for package, then in recorded.versions.items()
            if package in now and now[package] != then and package != "torch"
        ]

    def check(self, name: str) -> Path:
        """The path of a frozen model whose file is what its manifest says; hashed if it changed since the last time.

        Raises what require() does, ModelCorruptError, and ModelLoadError where it cannot be read.
        """
        path, recorded = self.require(name), self.manifest(name)
        if recorded is None:
            return path
        status = path.stat()
        stamp = [status.st_size, status.st_mtime_ns, recorded.sha256]
        if status.st_size == recorded.size and self._stamps().get(path.name) == stamp:
            return path
        return self.verify(name)

    def verify(self, name: str) -> Path:
        """The same, hashed in any case."""
        path, recorded = self.require(name), self.manifest(name)
        if recorded is None:
            return path
        status = path.stat()
        if status.st_size != recorded.size:
            raise ModelCorruptError(
                f"the model file {path} has {status.st_size} bytes, and was frozen with {recorded.size}",
                self._again(name),
            )
        try:
            found = manifest.sha256(path)
        except OSError as error:
            raise _unreadable(f"the model file {path}", error) from error
        if found != recorded.sha256:
            raise ModelCorruptError(f"the model file {path} is not the one that was frozen", self._again(name))
        stamps = self._stamps() | {path.name: [status.st_size, status.st_mtime_ns, recorded.sha256]}
        with suppress(OSError):  # a folder that cannot be written: then it is hashed each time
            manifest.write_json(self.folder / ".verified.json", stamps)
        return path

    def is_demo(self) -> bool:
        manifests = (self.manifest(name) for name in self.present())
        return any(one.demo for one in manifests if one)

    def _is_there(self, path: Path) -> bool:
        """Raises ModelLoadError where nobody may look."""
        try:
            return path.is_file()
        except OSError as error:
            raise _unreadable(f"the models folder {self.folder}", error) from error

    def _stamps(self) -> dict[str, list]:
        try:
            return json.loads((self.folder / ".verified.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    def _again(self, name: str) -> str:
        return f"delete it and run `{SETUP_COMMAND} {name}` again (see {GUIDE})"


def _unreadable(what: str, error: OSError) -> ModelLoadError:
    return ModelLoadError(
        f"{what} cannot be read ({error.strerror})", "check its permissions, and the disk that it is on"
    )


def missing_message(missing: list[Path]) -> str:
    """What to tell somebody whose models are not set up."""
    files = "\n".join(f"  • {path}" for path in missing)
    return (
        f"❌ Local models not found!\n\nRequired files:\n{files}\n\n"
        f"These files must be created once using the setup script.\nPlease run: {SETUP_COMMAND}\n\n"
        f"See {GUIDE} for instructions."
    )
