"""The page's program with a small engine in place of the real one: `python -m tests.support.echoing`."""

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import transcribe_ui
from tests.support.conversation import conversation
from tests.support.fakes import EchoEngine
from transcriber.options import TranscribeOptions
from transcriber.speaker_count import OFF
from transcriber.transcript import Segment, Transcript, Word
from transcriber.ui import launch
from transcriber.worker.client import Listener
from transcriber.worker.protocol import Loaded


class Echo(EchoEngine):
    """Writes what it is asked for into asked.jsonl beside its log, a line of JSON each.

    Asked for speakers it hears a conversation. A model is not loaded as long as there is a file "hold" beside the data
    folder.
    """

    def __init__(self, models_dir: Path, log: Path, *more: Any) -> None:
        said = Segment((Word("hello", 0.5, 0.9),), 0.5, 0.9)
        self.hello = Transcript((said,), duration=2.0, model="", device="cpu", elapsed=1.0)
        super().__init__(self.hello)
        self.asked_file = log.with_name("asked.jsonl")
        self.hold = log.parent.with_name("hold")

    def load(self, options: TranscribeOptions, priority: int, on_event: Listener) -> int:
        def wait(number: int) -> None:
            while self.hold.exists():
                time.sleep(0.05)
            on_event(Loaded("cpu"))

        return self._answer(wait)

    def transcribe(self, path: Path, options: TranscribeOptions, *more: Any) -> int:
        with self.asked_file.open("a", encoding="utf-8") as file:
            print(json.dumps(asdict(options)), file=file)
        self.transcript_of = self.hello if options.speakers == OFF else conversation()
        return super().transcribe(path, options, *more)


if __name__ == "__main__":
    launch.EngineClient = Echo  # type: ignore[assignment, misc]
    transcribe_ui.main(sys.argv[1:])
