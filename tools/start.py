"""What `make run` does once the environment is there: print the sample's words with their times, then open the page.

Where no model is set up, it sets the starter model up first; where that cannot be had, it goes on with the demo models.
"""

import subprocess
import sys
import textwrap
from pathlib import Path

import transcribe_ui
from transcriber.exports.json import parse
from transcriber.models.store import ModelStore, missing_message
from transcriber.speaker_count import AUTO
from transcriber.transcript import Transcript

PROJECT = Path(__file__).resolve().parent.parent
LOCAL_MODELS = PROJECT / "local_models"
SAMPLE = PROJECT / "examples" / "sample.flac"
DEMO_SAMPLE = PROJECT / "tests" / "data" / "twenty_words.flac"
"""The demo models know no others."""
INTERRUPTED = 130
COLUMNS, INDENT = 100, " " * 9
TIED = "\N{NO-BREAK SPACE}"
"""Between a time and its word, so that both stay in one line."""


def main() -> None:
    store = ModelStore(LOCAL_MODELS)
    if not store.present():
        set_up_starter(store)
    sample = SAMPLE
    if not store.present():
        print("\nUntil then: the demo models, which know twenty words.\n", flush=True)
        store, sample = ModelStore(PROJECT / "demo_models"), DEMO_SAMPLE
    usual = store.usual()
    print_sample(store, sample, usual if usual in store.present() else store.present()[0])
    arguments = ["--models-dir", str(store.folder), *sys.argv[1:]]
    if missing := store.missing():
        print(f"{missing_message(missing)}\n\nUntil then: what is there.\n", flush=True)
        transcribe_ui.open_page(transcribe_ui.parser().parse_args(arguments))
    else:
        transcribe_ui.main(arguments)


def set_up_starter(store: ModelStore) -> None:
    """In a process of its own, since this one never goes online. It says itself what it does, and why it cannot."""
    print("No model is set up yet.", flush=True)
    command = [sys.executable, str(PROJECT / "setup_local_models.py"), "--starter", "--models-dir", str(store.folder)]
    if subprocess.run(command, cwd=PROJECT, check=False).returncode == INTERRUPTED:
        sys.exit(INTERRUPTED)


def print_sample(store: ModelStore, sample: Path, model: str) -> None:
    """By the command line in a process of its own: it takes the network away from itself for good, and the page needs a
    socket.
    """
    command = [sys.executable, "-m", "transcriber", "transcribe", str(sample), "--format", "json", "--model", model]
    command += ["--models-dir", str(store.folder)]
    command += ["--speakers", AUTO] if store.diarizing().is_there() else []
    print(f"\nThe sample recording, {sample.relative_to(PROJECT)}, says:\n", flush=True)
    result = subprocess.run(command, cwd=PROJECT, check=False, stdout=subprocess.PIPE, encoding="utf-8")
    if result.returncode == 0:
        print(f"\n{with_times(parse(result.stdout))}\n", flush=True)


def with_times(transcript: Transcript) -> str:
    """Each segment's text with the time at which it begins, where another one speaks than before with the name, and
    below it each word with its own time, in seconds."""
    parts = []
    speaker = None
    for segment in transcript.segments:
        minutes, seconds = divmod(segment.start, 60)
        timed = [word for word in segment.words if word.start is not None]  # some models give no times
        words = "  ".join(f"{word.start:.2f}{TIED}{word.text}" for word in timed)
        text = f"{segment.speaker}: {segment.text}" if segment.speaker not in (None, speaker) else segment.text
        speaker = segment.speaker
        parts += textwrap.wrap(
            text, COLUMNS, initial_indent=f"{minutes:.0f}:{seconds:05.2f}  ", subsequent_indent=INDENT
        )
        parts += textwrap.wrap(words, COLUMNS, initial_indent=INDENT, subsequent_indent=INDENT)
    return "\n".join(parts).replace(TIED, " ")


if __name__ == "__main__":
    main()
