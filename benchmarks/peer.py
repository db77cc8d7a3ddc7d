"""One program that transcribes, in a process and an environment of its own: what peers.py starts and asks.

    python benchmarks/peer.py WAY MODEL THREADS

loads the model, then reads a request from each line of standard input, {"path": …, "language": "en" or "auto", "task":
"transcribe" or "translate"}, and answers with a line of JSON: the text, its words, their times where the way has them
([word, start, end] in seconds), the language that was found, the seconds from the path to the text, the processor's
seconds of all its threads meanwhile, and the peak resident memory so far in GB (Linux). Only its way's libraries are
imported.

A way is a program and, behind hyphens, how it is asked, as in faster-whisper-batched-beam5-words:

    beam5                    the width of the beam; without it each has its default (openai-whisper 1, faster-whisper 5)
    words                    with times of words
    unconditioned            without the text before a window as context (openai-whisper, faster-whisper-sequential)
    timestamps               with timestamp tokens (faster-whisper-batched, which leaves them out by itself)
    int8 bfloat16 float32 …  what it computes in (ours; of faster-whisper the conversion decides, see peers.weights)
"""

import json
import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Heard:
    """What a program made of one recording."""

    text: str
    language: str | None = None
    """ISO 639 code, where the program says which it was."""
    times: tuple[tuple[str, float, float], ...] = ()
    """(word, start, end) in seconds, where it was asked for them."""


Hear = Callable[[str, str, str], Heard]
"""Of a path, a language or "auto", and a task."""


def ours(model: Path, threads: int, beam_size: int | None = None, compute_type: str = "auto") -> Hear:
    from transcriber.models.devices import limit_thread_spinning

    limit_thread_spinning()  # as the program's own doors do
    import torch

    from transcriber.options import TranscribeOptions
    from transcriber.pipeline.transcriber import Transcriber

    if threads:
        torch.set_num_threads(threads)
    beam = {} if beam_size is None else {"beam_size": beam_size}
    options = TranscribeOptions(model.stem, "cpu", compute_type=compute_type, **beam)
    transcriber = Transcriber(model.parent)

    def hear(path: str, language: str, task: str) -> Heard:
        target = "en" if task == "translate" and language != "en" else ""
        transcript = transcriber.transcribe(path, replace(options, language=language, translate_to=target))
        words = [word for segment in transcript.segments for word in segment.words if word.start is not None]
        return Heard(transcript.text, transcript.language, tuple((word.text, *word.span) for word in words))

    return hear


def unguarded(model: Path, threads: int) -> Hear:
    """Ours without hearing again what seems to be missing or repeated, which with random weights is all."""
    import torch

    from transcriber.audio.recording import Recording
    from transcriber.engines.loading import load_engine
    from transcriber.options import TranscribeOptions
    from transcriber.pipeline.chunking import chunks
    from transcriber.pipeline.vad import detect_speech

    torch.set_num_threads(threads)
    options = TranscribeOptions(model.stem, "cpu", language="en")
    engine = load_engine(options, model.parent)

    def hear(path: str, language: str, task: str) -> Heard:
        with Recording(Path(path)) as recording:
            pieces = [chunk.samples for chunk in chunks(detect_speech(recording.blocks()), engine.max_audio_seconds)]
        batches = (pieces[at : at + engine.batch_size] for at in range(0, len(pieces), engine.batch_size))
        words = [word for batch in batches for one in engine.transcribe(batch, options) for word in one.words]
        return Heard(" ".join(word.text for word in words))

    return hear


def nemo(model: Path, threads: int) -> Hear:
    import torch
    from nemo.collections.asr.models import ASRModel

    torch.set_num_threads(threads)
    restored = ASRModel.restore_from(str(model), map_location="cpu").eval()
    return lambda path, *_: Heard(restored.transcribe([path], batch_size=4, verbose=False)[0].text)


def onnx_asr(model: Path, threads: int) -> Hear:
    import onnx_asr as library
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    there = {"sess_options": settings, "providers": ["CPUExecutionProvider"]}
    heard = library.load_model("nemo-conformer-tdt", model, **there)
    listener = library.load_vad("silero", os.environ["SILERO"], **there)
    by_parts = heard.with_vad(listener)

    def hear(path: str, language: str, task: str) -> Heard:
        import soundfile

        if soundfile.info(path).duration <= 30:
            return Heard(heard.recognize(path))
        return Heard(" ".join(part.text for part in by_parts.recognize(path)))

    return hear


