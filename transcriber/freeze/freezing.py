"""Downloaded files → one frozen file with its manifest, all or nothing.

Building and proving happen in a process of its own (freeze_worker.py), which has no network. Its file stays in
`.setup-<name>/` until it is proven; then the frozen file gets its name, and last the manifest.
"""

import json
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from transcriber import errors
from transcriber.errors import FreezeError, TranscriberError
from transcriber.models import manifest
from transcriber.models.catalog import ModelSpec
from transcriber.models.manifest import Manifest, SourceFile
from transcriber.models.store import ModelStore
from transcriber.system import child_process


def freeze(
    spec: ModelSpec,
    sources: Path,
    store: ModelStore,
    on_stage: Callable[[str], None],
    recorded: Manifest | None = None,
) -> Manifest:
    """Freeze the files of one model, which lie in the folder `sources` under the names that hub.local_name() gives.

    `recorded` is the manifest of a file that was frozen before: it is kept as it is, and proven.
    Raises ModelError or FreezeError; then all is as it was.
    """
    staging = _staging(store, spec)
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        frozen = staging / spec.file
        _run_worker(spec, sources, frozen, bool(recorded), on_stage)
        written = recorded or _manifest(spec, sources, frozen)
        manifest.write(staging / store.of(spec).manifest_path.name, written)
        finish(spec, store)
        return written
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def finish(spec: ModelSpec, store: ModelStore) -> None:
    """Move a proven file and its manifest from staging to their names; also what an interrupted set-up left there.

    Raises ModelError.
    """
    staging, model = _staging(store, spec), store.of(spec)
    staged_manifest = staging / model.manifest_path.name
    if not staged_manifest.exists():  # not proven
        shutil.rmtree(staging, ignore_errors=True)
        return
    frozen = staging / spec.file
    if frozen.exists():
        frozen.replace(model.path)
    staged_manifest.replace(model.manifest_path)
    store.of(spec).check()
    shutil.rmtree(staging, ignore_errors=True)


def _staging(store: ModelStore, spec: ModelSpec) -> Path:
    return store.folder / f".setup-{spec.name}"


def _run_worker(spec: ModelSpec, sources: Path, target: Path, is_frozen: bool, on_stage: Callable[[str], None]) -> None:
    """Run freeze_worker.py, a process without a network, which ends with this one. Raises ModelError, FreezeError."""
    as_is = ["--as-is"] if is_frozen else []
    command = child_process.command("transcriber.freeze.freeze_worker", sources.resolve(), target.resolve(), *as_is)
    error: TranscriberError | None = None
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log,
        child_process.start(command, log) as process,
    ):
        for line in process.stdout or ():
            event = json.loads(line)
            if "stage" in event:
                on_stage(event["stage"])
            else:
                error = errors.from_dict(event)
        process.wait()
        log.seek(0)
        worker_log = log.read()
    if error:
        raise error
    if process.returncode != 0:
        last = worker_log.strip().splitlines()[-1:] or [f"status {process.returncode}"]
        raise FreezeError(
            f"{spec.title} could not be frozen ({last[0]})",
            "it may need more memory than is free: close other programs, and run the same command again",
        )


def _manifest(spec: ModelSpec, sources: Path, frozen: Path) -> Manifest:
    downloaded = sorted(path for path in sources.rglob("*") if path.is_file())
    wheels = spec.files if spec.is_packaged else ()  # what was taken out of them is what lies in the folder
    return Manifest(
        title=spec.title,
        repository=spec.repository,
        revision=spec.revision,
        sha256=manifest.sha256(frozen),
        size=frozen.stat().st_size,
        licence=spec.licence,
        frozen_at=datetime.now(UTC).isoformat(timespec="seconds"),
        versions=manifest.library_versions(),
        sources=(
            *(SourceFile(file.name, file.size or 0, file.sha256 or "") for file in wheels),
            *(
                SourceFile(path.relative_to(sources).as_posix(), path.stat().st_size, manifest.sha256(path))
                for path in downloaded
            ),
        ),
    )
