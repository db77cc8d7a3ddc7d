"""What the whole program takes at most, by the length of the recording.

    python -m benchmarks.memory [--model parakeet] [--models-dir demo_models] [--minutes 10 180]

The command line transcribes recordings that are the sample over and over. What counts is the proportional memory (PSS)
of all its processes at once, asked for four times a second. Linux only.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import psutil
import soundfile

SAMPLE = Path(__file__).resolve().parent.parent / "tests" / "data" / "twenty_words.flac"
INTERVAL = 0.25
"""Seconds."""


def write(path: Path, minutes: float) -> None:
    audio, rate = soundfile.read(SAMPLE, dtype="float32")
    with soundfile.SoundFile(path, "w", rate, 1) as file:
        for _ in range(int(minutes * 60 * rate / len(audio)) + 1):
            file.write(audio)


def most_memory(command: list[str]) -> float:
    """GB that all processes of the command had at most at once, what they share counted once."""
    most = 0
    process = psutil.Popen(command)
    while process.poll() is None:
        most = max(most, sum(map(proportional, [process, *process.children(recursive=True)])))
        time.sleep(INTERVAL)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    return most / 1e9


def proportional(process: psutil.Process) -> int:
    """Bytes that are its own, and its share of those that others use too; 0 when it has ended."""
    try:
        return process.memory_full_info().pss
    except psutil.Error:
        return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="parakeet")
    parser.add_argument("--models-dir", type=Path, default=Path("demo_models"))
    parser.add_argument("--minutes", type=float, nargs="+", default=[10, 180])
    args = parser.parse_args()
    first = 0.0
    print("| recording | most memory, GB | of the first |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for minutes in args.minutes:
            path = Path(folder) / "recording.flac"
            write(path, minutes)
            options = ["--model", args.model, "--models-dir", str(args.models_dir), "--device", "cpu"]
            output = ["--format", "json", "--output-dir", folder, "--overwrite"]
            command = [sys.executable, "-m", "transcriber", "transcribe", *options, *output, str(path)]
            memory = most_memory(command)
            first = first or memory
            print(f"| {minutes:.0f} min | {memory:.2f} | {memory / first:.2f} |", flush=True)


if __name__ == "__main__":
    main()
