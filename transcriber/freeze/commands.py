"""What setup_local_models.py can do; each function is one of its options, and returns the exit status."""

import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from transcriber.errors import TranscriberError
from transcriber.freeze.reporting import FAILED, FROZEN, KEPT, Reporter, Result, print_results
from transcriber.models import catalog
from transcriber.models.catalog import ModelSpec
from transcriber.models.frozen_model import SETUP_COMMAND, FrozenModel, Status
from transcriber.models.store import ModelStore

if TYPE_CHECKING:
    from transcriber.freeze.hub import Publishers
    from transcriber.freeze.setup_run import SetupRun

DONE, FAILURE = 0, 1
STATES = {
    "frozen": "✓ frozen",
    "unverified": "? unverified",
    "damaged": "✗ damaged",
    "missing": "– not set up",
    "built-in": "✓ built in",
}


def is_placeholder(token: str | None) -> bool:
    """Whether a token is none: empty, or one of the texts that stand in examples."""
    return token is not None and not re.fullmatch(r"(hf|api)_(?!x+$)\w{10,}", token.strip())


def check(store: ModelStore, names: Sequence[str]) -> int:
    """Say what is there, without a network and without reading the files through.

    Fails where a model is missing that is required or named, or where one is damaged.
    """
    statuses = [status for status in store.statuses() if not names or status.spec.name in names]
    chosen = set(names) or set(store.chosen())
    print(f"Models in {store.folder}")
    for category in dict.fromkeys(status.spec.category for status in statuses):
        print(f"\n  {category}")
        for status in statuses:
            if status.spec.category == category:
                print(f"  {STATES[status.state]:<13} {status.spec.name:<20} {_described(status)}")
                for note in status.notes if status.state == "frozen" else ():
                    print(f"{'':<17}{note}")
    wanting = [status for status in statuses if status.spec.name in chosen and status.state in ("missing", "damaged")]
    total = sum(status.size for status in statuses)
    ready = sum(status.state in ("frozen", "unverified") for status in statuses)
    print(f"\n  {ready} models, {total / 1e9:.2f} GB.", end=" ")
    if wanting:
        print(f"Missing or damaged: run `{SETUP_COMMAND} {' '.join(status.spec.name for status in wanting)}`")
    else:
        print("All that were chosen are there.")
    needed = set(names) or set(store.required())
    return FAILURE if any(status.state == "damaged" or status.spec.name in needed for status in wanting) else DONE


def _described(status: Status) -> str:
    if status.state == "missing":
        return f"{status.spec.title}, {_gigabytes(status.spec.size)} to download"
    if status.manifest is None:
        return status.spec.title
    days = status.manifest.age_days
    age = "today" if days == 0 else f"{days} day{'s' * (days != 1)} ago"
    return f"{status.manifest.title}, {status.size / 1e9:.2f} GB, {status.manifest.revision[:12]}, frozen {age}"


def _gigabytes(size: int | None) -> str:
    return f"{size / 1e9:.2f} GB" if size else "size unknown"


def verify(store: ModelStore, names: Sequence[str]) -> int:
    """Read each frozen file through and compare it with its manifest."""
    status = DONE
    for name in names or _frozen(store):
        try:
            model = store.find(name)
            model.verify()
            print(f"✓ {name}: as it was frozen" if model.manifest else f"? {name}: no manifest to compare it with")
        except TranscriberError as error:
            print(f"error: {name}: {error}", file=sys.stderr)
            status = FAILURE
    return status


def _frozen(store: ModelStore) -> list[str]:
    return [status.spec.name for status in store.statuses() if status.state not in ("missing", "built-in")]


def set_up(run: "SetupRun", specs: Sequence[ModelSpec], workers: int, with_table: bool) -> int:
    """Set models up, and end with a table of results."""
    try:
        results = run.run(specs, workers)
    finally:
        run.reporter.close()
    if with_table:
        print_results(results)
    return FAILURE if any(result.outcome == FAILED for result in results) else DONE


def set_up_starter(run: "SetupRun") -> int:
    """Set the starter model up, and what tells speakers apart where that can be had.

    Where nothing was set up before, the starter is from now on the one that is required.
    """
    from transcriber.freeze import starter

    spec = catalog.find(catalog.STARTER)
    was_empty = not run.store.present()
    try:
        run.reporter.note(spec, starter.introduction(spec))
        results = run.run([spec, catalog.find(catalog.SPEAKERS)])
    finally:
        run.reporter.close()
    if results[0].outcome == FAILED:
        return FAILURE
    names = [result.spec.name for result in results if result.outcome in (FROZEN, KEPT)]
    run.store.choose(names, without=set(run.store.chosen()) - set(names) if was_empty else ())
    return DONE


