"""What loading a frozen model costs: the library's own way against ours, side by side, at true size.

    python -m benchmarks.load --folder /a/disk/with/5/GB

Each loading is a process of its own, the two ways in turn; the file was read before, so that both find it in memory,
and the import of the libraries is not counted. Ours includes all checks of the archive. Both models must be equal.
Linux only: memory is what /proc says.
"""

import argparse
import gc
import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from benchmarks import true_size

WAYS = ("plain", "ours")
MODELS = (*true_size.PARAKEETS, "whisper-float16", "whisper-float32")
FIGURES = {
    "processor": "processor time, s",
    "wall": "wall time, s",
    "private": "private memory added, GB",
    "peak": "most private memory added, GB",
    "written": "temporary files, MB",
}


def load(way: str, path: Path) -> Any:
    if path.suffix == ".pt":
        if way == "plain":
            import whisper

            return whisper.load_model(str(path), device="cpu")
        from transcriber.engines.whisper import checkpoint

        return checkpoint.restore(path, "cpu", sha256="known")
    if way == "plain":
        from nemo.collections.asr.models import ASRModel

        return ASRModel.restore_from(str(path), map_location="cpu")
    from transcriber.engines.nemo import checkpoint

    return checkpoint.restore(path, "cpu")


def import_libraries(path: Path) -> None:
    if path.suffix == ".pt":
        import whisper  # noqa: F401

        import transcriber.engines.whisper.checkpoint
    else:
        from transcriber.engines.nemo.checkpoint import import_nemo

        import_nemo()
        import transcriber.engines.nemo.connector  # noqa: F401


def private_memory() -> float:
    """GB of this process that are no part of any file: the kernel's own count, which costs nothing to read."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")) / 1e6


def written() -> float:
    """MB that this process wrote into files."""
    lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("wchar:")) / 1e6


class PeakMemory(threading.Thread):
    """Looks at the private memory ten times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak, self.ended = 0.0, threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.1):
            self.peak = max(self.peak, private_memory())


def measure(way: str, path: Path) -> dict[str, Any]:
    """One loading, in this process."""
    import_libraries(path)
    gc.collect()
    before, written_before = private_memory(), written()
    peak = PeakMemory()
    peak.start()
    wall, processor = time.perf_counter(), time.process_time()
    model = load(way, path)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    peak.ended.set()
    peak.join()
    temporary = written() - written_before
    gc.collect()
    after = private_memory()
    digest = hashlib.blake2b()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode() + tensor.contiguous().flatten().numpy().data)
    return {
        "processor": processor,
        "wall": wall,
        "private": after - before,
        "peak": max(peak.peak, after) - before,
        "written": temporary,
        "digest": digest.hexdigest(),
    }


def write(model: str, folder: Path) -> Path:
    """The archive or checkpoint of a model, in `folder`."""
    import torch

    if model in true_size.PARAKEETS:
        path = folder / f"{model}.nemo"
        true_size.write_parakeet(model, path, folder)
    else:
        path = folder / f"{model}.pt"
        true_size.write_whisper_turbo(path, getattr(torch, model.removeprefix("whisper-")))
    return path


def run(*arguments: object) -> str:
    """This program again, in a process of its own; the last line that it prints."""
    command = [sys.executable, "-m", "benchmarks.load", *map(str, arguments)]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()[-1]


def compare(model: str, folder: Path, rounds: int) -> None:
    path = Path(run(model, "--write", folder))
    with path.open("rb") as file:
        while file.read(1 << 24):
            pass
    runs: dict[str, list[dict[str, Any]]] = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way in WAYS:
            runs[way].append(json.loads(run(path, "--measure", way)))
    assert len({one["digest"] for way in WAYS for one in runs[way]}) == 1, "the weights differ"
    print(f"\n| {model}, {path.stat().st_size / 1e9:.2f} GB | ours / plain | ours | plain |\n|---|---|---|---|")
    for figure, name in FIGURES.items():
        plain, ours = ([one[figure] for one in runs[way]] for way in ("plain", "ours"))
        ratio = statistics.median(ours) / max(statistics.median(plain), 1e-9)
        print(f"| {name} | **{ratio:.3f}** | {spread(ours)} | {spread(plain)} |", flush=True)


def spread(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f}–{max(values):.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", default=MODELS)
    parser.add_argument("--folder", type=Path, help="where the model is written, and deleted again")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--measure", choices=WAYS, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.write:
        print(write(args.models[0], args.write))
    elif args.measure:
        print(json.dumps(measure(args.measure, Path(args.models[0]))))
    else:
        for model in args.models:
            with tempfile.TemporaryDirectory(dir=args.folder) as folder:
                compare(model, Path(folder), args.rounds)


if __name__ == "__main__":
    main()
