"""A folder of frozen models: which files there should be, which are there, and what each of them is. Never online.

Beside each model lies its manifest, `<name>.json`. `chosen.json` names the models that the set-up was asked for;
without it the defaults of the catalogue are. Of these, the ones that transcribe are required. `.verified.json` notes
when each file was last found to be what its manifest says, so that a file is hashed again only if it has changed.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from transcriber.errors import ModelLoadError
from transcriber.models import catalog, manifest
from transcriber.models.catalog import ModelSpec
from transcriber.models.frozen_model import GUIDE, SETUP_COMMAND, FrozenModel, Status, is_file, unreadable
from transcriber.options import TranscribeOptions
from transcriber.speaker_count import OFF


class ModelStore:
    """The models in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def find(self, name: str) -> FrozenModel:
        """The model of that name, and what is recorded of its file. Raises UnknownModelError."""
        return self.of(catalog.find(name))

    def of(self, spec: ModelSpec) -> FrozenModel:
        """The same of a row of the catalogue, or of one with another revision of its files."""
        return FrozenModel(spec, self.folder, manifest.read(self.folder / f"{spec.name}.json"))

    def chosen(self) -> list[str]:
        """The models that the set-up was asked for. Raises ModelLoadError where nobody can tell."""
        path = self.folder / "chosen.json"
        if not is_file(path):
            return catalog.defaults()
        try:
            names = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise unreadable(f"the file {path}", error) from error
        except ValueError:
            names = None
        if not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
            raise ModelLoadError(f"{path} is no list of models", f"delete it, and run `{SETUP_COMMAND}` again")
        return names

    def choose(self, names: Iterable[str], without: Iterable[str] = ()) -> None:
        """From now on these are chosen, beside those that were chosen before."""
        path = self.folder / "chosen.json"
        earlier = self.chosen() if is_file(path) else []
        self.folder.mkdir(parents=True, exist_ok=True)
        manifest.write_json(path, [name for name in dict.fromkeys((*earlier, *names)) if name not in set(without)])

    def required(self) -> list[str]:
        """The models that have to be there: those that were chosen and transcribe, or the catalogue's defaults."""
        return _transcribing(self.chosen()) or _transcribing(catalog.defaults())

    def usual(self) -> str:
        """The model that is used unless another is asked for: Parakeet, or else the first that was chosen."""
        required = self.required()
        return TranscribeOptions.model if TranscribeOptions.model in required else required[0]

    def diarizing(self, name: str = "") -> FrozenModel:
        """The model that tells speakers apart: the named one, else the first that is there, else the first there is.

        Raises UnknownModelError.
        """
        models = [self.find(name)] if name else list(map(self.of, catalog.diarizing()))
        return next((model for model in models if model.is_there()), models[0])

    def require(self, options: TranscribeOptions) -> None:
        """Raises ModelNotFrozenError unless the models that the options ask for are there, and UnknownModelError."""
        self.find(options.model).require()
        if options.speakers != OFF:
            self.diarizing(options.speaker_model).require()

    def present(self) -> list[str]:
        """The names of the models that are there and can transcribe."""
        return [model.name for model in self.present_models()]

    def present_models(self) -> list[FrozenModel]:
        return [model for model in map(self.of, catalog.transcribing()) if model.is_there()]

    def missing(self) -> list[Path]:
        """The files of models that are required and are not there."""
        return [model.path for model in map(self.find, self.required()) if not model.is_there()]

    def statuses(self) -> Iterator[Status]:
        """Of every model in the catalogue."""
        return (self.of(spec).status() for spec in catalog.MODELS.values())

    def is_demo(self) -> bool:
        return any(model.is_demo for model in self.present_models())


def _transcribing(names: Iterable[str]) -> list[str]:
    return [name for name in names if catalog.find(name).transcribes]


def missing_message(missing: list[Path]) -> str:
    """What to tell somebody whose models are not set up."""
    files = "\n".join(f"  • {path}" for path in missing)
    return (
        f"❌ Local models not found!\n\nRequired files:\n{files}\n\n"
        f"These files must be created once using the setup script.\nPlease run: {SETUP_COMMAND}\n\n"
        f"See {GUIDE} for instructions."
    )
