"""Whisper at the published sizes: our batches against openai-whisper's transcribe(), on the processor.

    python -m benchmarks.whisper [base small large-v3-turbo]

Random weights hear noise. In their embedding the rows of the end and of all times are zero, so that both sides write
just as many tokens in each window (half of the text context, which is 240: four a second), and neither tries again at
another temperature. Ours computes in what is quickest here, openai-whisper in float32, as it does on a processor. Ours
always times the words. The ways take turns, after one round to warm up. The same with trained weights and from the file
on, but small: benchmarks/peers.py.
"""

import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
import whisper
from whisper.model import ModelDimensions
from whisper.model import Whisper as Model
from whisper.tokenizer import get_tokenizer

from benchmarks import turns
from transcriber.audio.samples import SAMPLE_RATE
from transcriber.engines.whisper import search
from transcriber.engines.whisper.decoding import Whisper
from transcriber.engines.whisper.engine import fastest_type, restore

SIZES = {"base": (512, 8, 6, 6), "small": (768, 12, 12, 12), "large-v3-turbo": (1280, 20, 32, 4)}
"""Width, heads, and layers of encoder and decoder of the published models."""
WINDOWS = 4


def write(path: Path, name: str) -> None:
    """A multilingual checkpoint that writes as many tokens as it may in each window."""
    width, heads, encoders, decoders = SIZES[name]
    torch.manual_seed(0)
    model = Model(ModelDimensions(80, 1500, width, heads, encoders, 51865, 240, width, heads, decoders))
    torch.nn.init.normal_(model.decoder.positional_embedding, std=0.1)
    with torch.no_grad():
        model.decoder.token_embedding.weight[get_tokenizer(True, num_languages=99).eot :] = 0
    torch.save({"dims": asdict(model.dims), "model_state_dict": model.state_dict()}, path)


def ways(path: Path, name: str) -> dict[str, Callable[[], Any]]:
    """Each hears as many pieces of half a minute."""
    rng = np.random.default_rng(0)
    pieces = [rng.normal(0, 0.1, 30 * SAMPLE_RATE).astype(np.float32) for _ in range(WINDOWS)]
    quick, exact = restore(path, "cpu", fastest_type("cpu")), restore(path, "cpu", "float32")
    for model in (quick, exact):
        model.set_alignment_heads(whisper._ALIGNMENT_HEADS[name])
    mine = Whisper(quick)

    def theirs(with_times: bool) -> None:
        for piece in pieces:
            exact.transcribe(
                piece,
                language="en",
                fp16=False,
                condition_on_previous_text=False,
                temperature=0.0,
                logprob_threshold=None,
                word_timestamps=with_times,
            )

    return {
        "ours": lambda: mine.transcribe(pieces, "en", "transcribe", ""),
        "openai-whisper": lambda: theirs(False),
        "openai-whisper, word times": lambda: theirs(True),
    }


def compare(name: str, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "whisper.pt")
        write(path, name)
        turns.compare(name, ways(path, name), rounds, 30 * WINDOWS)


def main() -> None:
    search.temperatures = lambda first: [first]
    turns.run(__doc__.splitlines()[0], SIZES, compare)


if __name__ == "__main__":
    main()
