"""`watch`: what appears in a folder is transcribed.

The engine is a process of its own, as the page's is: a recording that brings it down is told, and watching goes on.
"""

import argparse
import queue
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from transcriber.cli.progress_output import LineOutput, progress_output
from transcriber.cli.running import DONE, FAILED
from transcriber.cli.transcribe import add_options, options_of
from transcriber.cli.watched_folder import KEPT, UNREADABLE, Version, WatchedFolder
from transcriber.cli.writing import add_output, missing, targets, write
from transcriber.engines import model_capabilities
from transcriber.errors import AudioDecodeError, AudioEmptyError, StorageError, TranscriberError
from transcriber.live.captions import Captions
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions
from transcriber.unexpected import map_and_log_error
from transcriber.worker.blame import Blame
from transcriber.worker.client import EngineClient
from transcriber.worker.protocol import End, Event, Failed, Progress, Started, Transcribed
from transcriber.worker.scheduling import LONG, SHORT, is_short

MAX_RUNNING = 8
"""Recordings that the engine process has at once."""


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "watch",
        help="transcribe what appears in a folder",
        description="Transcribe the recordings in a folder and in those below it, and whatever appears there, until "
        "Ctrl-C. A file is taken once it has stopped growing. What is done is not done again after a restart.",
    )
    parser.add_argument("folder", metavar="FOLDER", type=Path)
    add_options(parser)
    add_output(parser, "txt")
    parser.add_argument("--json", action="store_true", help="say what happens as JSON lines, for programs")
    parser.add_argument(
        "--settling", type=float, default=5.0, metavar="SECONDS", help="how long a file must not change (%(default)s)"
    )
    parser.add_argument(
        "--interval", type=float, default=1.0, metavar="SECONDS", help="between two looks at the folder (%(default)s)"
    )
    parser.add_argument("--once", action="store_true", help="end when nothing is left to do")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    args.output_dir = args.output_dir or args.folder
    store, own = ModelStore(args.models_dir), args.output_dir / ".transcriber"
    try:
        options = options_of(args)
        store.require(options)
        model_capabilities.check_known(options, store.find(options.model))
        if not args.folder.is_dir():
            raise StorageError(f"there is no folder {args.folder}", "check its name")
        written = " ".join((*args.formats, *["words"] * args.words))
        watched = WatchedFolder(args.folder, own, written, args.settling)
        watched.open()
    except (TranscriberError, OSError) as error:
        print(f"error: {map_and_log_error(error)}", file=sys.stderr)
        return FAILED
    output = progress_output(args.json, own)
    engine = EngineClient(args.models_dir, own / "engine.log")
    try:
        return FolderWatcher(watched, engine, options, args, output).run()
    except KeyboardInterrupt:
        output.close()
        print("Watching has ended. What is unfinished is begun anew next time.", file=sys.stderr)
        return DONE
    finally:
        output.close()
        engine.close()
        watched.close()


class FolderWatcher:
    """Gives the folder's recordings to the engine process, and writes what comes back."""

    def __init__(
        self,
        watched: WatchedFolder,
        engine: EngineClient,
        options: TranscribeOptions,
        args: argparse.Namespace,
        output: LineOutput,
    ) -> None:
        self.watched, self.engine, self.options, self.args, self.output = watched, engine, options, args, output
        self.events: queue.Queue[tuple[Path, Event]] = queue.Queue()
        self.running: dict[Path, tuple[Version, list[Path]]] = {}
        """Version of each recording when it was started, and the files to write."""
        self.voices: dict[Path, bytearray] = defaultdict(bytearray)
        """What was heard of the voices in each."""
        self.given_up: dict[Path, Version] = {}
        """Versions that failed: not tried again by this run."""
        self.unreadable: set[str] = set()
        """Names that could not be read, and were reported."""
        self.max_running = MAX_RUNNING

    def run(self) -> int:
        """Until Ctrl-C, or with --once until nothing is left to do; the exit status."""
        while True:
            self._start_ready()
            if self.args.once and not self.running and self._is_all_over():
                return FAILED if self.output.has_failed else DONE
            with suppress(queue.Empty):
                self._note(*self.events.get(timeout=self.args.interval))

    def _is_all_over(self) -> bool:
        return all(self.given_up.get(path) == version for path, version in self.watched.left().items())

    def _start_ready(self) -> None:
        for path, version in self.watched.ready().items():
            is_open = path not in self.running and self.given_up.get(path) != version
            if is_open and len(self.running) < self.max_running:
                with self._attempt(path, version):
                    self._start(path, version)
        unreadable = self.watched.unreadable
        for name in unreadable.keys() - self.unreadable:
            self.output.failed(name, unreadable[name])
        self.unreadable = set(unreadable)

    def _start(self, path: Path, version: Version) -> None:
        files = targets(self.watched.stem(path), self.args)
        is_ours = self.watched.was_done(path)
        if not is_ours:
            files = missing(str(path), files, self.args, self.output)
        if not files:
            self.watched.note(path, version, KEPT)
            return
        priority = SHORT if is_short(None, version[0]) else LONG
        self.engine.transcribe(path, self.options, priority, partial(self._on_event, path))
        self.running[path] = version, files

    @contextmanager
    def _attempt(self, path: Path, version: Version) -> Iterator[None]:
        """Report whatever is raised as the failure of this recording, and give this version of it up."""
        with self.output.attempt(str(path)):
            try:
                yield
            except Exception:  # attempt() reports it
                self.given_up[path] = version
                raise

    def _on_event(self, path: Path, event: Event) -> None:
        """Called in the engine client's thread."""
        self.events.put((path, event))

    def _note(self, path: Path, event: Event) -> None:
        match event:
            case Started():
                self.output.begin(str(path))
            case Progress():
                self.voices[path] += event.voices
                self.output.progress(str(path), event.done, event.duration)
            case Captions():
                raise AssertionError("nobody asked for captions")
            case _:
                version, files = self.running.pop(path)
                with self._attempt(path, version):
                    self._end(path, version, files, event)
                self.voices.pop(path, None)

    def _end(self, path: Path, version: Version, files: list[Path], event: End) -> None:
        match event:
            case Transcribed():
                write(event.transcript, str(path), files, self.args, self.output, bytes(self.voices[path]))
                self.watched.note(path, version)
            case Failed(blame=Blame.CULPRIT):
                if isinstance(event.error, AudioDecodeError | AudioEmptyError):  # as it is, it will never be read
                    self.watched.note(path, version, UNREADABLE)
                raise event.error
            case Failed():  # the engine died over others, or over one of several: from now on each goes alone
                self.max_running = 1
