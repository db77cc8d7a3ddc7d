"""How fast real speech is transcribed while other programs use the processor: ours beside the others, in turn.

    python -m benchmarks.under_load ../shared/data [--model whisper-base] [--models-dir DIR] [--seconds 120]
        [--busy 0 1 3] [--ways ours faster-whisper-batched-words …] [--env GOMP_SPINCOUNT=1000]
        [--env OMP_NUM_THREADS=1,GOMP_SPINCOUNT=0] [--threads 2] [--rounds 3]

The first `--seconds` of the long reading are heard. The others get `--threads`, ours what it takes by itself.

A busy process is a Python that counts without end, on one thread. Each `--env` (several variables with commas between
them) is one more way: ours with these variables in its environment, so that policies of waiting can be compared. The
threads of torch are GNU OpenMP's, which spin GOMP_SPINCOUNT times (or as OMP_WAIT_POLICY says) before they sleep;
KMP_BLOCKTIME is for builds with Intel's or LLVM's.

The fair share beside n busy processes, on c cores, is c / (c + n) of the speed alone: what a program with a thread for
each core gets when the scheduler gives every thread as much time. “Of its fair share” is the measured speed over that:
at 1 a program loses nothing but the time that others take, at 0.5 it takes twice as long as it had to. A program with
one thread can have more than 1. “Processor” is the seconds of all its threads for a minute of speech: spinning is work.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import soundfile

from benchmarks.conditions import RATE
from benchmarks.peers import REST, Peer, weights
from benchmarks.real_speech import Recording, arguments, checkpoint, known_way, long

WAYS = ("ours", "faster-whisper-batched-words", "openai-whisper-words")
SPIN = "while True: pass"
Measured = dict[tuple[str, int], list[dict[str, float]]]
"""By way and number of busy processes: the answers of the rounds."""


@contextmanager
def busy(count: int) -> Iterator[None]:
    """So many processes that never wait."""
    with ExitStack() as stack:
        for _ in range(count):
            process = subprocess.Popen([sys.executable, "-c", SPIN])
            stack.callback(process.wait)
            stack.callback(process.kill)
        yield


def fair_share(cores: int, others: int) -> float:
    """Of the processor, for a program with a thread for each core beside so many busy processes."""
    return cores / (cores + others)


def variables(given: str) -> dict[str, str]:
    """Those of one --env, for argparse: raises its ArgumentTypeError for what sets nothing."""
    pairs = [part.partition("=") for part in given.split(",")]
    if not all(name and sign for name, sign, _ in pairs):
        raise argparse.ArgumentTypeError(
            f"“{given}” sets no variable; write NAME=VALUE, or several with commas between them"
        )
    return {name: value for name, _, value in pairs}


def measure(peers: dict[str, Peer], path: Path, loads: list[int], rounds: int) -> Measured:
    """All ways in turn under each load, `rounds` times, after one hearing to warm up."""
    found: Measured = defaultdict(list)
    for peer in peers.values():
        peer.hear(path)
    for _ in range(rounds):
        for count in loads:
            with busy(count):
                for way, peer in peers.items():
                    time.sleep(REST)
                    found[way, count].append(peer.hear(path))
    return found


def rows(found: Measured, seconds: float, cores: int) -> Iterator[list[str]]:
    """The cells of the table; the first load is taken for none."""
    ways, loads = ([*dict.fromkeys(key[side] for key in found)] for side in (0, 1))
    speeds = {key: [seconds / answer["seconds"] for answer in answers] for key, answers in found.items()}
    for way in ways:
        alone = statistics.median(speeds[way, loads[0]])
        cells = [way]
        for count in loads:
            speed = speeds[way, count]
            middle = statistics.median(speed)
            cells.append(f"{middle:.1f} ({min(speed):.1f}–{max(speed):.1f})")
            cells += [f"{middle / (alone * fair_share(cores, count)):.2f}"] if count else []
        work = statistics.median(answer["processor"] for answer in found[way, loads[0]])
        yield [*cells, f"{60 * work / seconds:.1f}"]


def head(loads: list[int]) -> str:
    titles = ["way"]
    for count in loads:
        titles += [f"beside {count}: × real time", "of its fair share"] if count else ["alone: × real time"]
    titles.append("alone: processor, s a minute")
    return f"| {' | '.join(titles)} |\n{'|---' * len(titles)}|"


def cut(recording: Recording, seconds: float, folder: Path) -> Path:
    """The recording's first seconds as a wav file of 16 kHz, which everybody reads alike."""
    path = folder / "heard.wav"
    soundfile.write(path, recording.samples()[: round(seconds * RATE)], RATE)
    return path


def main() -> None:
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--busy", type=int, nargs="+", default=[0, 1, 3], help="busy processes; begins with 0")
    parser.add_argument("--ways", nargs="+", type=known_way, default=list(WAYS))
    parser.add_argument(
        "--env", action="append", type=variables, default=[], metavar="NAME=VALUE[,…]", help="one more of ours"
    )
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    if args.busy[0] != 0:
        parser.error("--busy begins with 0: a share is one of the speed alone")
    model = checkpoint(args)
    recording = next(long(args.data))
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder:
        path = cut(recording, args.seconds, Path(folder))
        peers = {}
        for way in args.ways:
            threads = 0 if way.startswith("ours") else args.threads
            peers[way] = Peer(way, Path(sys.executable), weights(way, model, model.parent), threads)
        for given in args.env:
            name = ", ".join(["ours", *(f"{variable}={value}" for variable, value in given.items())])
            peers[name] = Peer("ours", Path(sys.executable), model, 0, given)
        found = measure(peers, path, args.busy, args.rounds)
        print(f"{cores} cores\n\n{head(args.busy)}")
        for cells in rows(found, soundfile.info(path).duration, cores):
            print("|", " | ".join(cells), "|", flush=True)
        for peer in peers.values():
            peer.close()


if __name__ == "__main__":
    main()