def openai_whisper(
    model: Path, threads: int, beam_size: int | None = None, words: bool = False, unconditioned: bool = False
) -> Hear:
    import torch
    import whisper

    if threads:
        torch.set_num_threads(threads)
    loaded = whisper.load_model(str(model), device="cpu")
    official = model.stem.removeprefix("whisper-")  # its own download would set them: they are not in the file
    if official in whisper._ALIGNMENT_HEADS:
        loaded.set_alignment_heads(whisper._ALIGNMENT_HEADS[official])
    asked = {
        "fp16": False,
        "beam_size": beam_size,
        "word_timestamps": words,
        "condition_on_previous_text": not unconditioned,
    }

    def hear(path: str, language: str, task: str) -> Heard:
        import soundfile

        samples, _ = soundfile.read(path, dtype="float32")  # its own decoder is ffmpeg's command line
        made = loaded.transcribe(samples, language=None if language == "auto" else language, task=task, **asked)
        times = [word for segment in made["segments"] for word in segment.get("words", ())]
        return Heard(
            made["text"], made["language"], tuple((word["word"], word["start"], word["end"]) for word in times)
        )

    return hear


def faster_whisper(is_batched: bool, model: Path, threads: int, compute_type: str = "int8", **given: Any) -> Hear:
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    loaded = WhisperModel(str(model), device="cpu", compute_type=compute_type, cpu_threads=threads)
    program = BatchedInferencePipeline(loaded) if is_batched else loaded
    names = {"words": "word_timestamps", "beam_size": "beam_size"}
    asked: dict[str, Any] = {names[name]: setting for name, setting in given.items() if name in names}
    if given.get("timestamps"):
        asked["without_timestamps"] = False
    if given.get("unconditioned"):
        asked["condition_on_previous_text"] = False

    def hear(path: str, language: str, task: str) -> Heard:
        parts, about = program.transcribe(path, language=None if language == "auto" else language, task=task, **asked)
        segments = list(parts)
        times = tuple((word.word, word.start, word.end) for part in segments for word in part.words or ())
        return Heard(" ".join(part.text.strip() for part in segments), about.language, times)

    return hear


PROGRAMS: dict[str, Callable[..., Hear]] = {
    "ours": ours,
    "unguarded": unguarded,
    "nemo": nemo,
    "onnx-asr": onnx_asr,
    "openai-whisper": openai_whisper,
    "faster-whisper-batched": partial(faster_whisper, True),
    "faster-whisper-sequential": partial(faster_whisper, False),
}
COMPUTE_TYPES = ("int8", "int8_float32", "float16", "bfloat16", "float32")
FLAGS = ("words", "unconditioned", "timestamps")


def parse(way: str) -> tuple[str, dict[str, Any]]:
    """The program of a way, and how it is asked. Raises ValueError for an unknown one."""
    program = next((name for name in PROGRAMS if way == name or way.startswith(f"{name}-")), "")
    if not program:
        raise ValueError(f"no program is called {way}; there are {', '.join(PROGRAMS)}")
    settings: dict[str, Any] = {}
    for part in filter(None, way.removeprefix(program).split("-")):
        if width := re.fullmatch(r"beam(\d+)", part):
            settings["beam_size"] = int(width[1])
        elif part in COMPUTE_TYPES:
            settings["compute_type"] = part
        elif part in FLAGS:
            settings[part] = True
        else:
            raise ValueError(f"{way}: “{part}” is nothing that {program} can be asked for")
    return program, settings


def most_memory() -> float:
    """GB of this process at most so far; Linux only."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1e6


def main() -> None:
    way, model, threads = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    program, settings = parse(way)
    hear = PROGRAMS[program](Path(model), int(threads), **settings)
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        began, worked = time.perf_counter(), time.process_time()
        heard = hear(asked["path"], asked["language"], asked["task"])
        times = {"seconds": time.perf_counter() - began, "processor": time.process_time() - worked}
        answer = {**times, "words": heard.text.split(), "memory": most_memory(), **asdict(heard)}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
