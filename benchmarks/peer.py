"""One program that transcribes, in a process and an environment of its own: what peers.py asks and compares.

    python benchmarks/peer.py WAY MODEL THREADS

loads the model, then reads the path of a recording from each line of standard input and answers with a line of JSON:
its words, the seconds from the path to the words, and the most resident memory so far in GB. Only the libraries of its
way are imported.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

Hear = Callable[[str], str]


def ours(model: Path, threads: int) -> Hear:
    import torch

    from transcriber.options import TranscribeOptions
    from transcriber.pipeline import Transcriber

    torch.set_num_threads(threads)
    transcriber, options = Transcriber(model.parent), TranscribeOptions(model.stem, "cpu", language="en")
    return lambda path: transcriber.transcribe(path, options).text


def unguarded(model: Path, threads: int) -> Hear:
    """Ours without hearing again what seems to be missing or repeated, which with random weights is all."""
    import torch

    from transcriber.audio import Recording
    from transcriber.chunking import chunks
    from transcriber.engines import load_engine
    from transcriber.options import TranscribeOptions
    from transcriber.vad import heard

    torch.set_num_threads(threads)
    options = TranscribeOptions(model.stem, "cpu", language="en")
    engine = load_engine(options, model.parent)

    def hear(path: str) -> str:
        with Recording(Path(path)) as recording:
            pieces = [chunk.samples for chunk in chunks(heard(recording.blocks()), engine.longest)]
        batches = (pieces[at : at + engine.batch_size] for at in range(0, len(pieces), engine.batch_size))
        return " ".join(
            word.text for batch in batches for one in engine.transcribe(batch, options) for word in one.words
        )

    return hear


def nemo(model: Path, threads: int) -> Hear:
    import torch
    from nemo.collections.asr.models import ASRModel

    torch.set_num_threads(threads)
    restored = ASRModel.restore_from(str(model), map_location="cpu").eval()
    return lambda path: restored.transcribe([path], batch_size=4, verbose=False)[0].text


def onnx_asr(model: Path, threads: int) -> Hear:
    import onnx_asr as library
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    there = {"sess_options": settings, "providers": ["CPUExecutionProvider"]}
    heard = library.load_model("nemo-conformer-tdt", model, **there)
    listener = library.load_vad("silero", os.environ["SILERO"], **there)
    by_parts = heard.with_vad(listener)

    def hear(path: str) -> str:
        import soundfile

        if soundfile.info(path).duration <= 30:
            return heard.recognize(path)
        return " ".join(part.text for part in by_parts.recognize(path))

    return hear


def openai_whisper(model: Path, threads: int, word_timestamps: bool = False) -> Hear:
    import torch
    import whisper

    torch.set_num_threads(threads)
    loaded = whisper.load_model(str(model), device="cpu")
    asked = {
        "language": "en",
        "fp16": False,
        "condition_on_previous_text": False,
        "word_timestamps": word_timestamps,
    }

    def hear(path: str) -> str:
        import soundfile

        samples, _ = soundfile.read(path, dtype="float32")  # its own decoder is ffmpeg's command line
        return loaded.transcribe(samples, **asked)["text"]

    return hear


def faster_whisper(model: Path, threads: int, word_timestamps: bool = False) -> Hear:
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    loaded = WhisperModel(str(model), device="cpu", compute_type="int8", cpu_threads=threads)
    batched = BatchedInferencePipeline(loaded)
    # The demo model was trained with times only, as we ask for them, too.
    asked = {
        "language": "en",
        "beam_size": 1,
        "batch_size": 8,
        "without_timestamps": False,
        "word_timestamps": word_timestamps,
    }
    return lambda path: " ".join(part.text for part in batched.transcribe(path, **asked)[0])


WAYS = {
    "ours": ours,
    "unguarded": unguarded,
    "nemo": nemo,
    "onnx-asr": onnx_asr,
    "openai-whisper": openai_whisper,
    "openai-whisper, word times": partial(openai_whisper, word_timestamps=True),
    "faster-whisper": faster_whisper,
    "faster-whisper, word times": partial(faster_whisper, word_timestamps=True),
}


def most_memory() -> float:
    """GB of this process at most so far; Linux only."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1e6


def main() -> None:
    way, model, threads = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    hear = WAYS[way](Path(model), int(threads))
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        began = time.perf_counter()
        text = hear(line.strip())
        seconds = time.perf_counter() - began
        memory = most_memory()
        print(json.dumps({"seconds": seconds, "words": text.split(), "memory": memory}), file=answers, flush=True)


if __name__ == "__main__":
    main()
