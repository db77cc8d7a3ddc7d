"""How many words of real speech are right: ours beside openai-whisper and faster-whisper, with the same real weights.

    python -m benchmarks.real_speech ../shared/data [--model whisper-base] [--models-dir DIR]
        [--recordings long librispeech fleurs silence] [--conditions clean telephone noise10 …] [--ways ours …]
        [--rounds 1] [--threads 2] [--keep DIR]

Each way (peer.py says how they are named) is a process of its own; they take turns,
recording by recording. All get the same 16 kHz samples as a wav file, made from the recording by the condition
(conditions.py), and find the language by themselves (`--give-language` tells them). `--rounds` more than 1 is for
figures of speed, which are the medians, and for “vary”: the recordings of which the rounds have different words.
scoring.py says what is counted as hallucinated and doubled. “GB” is the most that the process had until then.

Where a recording is cut is luck, and a window in which a program gives up can be worth more than what is compared:
`--delays 0 0.3 0.7` hears each recording with so much silence before it, and counts all. `--keep` writes every
hypothesis, with its words' times and its mistakes, to a file for each way, a line of JSON for each hearing, behind what
is there.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

from benchmarks.conditions import CONDITIONS, RATE
from benchmarks.peer import parse
from benchmarks.peers import REST, Peer, weights
from benchmarks.scoring import Score, aligned, mistakes, score, total, words
from tools.real_weights import FOLDER

WAYS = (
    "ours",
    "openai-whisper",
    "openai-whisper-beam5",
    "faster-whisper-batched",
    "faster-whisper-batched-words",
    "faster-whisper-sequential",
    "faster-whisper-sequential-words",
)
HEAD = """\
| recordings | condition | way | WER % | words | wrong | left out | too many | hallucinated | doubled | language | vary | × real time | GB |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"""  # noqa: E501


@dataclass(frozen=True)
class Recording:
    """What somebody said, and where it can be heard."""

    group: str
    """The row of the table that it counts in."""
    path: Path
    language: str
    text: str
    """Empty where nobody speaks."""
    delay: float = 0.0
    """Seconds of silence before it."""

    def samples(self) -> np.ndarray:
        """Mono, 16 kHz."""
        audio, rate = soundfile.read(self.path, dtype="float32", always_2d=True)
        heard = soxr.resample(audio.mean(axis=1), rate, RATE)
        return np.pad(heard, (round(self.delay * RATE), 0))


@dataclass
class Row:
    """What one way made of one group in one condition; of several rounds the first one's words count."""

    scores: list[Score] = field(default_factory=list)
    audio: float = 0.0
    """Seconds."""
    seconds: float = 0.0
    languages: int = 0
    """Recordings of which the language was found."""
    varying: int = 0
    memory: float = 0.0
    """GB."""

    def add(self, recording: Recording, audio: float, answers: list[dict[str, Any]]) -> None:
        self.scores.append(score(recording.text, answers[0]["text"], recording.language))
        self.audio += audio
        self.seconds += statistics.median(answer["seconds"] for answer in answers)
        self.languages += answers[0]["language"] == recording.language
        self.varying += len({answer["text"] for answer in answers}) > 1
        self.memory = max(answer["memory"] for answer in answers)

    def cells(self, rounds: int) -> list[str]:
        counted = total(self.scores)
        wer = f"{100 * counted.wer:.2f}" if counted.reference else "–"
        counts = asdict(counted)
        names = ("reference", "substitutions", "deletions", "insertions", "hallucinated", "doubled")
        found = f"{self.languages} of {len(self.scores)}" if counted.reference else "–"
        speed = f"{self.audio / self.seconds:.1f}"
        varying = str(self.varying) if rounds > 1 else "–"
        return [wer, *(str(counts[name]) for name in names), found, varying, speed, f"{self.memory:.2f}"]


def long(data: Path) -> Iterator[Recording]:
    for path in sorted((data / "long").glob("*.mp3")):
        yield Recording("long", path, "en", path.with_suffix(".txt").read_text(encoding="utf-8"))


def librispeech(data: Path) -> Iterator[Recording]:
    for line in (data / "librispeech-test-clean" / "manifest.jsonl").read_text(encoding="utf-8").splitlines():
        about = json.loads(line)
        yield Recording("librispeech", data / about["audio_filepath"], "en", about["text"])


def fleurs(data: Path) -> Iterator[Recording]:
    """A group for each language."""
    for path in sorted((data / "fleurs-5lang").glob("*.ogg")):
        language = path.stem.split("-")[1]
        text = path.with_suffix(".txt").read_text(encoding="utf-8")
        yield Recording(f"fleurs-{language}", path, language, text)


def silence(data: Path) -> Iterator[Recording]:
    """Clips of one second without speech."""
    for path in sorted((data / "speech-commands" / "_silence_").glob("*.opus")):
        yield Recording("silence", path, "", "")


