"""A folder of frozen models: which files there should be, which are there, and what each of them is. Never online.

Beside each model lies its manifest, `<name>.json`: what was downloaded, from where, and when. `chosen.json` names the
models that the set-up was asked for; without it all of the catalogue are required.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from transcriber import catalog
from transcriber.errors import ModelNotFrozenError

SETUP_COMMAND = "python setup_local_models.py"
GUIDE = "user-model-setup-guide.md"


@dataclass(frozen=True)
class Manifest:
    """Where a frozen file came from."""

    title: str
    repository: str
    revision: str
    sha256: str
    size: int
    """Bytes of the frozen file."""
    licence: str
    frozen_at: str
    """ISO 8601, UTC."""
    versions: dict[str, str]
    """Of the libraries that froze it."""
    demo: bool = False
    """Trained for trying the program only."""


class ModelStore:
    """The models in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def path(self, name: str) -> Path:
        return self.folder / catalog.find(name).file

    def manifest(self, name: str) -> Manifest | None:
        path = self.folder / f"{name}.json"
        return Manifest(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None

    def write_manifest(self, name: str, manifest: Manifest) -> None:
        (self.folder / f"{name}.json").write_text(json.dumps(asdict(manifest), indent=1) + "\n", encoding="utf-8")

    def chosen(self) -> list[str]:
        """The models that have to be there."""
        path = self.folder / "chosen.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else list(catalog.MODELS)

    def choose(self, names: list[str]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "chosen.json").write_text(json.dumps(names) + "\n", encoding="utf-8")

    def present(self) -> list[str]:
        return [name for name in catalog.MODELS if self.path(name).is_file()]

    def missing(self) -> list[Path]:
        return [self.path(name) for name in self.chosen() if not self.path(name).is_file()]

    def require(self, name: str) -> Path:
        """The path of a frozen model.

        Raises UnknownModelError, or ModelNotFrozenError with the path and the command that makes it.
        """
        path = self.path(name)
        if not path.is_file():
            raise ModelNotFrozenError(
                f"the model {name} is not set up: {path} is missing", f"run `{SETUP_COMMAND} {name}` once (see {GUIDE})"
            )
        return path

    def is_demo(self) -> bool:
        manifests = (self.manifest(name) for name in self.present())
        return any(manifest.demo for manifest in manifests if manifest)


def missing_message(missing: list[Path]) -> str:
    """What to tell somebody whose models are not set up."""
    files = "\n".join(f"  • {path}" for path in missing)
    return (
        f"❌ Local models not found!\n\nRequired files:\n{files}\n\n"
        f"These files must be created once using the setup script.\nPlease run: {SETUP_COMMAND}\n\n"
        f"See {GUIDE} for instructions."
    )
