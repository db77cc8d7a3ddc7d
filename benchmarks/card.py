"""What a graphics card makes of it: loading, speed from samples and from a file, and the card's memory.

    bash benchmarks/gpu.sh                          (or: python -m benchmarks.card)
    bash benchmarks/gpu.sh --device cpu --small     where there is no card: that it runs, not how fast

The demo models, and models of the published sizes with random weights (benchmarks/true_size.py), each in a process of
its own. “From samples” is the engine alone with full batches of half a minute; “from a file” is the whole program with
a recording of `--minutes`, which is the sample over and over. Medians of `--rounds` after one to warm up.
"""

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.peers import recording
from transcriber.options import TranscribeOptions

DEMOS = Path(__file__).resolve().parent.parent / "demo_models"
PIECE = 30
"""Seconds of a piece of a full batch."""


def write_true_size(name: str, path: Path, scratch: Path) -> None:
    import torch

    from benchmarks import true_size

    if name == "whisper":
        true_size.write_whisper_turbo(path, torch.float16)
    else:
        true_size.write_parakeet(name, path, scratch)


def measure(name: str, models: Path, folder: Path, args: argparse.Namespace) -> dict[str, Any]:
    """One model, in this process."""
    import numpy as np
    import soundfile
    import torch

    from transcriber.pipeline.transcriber import Transcriber

    transcriber = Transcriber(models)
    options = TranscribeOptions(name, args.device, language="en")
    began = time.perf_counter()
    engine = transcriber.load(options)
    loading = time.perf_counter() - began
    audio, _ = soundfile.read(recording(folder, PIECE), dtype="float32")
    batch = [np.roll(audio, at) for at in range(engine.batch_size)]
    path = recording(folder, round(60 * args.minutes))

    def seconds(work: Any) -> float:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began

    def median(work: Any) -> float:
        return statistics.median([seconds(work) for _ in range(1 + args.rounds)][1:])

    return {
        "loading": loading,
        "samples": PIECE * len(batch) / median(lambda: engine.transcribe(batch, options)),
        "file": 60 * args.minutes / median(lambda: transcriber.transcribe(path, options)),
        "memory": torch.cuda.max_memory_allocated() / 1e9 if engine.device != "cpu" else None,
    }


def machine(device: str) -> str:
    import torch

    there = torch.cuda.is_available() and device != "cpu"
    return torch.cuda.get_device_name() if there else f"the processor ({platform.machine()})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--small", action="store_true", help="the demo models only, and a shorter recording")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    args.minutes = args.minutes or (2 if args.small else 60)
    if args.measure:
        name, models = args.measure
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(measure(name, Path(models), Path(folder), args)))
        return
    print(f"On {machine(args.device)}, a recording of {args.minutes:g} minutes:\n")
    print("| model | loading, s | × real time, from samples | from a file | card's memory, GB |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        wanted = [(f"demo {name}", name, DEMOS) for name in ("parakeet", "canary", "whisper")]
        for name in () if args.small else ("parakeet", "parakeet-v3", "whisper"):
            path = Path(folder) / (f"{name}.pt" if name == "whisper" else f"{name}.nemo")
            write_true_size(name, path, Path(folder))
            wanted.append((f"{name}, true size", name, Path(folder)))
        for title, name, models in wanted:
            command = [sys.executable, "-m", "benchmarks.card", "--measure", name, str(models), "--device", args.device]
            command += ["--minutes", str(args.minutes), "--rounds", str(args.rounds)]
            answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()[-1]
            one = json.loads(answer)
            memory = "–" if one["memory"] is None else f"{one['memory']:.2f}"
            print(
                f"| {title} | {one['loading']:.1f} | {one['samples']:.0f} | {one['file']:.0f} | {memory} |", flush=True
            )


if __name__ == "__main__":
    main()
