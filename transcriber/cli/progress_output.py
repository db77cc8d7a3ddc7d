"""Progress of a command: bars on a terminal, plain lines elsewhere, JSON lines for programs."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from transcriber.clock import clock
from transcriber.errors import TranscriberError
from transcriber.readable import print_json, readable
from transcriber.unexpected import map_and_log_error

if TYPE_CHECKING:
    from transcriber.transcript import Transcript

PROGRESS_INTERVAL_SECONDS = 30
"""Between two lines about one recording."""


class LineOutput:
    """One line an event on standard error; the progress of a long recording every PROGRESS_INTERVAL_SECONDS."""

    def __init__(self, log_dir: Path | None = None) -> None:
        self.log_dir = log_dir
        """For tracebacks of unexpected errors; None: the usual data folder."""
        self.has_failed = False
        """Whether any recording failed."""
        self._reported: dict[str, float] = {}

    @contextmanager
    def attempt(self, name: str) -> Iterator[None]:
        """Report whatever is raised as the failure of this recording, so that the others go on."""
        try:
            yield
        except BrokenPipeError:  # nobody reads what is written
            raise
        except Exception as error:  # noqa: BLE001  (that is what this is for)
            self.failed(name, error)

    def failed(self, name: str, error: Exception) -> None:
        self.has_failed = True
        self._print_failure(name, map_and_log_error(error, self.log_dir))

    def begin(self, name: str) -> None:
        self._reported[name] = time.monotonic()

    def progress(self, name: str, done: float, duration: float | None) -> None:
        if time.monotonic() - self._reported[name] > PROGRESS_INTERVAL_SECONDS:
            self._reported[name] = time.monotonic()
            whole = f" of {clock(duration)}" if duration else ""
            self.line(f"{name}: {clock(done)}{whole}")

    def note(self, name: str, text: str) -> None:
        self.line(f"note: {name}: {text}")

    def kept(self, name: str, target: Path) -> None:
        self.line(f"kept: {target} is already there (--overwrite writes it anew)")

    def wrote(self, name: str, targets: list[Path], transcript: "Transcript") -> None:
        figures = f"{transcript.duration:.1f} s of audio on {transcript.device}, {transcript.rtfx:.1f}× real time"
        self.line(f"wrote: {', '.join(map(str, targets))} ({figures})")

    def transcript(self, name: str, transcript: "Transcript") -> None:
        """Report a transcript that is written to no file."""

    def _print_failure(self, name: str, error: TranscriberError) -> None:
        self.line(f"error: {name}: {error}")

    def line(self, text: str) -> None:
        print(readable(text), file=sys.stderr, flush=True)

    def close(self) -> None:
        pass


class BarOutput(LineOutput):
    """A progress bar for each recording that is being transcribed, with the time left."""

    def __init__(self, log_dir: Path | None = None) -> None:
        from rich import progress
        from rich.console import Console

        super().__init__(log_dir)
        self._bars = progress.Progress(
            progress.TextColumn("{task.description}", markup=False),
            progress.BarColumn(),
            progress.TaskProgressColumn(),
            progress.TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._tasks: dict[str, progress.TaskID] = {}

    def begin(self, name: str) -> None:
        self._remove(name)  # begun anew after the engine died
        self._bars.start()
        self._tasks[name] = self._bars.add_task(readable(name), total=None)

    def progress(self, name: str, done: float, duration: float | None) -> None:
        self._bars.update(self._tasks[name], completed=done, total=duration)

    def wrote(self, name: str, targets: list[Path], transcript: "Transcript") -> None:
        self._remove(name)
        super().wrote(name, targets, transcript)

    def transcript(self, name: str, transcript: "Transcript") -> None:
        """Clear the bars: the words are written now, perhaps to this terminal."""
        self._remove(name)
        self._bars.stop()

    def _print_failure(self, name: str, error: TranscriberError) -> None:
        self._remove(name)
        super()._print_failure(name, error)

    def line(self, text: str) -> None:
        self._bars.console.print(readable(text), markup=False, highlight=False, emoji=False, soft_wrap=True)

    def close(self) -> None:
        self._bars.stop()

    def _remove(self, name: str) -> None:
        if name in self._tasks:
            self._bars.remove_task(self._tasks.pop(name))


class JsonOutput(LineOutput):
    """One JSON object a line, on standard output, in UTF-8 whatever the console is:

    {"event": "begin", "name": "talk.mp3"}
    {"event": "progress", "name": "talk.mp3", "done": 120.5, "duration": 3600.0}
    {"event": "note", "name": "talk.mp3", "text": "…"}
    {"event": "wrote", "name": "talk.mp3", "files": ["out/talk.srt"], "duration": 3600.0, "rtfx": 41.2, "device": "cpu"}
    {"event": "transcript", "name": "talk.mp3", "transcript": {…}}
    {"event": "kept", "name": "talk.mp3", "file": "out/talk.srt"}
    {"event": "failed", "name": "talk.mp3", "error": "AudioDecodeError", "message": "…", "hint": "…"}
    """

    def begin(self, name: str) -> None:
        self._print("begin", name)

    def progress(self, name: str, done: float, duration: float | None) -> None:
        self._print("progress", name, done=done, duration=duration)

    def note(self, name: str, text: str) -> None:
        self._print("note", name, text=text)

    def kept(self, name: str, target: Path) -> None:
        self._print("kept", name, file=str(target))

    def wrote(self, name: str, targets: list[Path], transcript: "Transcript") -> None:
        figures = {"duration": transcript.duration, "rtfx": transcript.rtfx, "device": transcript.device}
        self._print("wrote", name, files=list(map(str, targets)), **figures)

    def transcript(self, name: str, transcript: "Transcript") -> None:
        from transcriber.transcript_json import to_dict

        self._print("transcript", name, transcript={"text": transcript.text, **to_dict(transcript)})

    def _print_failure(self, name: str, error: TranscriberError) -> None:
        self._print("failed", name, error=type(error).__name__, message=error.message, hint=error.hint)

    def _print(self, event: str, name: str, **fields: object) -> None:
        print_json({"event": event, "name": name, **fields})


def progress_output(as_json: bool, log_dir: Path | None = None) -> LineOutput:
    if as_json:
        return JsonOutput(log_dir)
    return BarOutput(log_dir) if sys.stderr.isatty() else LineOutput(log_dir)
