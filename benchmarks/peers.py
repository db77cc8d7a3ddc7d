"""How fast this program is beside others with the same weights, on the processor, from a file to its words.

    python -m benchmarks.peers parakeet --folder /a/disk/with/room [--true-size] [--seconds 10 60 600] [--rounds 5]
    python -m benchmarks.peers whisper --folder /a/disk/with/room

Each program has a process of its own, the other projects' an environment too, made in `folder` from PyPI. All of them
get as many threads; after one recording to warm up they hear each recording in turn, `rounds` times. Loading does not
count. The recording is the sample over and over, as 16 kHz wav. At true size the weights are random, and every program
writes four tokens a second (true_size.py); ours is “unguarded” then (see peer.py). A program that dies is left out from
that length on. Writes a plot for each table beside this file.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import soundfile
from kaldialign import edit_distance

from benchmarks import plot
from benchmarks.peer import parse

HERE = Path(__file__).resolve().parent
DEMOS = HERE.parent / "demo_models"
SAMPLE = HERE.parent / "tests" / "data" / "twenty_words.flac"
WORDS = SAMPLE.with_suffix(".json")
# The demo Whisper was trained with timestamps and without context: nobody is asked for what it has not learnt.
WAYS = {
    "parakeet": ("ours", "nemo", "onnx-asr"),
    "whisper": (
        "ours",
        "openai-whisper-unconditioned",
        "openai-whisper-unconditioned-words",
        "faster-whisper-batched-beam1-timestamps",
        "faster-whisper-batched-beam1-timestamps-words",
    ),
}
PEERS = {
    "onnx-asr": ("onnx-asr[cpu]==0.12.0", "soundfile==0.13.1"),
    "faster-whisper": ("faster-whisper==1.2.1",),
    "senko": ("senko==0.2.2",),
}
"""What is installed for those that are not in the program's own environment."""


REST = 0.5
"""Seconds before each turn: the threads of the one before wait for work by trying again and again, for 0.2 s."""


class Program:
    """A running process that says when it is ready, then answers each line of its standard input with a line of JSON.

    Raises OSError, with its last words, if it dies.
    """

    def __init__(self, command: Sequence[str | Path], variables: Mapping[str, str]) -> None:
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            env={**os.environ, "HF_HUB_OFFLINE": "1", **variables},
        )
        self._answer()

    def ask(self, line: str) -> dict[str, Any]:
        assert self.process.stdin
        print(line, file=self.process.stdin, flush=True)
        return json.loads(self._answer())

    def close(self) -> None:
        """It ends when its standard input does."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()

    def _answer(self) -> str:
        assert self.process.stdout
        if not (line := self.process.stdout.readline()):
            self.log.seek(0)
            raise OSError(self.log.read().decode(errors="replace").strip().rpartition("\n")[2] or "it died")
        return line


class Peer(Program):
    """A running peer.py.

    `threads`: as many as each library gets; 0 is what it takes by itself. `variables` are set in its environment.
    """

    def __init__(
        self, way: str, python: Path, model: Path, threads: int, variables: Mapping[str, str] | None = None
    ) -> None:
        import silero_vad

        environment = {"SILERO": str(Path(silero_vad.__file__).parent / "data")}
        environment |= {"OMP_NUM_THREADS": str(threads)} if threads else {}
        environment |= {"PYTHONPATH": str(HERE.parent)} if parse(way)[0] in ("ours", "unguarded") else {}
        command: list[str | Path] = [python, "-P", HERE / "peer.py", way, model, str(threads)]
        super().__init__(command, {**environment, **(variables or {})})

    def hear(self, path: Path, language: str = "en", task: str = "transcribe") -> dict[str, Any]:
        """What peer.py answers. Raises OSError if it died."""
        return self.ask(json.dumps({"path": str(path), "language": language, "task": task}))


def environment(way: str, folder: Path) -> Path:
    """The Python of a way's environment."""
    program = next((name for name in PEERS if way.startswith(name)), None)
    if program is None:
        return Path(sys.executable)
    there = folder / "environments" / program
    if not (there / "installed").exists():
        subprocess.run([sys.executable, "-m", "venv", there], check=True)
        subprocess.run([there / "bin" / "python", "-m", "pip", "install", "--quiet", *PEERS[program]], check=True)
        (there / "installed").touch()
    return there / "bin" / "python"


def weights(way: str, model: Path, folder: Path) -> Path:
    """The same weights as the way wants them."""
    if way == "onnx-asr":
        return exported(model, folder / f"{model.parent.name}-onnx")
    if way.startswith("faster-whisper"):
        from transcriber.engines.faster_whisper.converted import converted

        return converted(model, parse(way)[1].get("compute_type", "int8").partition("_")[0])
    return model


def exported(model: Path, folder: Path) -> Path:
    """As NeMo exports it, with the two files that onnx-asr wants beside it."""
    if not (folder / "config.json").exists():
        from transcriber.engines.nemo import checkpoint

        folder.mkdir(parents=True, exist_ok=True)
        restored = checkpoint.restore(model, "cpu")
        restored.export(str(folder / "model.onnx"))
        pieces = [*restored.tokenizer.vocab, "<blk>"]
        (folder / "vocab.txt").write_text("".join(f"{piece} {at}\n" for at, piece in enumerate(pieces)))
        features = restored.cfg.preprocessor.features
        (folder / "config.json").write_text(json.dumps({"features_size": features, "subsampling_factor": 8}))
    return folder


