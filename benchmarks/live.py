"""How far captions are behind the speech, and how many of their words are right.

    python -m benchmarks.live ../shared/data [--model whisper-base] [--seconds 600] [--beside 1] [--compute-type int8]

The reading of 25 minutes is played in real time, a piece of half a second at a time as the page sends it, and over and
over where more is asked for. A word's delay is the time from its end, as it is settled, until it is shown for the first
time in its place (“shown”), and until it can change no more (“settled”). WER is counted as real_speech.py does it,
against what was read; “whole” is that of the same recording as a file. `--beside`: so many processes that never wait
work meanwhile. Memory is the process's own, at the beginning (after one minute) and at the end.
"""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import psutil
import soundfile
import torch

from benchmarks.conditions import RATE
from benchmarks.real_speech import arguments, long
from benchmarks.scoring import score
from benchmarks.under_load import busy
from transcriber.live.captions import Captions
from transcriber.live.session import CaptionSession
from transcriber.models.devices import limit_thread_spinning
from transcriber.options import TranscribeOptions
from transcriber.pipeline.transcriber import Transcriber
from transcriber.transcript import Word, joined, normal

PIECE_SECONDS = 0.5


@dataclass
class Told:
    """What was told, and when, in seconds from the beginning of the recording."""

    words: list[Word] = field(default_factory=list)
    settled_at: list[float] = field(default_factory=list)
    shown_at: dict[tuple[int, str], float] = field(default_factory=dict)
    """By its place in the text and how it is written."""

    def add(self, captions: Captions, now: float) -> None:
        for place, word in enumerate((*captions.settled, *captions.unsettled), len(self.words)):
            self.shown_at.setdefault((place, normal(word.text)), now)
        self.words += captions.settled
        self.settled_at += [now] * len(captions.settled)

    @property
    def settled_delays(self) -> np.ndarray:
        return np.array([at - word.span[1] for at, word in zip(self.settled_at, self.words, strict=True)])

    @property
    def shown_delays(self) -> np.ndarray:
        shown = [self.shown_at[place, normal(word.text)] for place, word in enumerate(self.words)]
        return np.array([at - word.span[1] for at, word in zip(shown, self.words, strict=True)])


def listen(session: CaptionSession, samples: np.ndarray) -> tuple[Told, list[float]]:
    """In real time; and the memory of each minute, GB."""
    told, memory, process, fed = Told(), [], psutil.Process(), 0
    session.step()  # loads the model
    began = time.perf_counter()
    while not session.is_settled:
        now = time.perf_counter() - began
        due = min(int(now / PIECE_SECONDS) * round(PIECE_SECONDS * RATE), len(samples))
        if due > fed:
            session.add(samples[fed:due])
            fed = due
            if fed == len(samples):
                session.finish()
        if session.is_due:
            captions = session.step()
            told.add(captions, time.perf_counter() - began)
        else:
            time.sleep(0.01)
        if now / 60 > len(memory):
            memory.append(process.memory_info().rss / 1e9)
    return told, memory


def figures(delays: np.ndarray) -> str:
    return " | ".join(f"{value:.2f}" for value in (np.median(delays), np.quantile(delays, 0.95), delays.max()))


def whole(transcriber: Transcriber, samples: np.ndarray, options: TranscribeOptions) -> str:
    """What the program writes of the same as a file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "whole.wav"
        soundfile.write(path, samples, RATE)
        return transcriber.transcribe(path, options).text


def reading(data: Path, seconds: float) -> tuple[np.ndarray, str]:
    """Samples of so many seconds, cut behind a sentence, and what is read in them."""
    (recording,) = long(data)
    sentences = json.loads(recording.path.with_suffix(".json").read_text(encoding="utf-8"))
    rounds = [recording.samples()] * int(1 + seconds // sentences[-1]["end"])
    length, text = 0.0, []
    while length < seconds:
        for sentence in sentences:
            if length + sentence["end"] > seconds and text:
                return np.concatenate(rounds)[: round((length + sentence["start"]) * RATE)], " ".join(text)
            text.append(sentence["text"])
        length += len(rounds[0]) / RATE
    return np.concatenate(rounds), " ".join(text)


def main() -> None:
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--beside", type=int, default=0, metavar="N")
    parser.add_argument("--compute-type", default="auto")
    args = parser.parse_args()
    limit_thread_spinning()
    torch.set_num_threads(args.threads)
    samples, said = reading(args.data, args.seconds)
    options = TranscribeOptions(args.model, "cpu", compute_type=args.compute_type)
    transcriber = Transcriber(args.models_dir)
    session = CaptionSession(lambda: transcriber.load_models(options), options)
    with busy(args.beside):
        told, memory = listen(session, samples)
    text = joined(told.words)
    rates = [100 * score(said, written).wer for written in (text, whole(transcriber, samples, options))]
    figures_of = (f"{name}, s: median | 95 % | most" for name in ("shown", "settled"))
    print("| words |", " | ".join(figures_of), "| WER % | whole | GB, first | last |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    print(
        f"| {len(told.words)} | {figures(told.shown_delays)} | {figures(told.settled_delays)} "
        f"| {rates[0]:.2f} | {rates[1]:.2f} | {memory[0]:.2f} | {memory[-1]:.2f} |"
    )
    if args.keep:
        args.keep.mkdir(parents=True, exist_ok=True)
        (args.keep / "live.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