def check_updates(store: ModelStore, names: Sequence[str], publishers: "Publishers") -> int:
    """Compare what is frozen, or pinned, with what the publishers have now; change nothing."""
    status = DONE
    for model in map(store.find, names or _frozen(store)):
        name, pinned = model.name, (model.manifest or model.spec).revision
        try:
            newest = publishers.newest(_row(model))
        except TranscriberError as error:
            print(f"error: {name}: {error}", file=sys.stderr)
            status = FAILURE
            continue
        if pinned == newest:
            print(f"✓ {name}: {pinned[:12]} is the newest")
        else:
            print(f"↑ {name}: {pinned[:12]} is pinned, {newest[:12]} is newer: `{SETUP_COMMAND} {name} --update`")
    return status


def updates(store: ModelStore, names: Sequence[str], publishers: "Publishers") -> list[ModelSpec]:
    """The models' rows at the newest revision, of whose files nothing is known yet. Raises DownloadError."""
    specs = [_row(store.find(name)) for name in names or _frozen(store)]
    return [_at(spec, publishers.newest(spec)) for spec in specs]


def _at(spec: ModelSpec, revision: str) -> ModelSpec:
    if revision == spec.revision:
        return spec
    files = tuple(file if file.repository else replace(file, size=None, sha256=None) for file in spec.files)
    return replace(spec, revision=revision, files=files)


def _row(model: FrozenModel) -> ModelSpec:
    """As the model was set up, where it can be had from several."""
    recorded = model.manifest
    return catalog.of_repository(model.spec, recorded.repository, recorded.revision) if recorded else model.spec


def remove(store: ModelStore, names: Sequence[str]) -> int:
    """Delete frozen models, and what was made of them."""
    for model in map(store.find, names):
        freed = model.path.stat().st_size if model.path.is_file() else 0
        model.path.unlink(missing_ok=True)
        model.manifest_path.unlink(missing_ok=True)
        for converted in store.folder.glob(f".converted/{model.spec.file}-*"):
            shutil.rmtree(converted) if converted.is_dir() else converted.unlink()
        print(f"removed {model.name}: {freed / 1e9:.2f} GB" if freed else f"{model.name} was not there")
    if set(store.chosen()) & set(names):
        store.choose(store.chosen(), without=names)
    return DONE


def cleanup(store: ModelStore, names: Sequence[str]) -> int:
    """Delete what unfinished set-ups left, and what can be made anew; `names` says nothing here."""
    freed = 0
    for pattern in (".downloads", ".setup-*", ".import-*", ".converted", ".*.part", ".*.json-*"):
        for path in store.folder.glob(pattern):
            freed += sum(file.stat().st_size for file in [path, *path.rglob("*")] if file.is_file())
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    print(f"freed {freed / 1e9:.2f} GB")
    return DONE


def import_(store: ModelStore, path: Path, name: str | None, reporter: Reporter) -> int:
    """Take models over from a file or a folder."""
    from transcriber.freeze import copying

    status = DONE
    for spec, file in copying.find(path, name):
        try:
            manifest = copying.take_in(spec, file, store, partial(reporter.stage, spec))
            origin = f"{manifest.repository} {manifest.revision[:12]}" if manifest.repository else "of unknown origin"
            message = f"{file} is frozen in {store.of(spec).path}, {origin}"
            reporter.result(Result(spec, FROZEN, message))
            store.choose([spec.name])
        except (TranscriberError, OSError) as error:
            reporter.result(Result(spec, FAILED, str(error)))
            status = FAILURE
    return status


def export(store: ModelStore, folder: Path, names: Sequence[str], reporter: Reporter) -> int:
    """Copy frozen models with their manifests into a folder."""
    from transcriber.freeze import copying

    status = DONE
    for model in map(store.find, names or _frozen(store)):
        try:
            reporter.result(Result(model.spec, KEPT, f"copied to {copying.export(model, folder)}"))
        except (TranscriberError, OSError) as error:
            reporter.result(Result(model.spec, FAILED, str(error)))
            status = FAILURE
    return status
