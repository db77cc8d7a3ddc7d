"""Ways to do the same, in turn."""

import argparse
import statistics
import time
from collections.abc import Callable, Iterable
from typing import Any

import torch

from benchmarks.load import spread
from transcriber.models.devices import fastest_type

HEAD = """\
| size | way | its time / ours | time, s | × real time |
|---|---|---|---|---|"""


def run(description: str, sizes: Iterable[str], measure: Callable[[str, int], None]) -> None:
    """Measure each size that the command line asks for, in so many rounds; print the table's head before."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("models", nargs="*", default=[*sizes], metavar="MODEL")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    print(f"threads {args.threads}, the quickest type here is {fastest_type('cpu')}\n\n{HEAD}")
    for name in args.models:
        measure(name, args.rounds)


def compare(size: str, ways: dict[str, Callable[[], Any]], rounds: int, audio: float) -> dict[str, Any]:
    """Print a row for each way, of which the first is ours, and return what each made last.

    They take turns, after one round to warm up. `audio`: the seconds that each hears.
    """
    times: dict[str, list[float]] = {way: [] for way in ways}
    made = {}
    for _ in range(1 + rounds):
        for way, run in ways.items():
            start = time.perf_counter()
            made[way] = run()
            times[way].append(time.perf_counter() - start)
    medians = {way: statistics.median(counted) for way, (_, *counted) in times.items()}
    ours = next(iter(medians.values()))
    for way, (_, *counted) in times.items():
        cells = size, way, f"**{medians[way] / ours:.2f}**", spread(counted), f"{audio / medians[way]:.1f}"
        print("|", " | ".join(cells), "|", flush=True)
    return made