RECORDINGS: dict[str, Callable[[Path], Iterator[Recording]]] = {
    "long": long,
    "librispeech": librispeech,
    "fleurs": fleurs,
    "silence": silence,
}


def rendered(recording: Recording, condition: str, folder: Path) -> Path:
    """A wav file of the recording in that condition: the same one every time."""
    rng = np.random.default_rng([zlib.crc32(recording.path.name.encode()), zlib.crc32(condition.encode())])
    path = folder / "heard.wav"
    soundfile.write(path, CONDITIONS[condition](recording.samples(), rng), RATE)
    return path


def kept(recording: Recording, condition: str, way: str, turn: int, answer: dict[str, Any]) -> dict[str, Any]:
    """What is written down of one answer."""
    pairs = aligned(words(recording.text, recording.language), words(answer["text"], recording.language))
    return {
        "recording": recording.path.name,
        "delay": recording.delay,
        "condition": condition,
        "way": way,
        "round": turn,
        "mistakes": mistakes(pairs),
        "score": asdict(score(recording.text, answer["text"], recording.language)),
        "reference": recording.text,
        **{name: answer[name] for name in ("text", "language", "seconds", "memory", "times")},
    }


class Keeper:
    """Writes what is kept, where it is wanted: each line at once, so that it can be looked at meanwhile."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        if folder:
            folder.mkdir(parents=True, exist_ok=True)

    def write(self, way: str, line: dict[str, Any]) -> None:
        if self.folder:
            with (self.folder / f"{way}.jsonl").open("a", encoding="utf-8") as file:
                print(json.dumps(line, ensure_ascii=False), file=file)


def measure(peers: dict[str, Peer], recordings: list[Recording], condition: str, args: argparse.Namespace) -> None:
    """Print the rows of one condition as soon as a group is through."""
    keeper = Keeper(args.keep)
    by_group: dict[str, list[Recording]] = defaultdict(list)
    for recording in recordings:
        by_group[recording.group].append(recording)
    with tempfile.TemporaryDirectory() as folder:
        for group, members in by_group.items():
            rows = {way: Row() for way in peers}
            for recording in members:
                path = rendered(recording, condition, Path(folder))
                answers: dict[str, list[dict[str, Any]]] = defaultdict(list)
                for turn in range(args.rounds):
                    for way, peer in peers.items():
                        time.sleep(REST if args.rounds > 1 else 0)
                        answer = peer.hear(path, recording.language or "auto" if args.give_language else "auto")
                        answers[way].append(answer)
                        keeper.write(way, kept(recording, condition, way, turn, answer))
                for way, row in rows.items():
                    row.add(recording, soundfile.info(path).duration, answers[way])
            for way, row in rows.items():
                print("|", " | ".join([group, condition, way, *row.cells(args.rounds)]), "|", flush=True)


def known_way(text: str) -> str:
    """For argparse: what an unknown way is told is for a person."""
    try:
        parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def arguments(description: str) -> argparse.ArgumentParser:
    """What every benchmark on real speech is told."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("data", type=Path)
    parser.add_argument(
        "--models-dir", type=Path, default=FOLDER, help="default: those that python -m tools.real_weights fetches"
    )
    parser.add_argument("--model", default="whisper-base")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--keep", type=Path, metavar="DIR", help="write every hypothesis there")
    return parser


def start_peers(ways: list[str], args: argparse.Namespace) -> dict[str, Peer]:
    """A process for each way, with its model loaded. Raises OSError for one that does not start."""
    model = checkpoint(args)
    return {way: Peer(way, Path(sys.executable), weights(way, model, model.parent), args.threads) for way in ways}


def checkpoint(args: argparse.Namespace) -> Path:
    """The frozen model that is asked for; ends the program where it is not there."""
    path = args.models_dir.resolve() / f"{args.model}.pt"
    if not path.exists():
        sys.exit(f"error: there is no {path}; run `python -m tools.real_weights`, or choose --models-dir")
    return path


def main() -> None:
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--recordings", nargs="+", default=["long", "librispeech", "fleurs"], choices=RECORDINGS)
    parser.add_argument("--conditions", nargs="+", default=["clean"], choices=CONDITIONS)
    parser.add_argument("--ways", nargs="+", type=known_way, default=list(WAYS))
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--delays", type=float, nargs="+", default=[0.0], metavar="SECONDS", help="of silence before")
    parser.add_argument("--limit", type=int, help="no more recordings than this of each kind")
    parser.add_argument("--give-language", action="store_true", help="tell the language that is spoken")
    args = parser.parse_args()
    found = [one for name in args.recordings for one in list(RECORDINGS[name](args.data))[: args.limit]]
    recordings = [replace(one, delay=delay) for one in found for delay in args.delays]
    peers = start_peers(args.ways, args)
    print(HEAD, flush=True)
    for condition in args.conditions:
        measure(peers, recordings, condition, args)
    for peer in peers.values():
        peer.close()


if __name__ == "__main__":
    main()