def recording(folder: Path, seconds: int) -> Path:
    path = folder / f"{seconds}.wav"
    audio, rate = soundfile.read(SAMPLE, dtype="float32")
    with soundfile.SoundFile(path, "w", rate, 1) as file:
        for _ in range(seconds * rate // len(audio)):
            file.write(audio)
        file.write(audio[: seconds * rate % len(audio)])
    return path


def spoken(seconds: int) -> list[str]:
    """The words of such a recording."""
    length = soundfile.info(SAMPLE).duration
    sample = json.loads(WORDS.read_text(encoding="utf-8"))["words"]
    times = int(seconds // length)
    return [word["text"] for word in sample] * times + [
        word["text"] for word in sample if word["end"] < seconds - times * length
    ]


def compare(model: Path, ways: tuple[str, ...], args: argparse.Namespace) -> dict[str, dict[int, dict[str, Any]]]:
    """For each way and length: medians of seconds, their spread, memory, and the error rate of its words."""
    found: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)
    peers = {
        way: Peer(way, environment(way, args.folder), weights(way, model, args.folder), args.threads) for way in ways
    }
    for seconds in args.seconds:
        path = recording(args.folder, seconds)
        answers: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for _ in range(1 + (args.rounds if seconds < 600 else 1)):
            for way in tuple(peers):
                time.sleep(REST)
                try:
                    answers[way].append(peers[way].hear(path))
                except OSError:
                    del peers[way]
                    answers.pop(way)
        for way, heard in answers.items():
            times = [one["seconds"] for one in heard[1:]]
            found[way][seconds] = {
                "speed": seconds / statistics.median(times),
                "spread": (seconds / max(times), seconds / min(times)),
                "memory": heard[-1]["memory"],
                "words": len(heard[-1]["words"]),
                "errors": edit_distance(spoken(seconds), heard[-1]["words"])["total"] / len(spoken(seconds)),
            }
            print(seconds, way, found[way][seconds], file=sys.stderr, flush=True)
    return found


def table(found: dict[str, dict[int, dict[str, Any]]], ways: tuple[str, ...], is_trained: bool) -> None:
    others = ways[1:]
    quality = "WER %" if is_trained else "words"
    print(f"| length | {' | '.join(f'ours / {way}' for way in others)} | ", end="")
    print(" | ".join(f"{way}: × real time | {quality} | GB" for way in ways), "|")
    print("|" + "---|" * (1 + len(others) + 3 * len(ways)))
    for seconds, mine in found[ways[0]].items():
        cells = [f"{seconds} s"]
        for way in others:
            other = found[way].get(seconds)
            cells.append(f"**{mine['speed'] / other['speed']:.2f}**" if other else "–")
        for way in ways:
            one = found[way].get(seconds)
            cells += [f"{one['speed']:.1f} ({one['spread'][0]:.1f}–{one['spread'][1]:.1f})"] if one else ["–"]
            cells += [f"{100 * one['errors']:.2f}" if is_trained else str(one["words"])] if one else ["–"]
            cells += [f"{one['memory']:.2f}"] if one else ["–"]
        print("| " + " | ".join(cells) + " |")


def true_parakeet(folder: Path) -> Path:
    """Of the size of parakeet-tdt-0.6b-v2, in a process of its own: writing it takes memory."""
    path = folder / "true-size" / "parakeet.nemo"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        script = (
            "import sys; from pathlib import Path; from benchmarks import true_size; "
            "true_size.write_parakeet('parakeet', Path(sys.argv[1]), Path(sys.argv[2]))"
        )
        subprocess.run([sys.executable, "-c", script, path, path.parent], check=True)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("family", choices=WAYS)
    parser.add_argument("--folder", type=Path, required=True, help="environments and models are kept there")
    parser.add_argument("--true-size", action="store_true", help="random weights of parakeet-tdt-0.6b-v2's size")
    parser.add_argument("--seconds", type=int, nargs="+", default=[10, 60, 600])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    args = parser.parse_args()
    args.folder = args.folder.resolve()
    args.folder.mkdir(parents=True, exist_ok=True)
    demo = DEMOS / ("parakeet.nemo" if args.family == "parakeet" else "whisper.pt")
    model = true_parakeet(args.folder) if args.true_size else demo
    ways = ("unguarded", *WAYS[args.family][1:]) if args.true_size else WAYS[args.family]
    found = compare(model, ways, args)
    table(found, ways, is_trained=not args.true_size)
    name = f"{args.family}{'-true-size' if args.true_size else ''}"
    for figure, unit in (("speed", "× real time"), ("memory", "GB")):
        lines = {way: [(length, one[figure]) for length, one in by_length.items()] for way, by_length in found.items()}
        plot.write(HERE / f"{name}-{figure}.svg", f"{name}: {unit} by length in seconds", lines)


if __name__ == "__main__":
    main()
