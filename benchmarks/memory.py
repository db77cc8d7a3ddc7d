"""What the whole program takes at most, by the length of the recording.

    python -m benchmarks.memory [--model parakeet] [--models-dir demo_models] [--minutes 10 180]

The command line transcribes recordings that are the sample over and over, each in a process of its own; what counts is
the most resident memory of the process, as the system measured it. Linux only.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import soundfile

SAMPLE = Path(__file__).resolve().parent.parent / "tests" / "data" / "twenty_words.flac"


def write(path: Path, minutes: float) -> None:
    audio, rate = soundfile.read(SAMPLE, dtype="float32")
    with soundfile.SoundFile(path, "w", rate, 1) as file:
        for _ in range(int(minutes * 60 * rate / len(audio)) + 1):
            file.write(audio)


def most_memory(command: list[str]) -> float:
    """GB: runs in a process of its own, so that the count of children is this command's alone."""
    script = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    answer = subprocess.run([sys.executable, "-c", script, *command], check=True, capture_output=True, text=True)
    return int(answer.stdout) / 1e6


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
