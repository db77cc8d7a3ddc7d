"""Whisper: our batches against openai-whisper's transcribe(), with the same weights on the same pieces of sound.

    python -m benchmarks.whisper

The demo model hears the sample recording again and again, each time a piece. The models of true size have random
weights and hear noise; in their embedding the rows of the end and of all times are zero, so that both sides write just
as many tokens in each window (half of the text context, which is 240: four a second), and neither tries again at
another temperature. All in float32; the ways take turns. Ours always times the words. A single round has no warm-up.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import soundfile
import torch
from kaldialign import edit_distance
from whisper.model import ModelDimensions
from whisper.model import Whisper as Model
from whisper.tokenizer import get_tokenizer

from benchmarks.load import spread
from tests.conftest import DEMO_MODELS, RATE, SAMPLE
from transcriber.decoding import whisper_greedy
from transcriber.decoding.whisper import Whisper
from transcriber.engines.whisper import restore

SAMPLES = {"10 s": 0.5, "60 s": 3, "10 min": 30}
"""How often the sample recording of 20 s is heard."""
SIZES = {"base": (512, 8, 6), "small": (768, 12, 12)}
"""Width, heads and layers of the published models."""
WINDOWS = 4
Way = Callable[[], str]


def ways(model: Any, pieces: list[np.ndarray], batch: int, language: str | None, **options: Any) -> dict[str, Way]:
    """Each gives the text. openai-whisper hears what it wrote before in no window, as ours."""

    def ours() -> str:
        decoder, parts = Whisper(model), []
        for at in range(0, len(pieces), batch):
            for heard in decoder.transcribe(pieces[at : at + batch], language, "transcribe", ""):
                parts += [segment["text"] for segment in heard.segments]
        return "".join(parts)

    def theirs(with_times: bool) -> str:
        asked = {"language": language, "fp16": False, "condition_on_previous_text": False, **options}
        return "".join(model.transcribe(piece, word_timestamps=with_times, **asked)["text"] for piece in pieces)

    return {"ours": ours, "openai": lambda: theirs(False), "openai, word times": lambda: theirs(True)}


def compare(title: str, seconds: float, made: dict[str, Way], rounds: int, truth: list[str] | None = None) -> None:
    """A row for each way."""
    texts = {way: run() for way, run in made.items() if rounds > 1}
    wall: dict[str, list[float]] = {way: [] for way in made}
    processor: dict[str, list[float]] = {way: [] for way in made}
    for _ in range(rounds):
        for way, run in made.items():
            start, start_processor = time.perf_counter(), time.process_time()
            texts[way] = run()
            wall[way].append(time.perf_counter() - start)
            processor[way].append(time.process_time() - start_processor)
    for way, times in wall.items():
        ratio = statistics.median(times) / statistics.median(wall["ours"])
        of_processor = statistics.median(processor[way]) / statistics.median(processor["ours"])
        error = f"{edit_distance(truth, texts[way].split())['total'] / len(truth):.1%}" if truth else "–"
        same = "yes" if texts[way] == texts["ours"] else "no"
        speed = seconds / statistics.median(times)
        cells = f"**{ratio:.2f}**", f"**{of_processor:.2f}**", spread(times), f"{speed:.1f}", error, same
        print("|", " | ".join((title, way, *cells)), "|", flush=True)


def demo(rounds: int, batch: int, language: str | None) -> None:
    model = restore(DEMO_MODELS / "whisper.pt", "cpu", "float32")
    audio = soundfile.read(SAMPLE, dtype="float32")[0]
    words = json.loads(SAMPLE.with_suffix(".json").read_text(encoding="utf-8"))["words"]
    half = [word for word in words if word["end"] < 10]
    for title, times in SAMPLES.items():
        pieces, said = [audio] * int(times), words * int(times)
        if times < 1:
            pieces, said = [audio[: int((half[-1]["end"] + words[len(half)]["start"]) / 2 * RATE)]], half
        made = ways(model, pieces, batch, language)
        if times > 3:
            del made["openai"]
        seconds = sum(map(len, pieces)) / RATE
        compare(f"demo, {title}", seconds, made, rounds if times <= 3 else 1, [word["text"] for word in said])


def untrained(width: int, heads: int, layers: int) -> Any:
    """A multilingual model that writes as many tokens as it may in each window."""
    torch.manual_seed(0)
    model = Model(ModelDimensions(80, 1500, width, heads, layers, 51865, 240, width, heads, layers)).eval()
    tokenizer = get_tokenizer(True, num_languages=99)
    torch.nn.init.normal_(model.decoder.positional_embedding, std=0.1)
    with torch.no_grad():
        model.decoder.token_embedding.weight[tokenizer.eot :] = 0
    return model.requires_grad_(False)


def true_size(name: str, rounds: int, batch: int, language: str | None) -> None:
    model = untrained(*SIZES[name])
    rng = np.random.default_rng(0)
    pieces = [rng.normal(0, 0.1, 30 * RATE).astype(np.float32) for _ in range(WINDOWS)]
    whisper_greedy.temperatures = lambda first: [0.0]
    options = {"temperature": 0.0, "logprob_threshold": None}
    compare(name, 30.0 * WINDOWS, ways(model, pieces, batch, language, **options), rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", default=["demo", *SIZES])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--language", help="else it is found")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    print(f"batch {args.batch}, threads {args.threads}, language {args.language or 'found'}\n")
    print("| | way | its time / ours | its processor time / ours | time, s | RTFx | WER | text as ours |")
    print("|---|---|---|---|---|---|---|---|")
    for name in args.models:
        if name == "demo":
            demo(args.rounds, args.batch, args.language)
        else:
            true_size(name, args.rounds, args.batch, args.language)


if __name__ == "__main__":
    main()
