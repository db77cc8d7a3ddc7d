"""Frozen models to and from another folder, such as a USB stick's."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from transcriber.engines.families import conversion_of, diarizer_types, freezer_of, kinds, types
from transcriber.errors import ModelCorruptError, ModelNotFrozenError, UnknownModelError
from transcriber.freeze import freezing
from transcriber.freeze.hub import local_name
from transcriber.models import catalog, manifest
from transcriber.models.catalog import ModelSpec, PublishedFile
from transcriber.models.frozen_model import FrozenModel
from transcriber.models.manifest import Manifest
from transcriber.models.store import ModelStore


def export(model: FrozenModel, folder: Path) -> Path:
    """Copy a frozen model and its manifest into a folder; what is written is read back and compared.

    Raises ModelError, or OSError if the folder cannot be written.
    """
    source, copy = model.verify(), replace(model, folder=folder)
    folder.mkdir(parents=True, exist_ok=True)
    _copy(source, copy.path)
    if copy.manifest:
        manifest.write(copy.manifest_path, copy.manifest)
        copy.verify()
    return copy.path


def find(path: Path, name: str | None) -> list[tuple[ModelSpec, Path]]:
    """What there is to import at a path: a model's file, its publisher's files in a folder, or a folder of models.

    `name` says which model it is, where its file's name does not. Raises UnknownModelError, ModelNotFrozenError.
    """
    if not path.exists():
        raise ModelNotFrozenError(f"there is no {path} to import", "check the path")
    if name:
        return [(catalog.find(name), path)]
    if path.is_file():
        return [(_named(path), path)]
    if published := _published(path):
        return [(published, path)]
    suffixes = sorted({kind.suffix for kind in kinds()})
    models = [(_named(file), file) for file in sorted(path.iterdir()) if file.suffix in suffixes]
    if not models:
        raise ModelNotFrozenError(f"there is no model in {path}", f"models are {' and '.join(suffixes)} files")
    return models


def _published(folder: Path) -> ModelSpec | None:
    """The model whose publisher's files are in a folder, where only one of the catalogue is published in that form."""
    if not (conversion := conversion_of(folder)):
        return None
    kinds_by_name = {each.name: each.kind for each in types().values()}
    kinds_by_name |= {each.name: each.kind for each in diarizer_types().values()}
    names = [name for name, kind in kinds_by_name.items() if freezer_of(kind).conversion is conversion]
    specs = [spec for spec in catalog.ROWS if spec.engine in names]
    return specs[0] if len(specs) == 1 else None


def _named(file: Path) -> ModelSpec:
    for spec in catalog.MODELS.values():
        if file.name in (spec.file, *(published.name for published in spec.files)):
            return spec
    try:
        return catalog.find(file.stem)
    except UnknownModelError as error:
        raise UnknownModelError(
            f"{file} could be any model", f"say which, for example: setup_local_models.py parakeet --import {file}"
        ) from error


def take_in(spec: ModelSpec, path: Path, store: ModelStore, on_stage: Callable[[str], None]) -> Manifest:
    """Import one model: the same checks and the same proof as for a download. Raises ModelError, FreezeError."""
    names = [file.name for file in spec.files]
    if path.is_file() and path.name in names and len(names) > 1:
        raise ModelNotFrozenError(
            f"{path} is one of {len(names)} files of which {spec.title} consists",
            "import the folder in which all of them lie",
        )
    recorded = _beside(spec, path)
    store.folder.mkdir(parents=True, exist_ok=True)
    sources = store.folder / f".import-{spec.name}"
    shutil.rmtree(sources, ignore_errors=True)
    try:
        sources.mkdir()
        if path.is_dir():
            _copy_published(spec, path, sources)
        else:
            _copy(path, sources / path.name)
        return freezing.freeze(_origin(spec, sources), sources, store, on_stage, recorded)
    finally:
        shutil.rmtree(sources, ignore_errors=True)


def _beside(spec: ModelSpec, path: Path) -> Manifest | None:
    """The manifest beside a frozen file, if it is that file's. Raises ModelCorruptError if it should be and is not."""
    recorded = manifest.read(path.with_name(f"{path.stem}.json")) if path.is_file() else None
    if recorded and (recorded.size, recorded.sha256) != (path.stat().st_size, manifest.sha256(path)):
        raise ModelCorruptError(f"{path} is not the file that the manifest beside it describes", "copy both anew")
    return recorded


def _copy_published(spec: ModelSpec, folder: Path, target: Path) -> None:
    """The publisher's files; another repository's may lie in a folder of its own, or among the others."""
    for file in spec.files:
        name = local_name(spec, file)
        places = (folder / name, folder / file.name, *sorted(folder.glob(f"*/{file.name}")))
        path = next((place for place in places if place.is_file()), None)
        if path is None:
            raise ModelNotFrozenError(f"{folder / name} is missing", f"{spec.title} consists of it, too")
        _copy(path, target / name)


def _origin(spec: ModelSpec, sources: Path) -> ModelSpec:
    """The row of the catalogue if these are its files, else one that claims no origin."""
    for file in spec.files:
        path = sources / local_name(spec, file)
        if not (file.sha256 and path.exists() and manifest.sha256(path) == file.sha256):
            return _unpacked(spec, sources) or replace(spec, repository="", revision="")
    return spec


def _unpacked(spec: ModelSpec, sources: Path) -> ModelSpec | None:
    """The row of packages if the one file is what lies in them."""
    files = list(sources.iterdir())
    packed = spec.packages.files if spec.packages else ()
    is_it = len(packed) == len(files) == 1 and manifest.sha256(files[0]) == packed[0].sha256
    return catalog.in_packages(spec) if is_it else None


def _copy(source: Path, target: Path) -> None:
    """All or nothing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(source, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def manifests(folder: Path) -> list[Path]:
    """The manifests in a folder. Raises ModelNotFrozenError where there is none."""
    paths = [path for path in sorted(folder.glob("*.json")) if path.stem in catalog.MODELS]
    if not paths:
        raise ModelNotFrozenError(f"there is no manifest in {folder}", "they are files such as parakeet.json")
    return paths


def as_recorded(path: Path) -> ModelSpec:
    """The row that a manifest in `path` describes: its revision and its files with their checksums.

    Raises UnknownModelError, ModelCorruptError.
    """
    spec, recorded = catalog.find(path.stem), manifest.read(path)
    if recorded is None or not recorded.repository:
        raise ModelCorruptError(f"{path} does not say where its model came from", "import the frozen file instead")
    spec = catalog.of_repository(spec, recorded.repository, recorded.revision)
    if recorded.repository.startswith("PyPI:") and not (spec.is_packaged and spec.revision == recorded.revision):
        raise ModelCorruptError(
            f"{path} names packages that this version of the program does not know ({recorded.repository})",
            "import the frozen file instead",
        )
    checksums = {source.name: source for source in recorded.sources}
    files: list[PublishedFile] = []
    for file in spec.files:
        source = checksums.get(local_name(spec, file))
        files.append(replace(file, size=source.size, sha256=source.sha256) if source else replace(file, sha256=None))
    return replace(spec, repository=recorded.repository, revision=recorded.revision, files=tuple(files))
