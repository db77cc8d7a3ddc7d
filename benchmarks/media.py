"""How fast an hour of a recording becomes samples, beside FFmpeg's command line and soundfile with soxr.

    python -m benchmarks.media [--minutes 60] [--rounds 3] [--ffmpeg ffmpeg]

The sample over and over, in stereo at 44.1 kHz, as mp3 and m4a (128 kbit/s), flac and wav, to one channel of float32 at
16 kHz, in blocks. Each way in a process of its own on one and the same core, in turn; their start does not count.
Memory is the most that was resident; Python with numpy is most of it. Soundfile reads no m4a.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.peers import SAMPLE
from transcriber.audio.samples import SAMPLE_RATE

FORMATS = ("mp3", "m4a", "flac", "wav")
RATE = 44_100
BLOCK = 10 * RATE


def ours(path: Path) -> Iterator[np.ndarray]:
    from transcriber.audio.recording import Recording

    with Recording(path) as recording:
        yield from recording.blocks()


def command_line(path: Path, program: str) -> Iterator[np.ndarray]:
    command = [program, "-nostdin", "-v", "error", "-threads", "1", "-i", path]
    command += ["-ac", "1", "-ar", str(SAMPLE_RATE), "-f", "f32le", "-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        while content := process.stdout.read(4 * 10 * SAMPLE_RATE):
            yield np.frombuffer(content, np.float32)


def soundfile_and_soxr(path: Path) -> Iterator[np.ndarray]:
    import soundfile
    import soxr

    resampler = soxr.ResampleStream(RATE, SAMPLE_RATE, 1, "float32")
    with soundfile.SoundFile(path) as file:
        for block in file.blocks(BLOCK, dtype="float32"):
            yield resampler.resample_chunk((block[:, 0] + block[:, 1]) * np.float32(0.5))
    yield resampler.resample_chunk(np.zeros(0, np.float32), last=True)


def write(path: Path, seconds: int, program: str) -> None:
    """The sample over and over."""
    command = [program, "-nostdin", "-v", "error", "-stream_loop", "-1", "-i", SAMPLE, "-t", str(seconds)]
    subprocess.run([*command, "-ac", "2", "-ar", str(RATE), "-b:a", "128k", path], check=True)


def measure(way: str, path: Path, ffmpeg: str) -> None:
    """Read the file in this process and print seconds, samples and MB."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    ways: dict[str, Callable[[Path], Iterator[np.ndarray]]] = {
        "ours": ours,
        "ffmpeg": lambda path: command_line(path, ffmpeg),
        "soundfile + soxr": soundfile_and_soxr,
    }
    who = resource.RUSAGE_CHILDREN if way == "ffmpeg" else resource.RUSAGE_SELF
    next(blocks := ways[way](path))  # libraries are imported
    blocks.close()
    began = time.perf_counter()
    samples = sum(len(block) for block in ways[way](path))
    seconds = time.perf_counter() - began
    memory = resource.getrusage(who).ru_maxrss / 1e3
    print(json.dumps({"seconds": seconds, "samples": samples, "memory": memory}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ffmpeg", default="ffmpeg")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        way, path = args.measure
        measure(way, Path(path), args.ffmpeg)
        return
    ways = ("ours", "ffmpeg", "soundfile + soxr")
    print("| file | ours / the best of them | " + " | ".join(f"{way}: × real time | MB" for way in ways) + " |")
    print("|" + "---|" * (2 + 2 * len(ways)))
    with tempfile.TemporaryDirectory() as folder:
        for kind in FORMATS:
            path = Path(folder) / f"hour.{kind}"
            write(path, 60 * args.minutes, args.ffmpeg)
            able = [way for way in ways if not (kind == "m4a" and "soundfile" in way)]
            heard: dict[str, list[dict[str, float]]] = {way: [] for way in able}
            for _ in range(args.rounds):
                for way in able:
                    command = [sys.executable, "-m", "benchmarks.media", "--ffmpeg", args.ffmpeg]
                    command += ["--measure", way, str(path)]
                    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
                    heard[way].append(json.loads(answer))
            samples = {round(one["samples"] / SAMPLE_RATE) for many in heard.values() for one in many}
            assert max(samples) - min(samples) <= 1, samples
            speeds = {way: [60 * args.minutes / one["seconds"] for one in many] for way, many in heard.items()}
            middle = {way: statistics.median(many) for way, many in speeds.items()}
            best = max(value for way, value in middle.items() if way != "ours")
            cells = [kind, f"**{middle['ours'] / best:.2f}**"]
            for way in ways:
                cells += (
                    [
                        f"{middle[way]:.0f} ({min(speeds[way]):.0f}–{max(speeds[way]):.0f})",
                        f"{max(one['memory'] for one in heard[way]):.0f}",
                    ]
                    if way in able
                    else ["–", "–"]
                )
            print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
