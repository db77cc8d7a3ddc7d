"""How far word times are off on real speech, at boundaries that are known: ours beside the others.

    python -m benchmarks.word_times ../shared/data [--model whisper-base] [--models-dir DIR]
        [--recordings librispeech long] [--ways ours openai-whisper-words …] [--keep DIR]

Utterances, cut where their sound begins and ends, are joined in another order with silences of known lengths between
them, to recordings of about two minutes. So it is known when the first word of each begins and when its last one ends,
as exactly as the sound tells: about 30 ms. The errors are those of these words, where they were written right, in
milliseconds; late is positive. “In silence” are words that reach further than 0.2 s into a silence, “impossible” ones
end before they begin, begin before the word in front of them, or last longer than 2 s. “From the first” is the median
distance of the middles of all words to those of the same words of the first way.
"""

import json
import random
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.conditions import RATE
from benchmarks.peers import REST
from benchmarks.real_speech import Keeper, Recording, arguments, known_way, librispeech, start_peers
from benchmarks.scoring import NOTHING, aligned
from transcriber.transcript import Word, normal

WAYS = (
    "ours",
    "faster-whisper-batched-words",
    "faster-whisper-sequential-words",
    "openai-whisper-words",
    "openai-whisper-beam5-words",
)
FRAME = RATE // 100
BELOW_DECIBELS, ABOVE_DECIBELS = 40, 10
"""An utterance's sound is what is no more than the first below its loudest 10 ms, and at least the second above the
quietest: on the recordings here 6, 10 and 15 dB above find the same place, but for 30 ms."""
SOUND_FRAMES = 3
"""In a row: a click is no sound of speech."""
GAP_SECONDS = (0.2, 2.0)
HISS = 1e-4
"""Of the silences: no microphone gives zeros."""
RECORDING_SECONDS = 120.0
SLACK_SECONDS = 0.2
LONGEST_SECONDS = 2.0
HEAD = """\
| recordings | way | boundaries | right words | start: median | 90 % | bias | end: median | 90 % | bias | in silence | impossible | from the first |
|---|---|---|---|---|---|---|---|---|---|---|---|---|"""  # noqa: E501


@dataclass(frozen=True)
class Utterance:
    text: str
    samples: np.ndarray
    """From where its sound begins to where it ends."""


@dataclass(frozen=True)
class Joined:
    """Utterances one after the other, and when each is spoken."""

    samples: np.ndarray
    texts: tuple[str, ...]
    spans: tuple[tuple[float, float], ...]
    """(start, end) of each utterance in seconds."""


@dataclass
class Errors:
    """Of one way, over all recordings."""

    boundaries: int = 0
    starts: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    """Seconds."""
    in_silence: int = 0
    impossible: int = 0
    distances: list[float] = field(default_factory=list)

    def cells(self) -> list[str]:
        def figures(errors: list[float]) -> list[str]:
            if not errors:
                return ["–"] * 3
            sizes = 1000 * np.abs(errors)
            return [f"{np.median(sizes):.0f}", f"{np.quantile(sizes, 0.9):.0f}", f"{1000 * np.median(errors):+.0f}"]

        right = len(self.starts) + len(self.ends)
        distance = f"{1000 * np.median(self.distances):.0f}" if self.distances else "–"
        counts = [str(self.in_silence), str(self.impossible), distance]
        return [str(self.boundaries), str(right), *figures(self.starts), *figures(self.ends), *counts]


def close_cut(text: str, samples: np.ndarray) -> Iterator[Utterance]:
    """The utterance from where its sound begins to where it ends; none where that is not within `samples`."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float64)
    level = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-12)
    is_loud = level > max(level.max() - BELOW_DECIBELS, np.quantile(level, 0.05) + ABOVE_DECIBELS)
    loud = np.flatnonzero(np.convolve(is_loud, np.ones(SOUND_FRAMES), "valid") == SOUND_FRAMES)
    first, last = loud[0], loud[-1] + SOUND_FRAMES
    if first > 0 and last < len(frames):
        yield Utterance(text, samples[first * FRAME : last * FRAME])


def of_librispeech(data: Path) -> Iterator[Utterance]:
    for recording in librispeech(data):
        yield from close_cut(recording.text, recording.samples())


def of_long(data: Path) -> Iterator[Utterance]:
    """Those of the long readings, which are marked within the pauses."""
    for path in sorted((data / "long").glob("*.json")):
        samples = Recording("", path.with_suffix(".mp3"), "en", "").samples()
        for part in json.loads(path.read_text(encoding="utf-8")):
            spoken = samples[round(part["start"] * RATE) : round(part["end"] * RATE)]
            yield from close_cut(part["text"], spoken)


UTTERANCES = {"librispeech": of_librispeech, "long": of_long}


def join(utterances: list[Utterance], rng: random.Random) -> Joined:
    """In their order, with hiss before, between and behind them."""
    noise = np.random.default_rng(rng.randrange(1 << 30))
    parts, spans, at = [], [], 0

    def pause() -> np.ndarray:
        return np.zeros(round(RATE * rng.uniform(*GAP_SECONDS)), np.float32)

    for utterance in utterances:
        gap = pause()
        parts += [gap, utterance.samples]
        spans.append(((at + len(gap)) / RATE, (at + len(gap) + len(utterance.samples)) / RATE))
        at += len(gap) + len(utterance.samples)
    samples = np.concatenate([*parts, pause()])
    samples = samples + HISS * noise.standard_normal(len(samples), dtype=np.float32)
    return Joined(samples, tuple(utterance.text for utterance in utterances), tuple(spans))


def recordings(utterances: list[Utterance], rng: random.Random) -> Iterator[Joined]:
    """All utterances, shuffled, in recordings of about two minutes."""
    order = rng.sample(utterances, len(utterances))
    held: list[Utterance] = []
    for utterance in order:
        held.append(utterance)
        if sum(len(one.samples) for one in held) > RECORDING_SECONDS * RATE:
            yield join(held, rng)
            held = []
    if held:
        yield join(held, rng)


def add(errors: Errors, joined: Joined, words: list[Word]) -> None:
    """The boundary words of one recording, and what cannot be true of any word."""
    said = [(word, number) for number, text in enumerate(joined.texts) for word in text.split()]
    partners = matched([word for word, _ in said], words)
    errors.boundaries += 2 * len(joined.texts)
    for place, (_, number) in enumerate(said):
        word = partners[place]
        if word is None:
            continue
        if place == 0 or said[place - 1][1] != number:
            errors.starts.append(word.span[0] - joined.spans[number][0])
        if place == len(said) - 1 or said[place + 1][1] != number:
            errors.ends.append(word.span[1] - joined.spans[number][1])
    errors.in_silence += sum(_silent_seconds(word, joined.spans) > SLACK_SECONDS for word in words)
    errors.impossible += impossible(words)


def matched(said: list[str], words: list[Word]) -> list[Word | None]:
    """For each word that was said the one that was written for it, where it is the right one."""
    written = [(normal(word.text), word) for word in words]
    written = [(text, word) for text, word in written if text]
    place, partners = 0, []
    for reference, hypothesis in aligned([normal(word) for word in said], [text for text, _ in written]):
        if reference != NOTHING:
            partners.append(written[place][1] if reference == hypothesis else None)
        place += hypothesis != NOTHING
    return partners


def impossible(words: list[Word]) -> int:
    count, latest = 0, 0.0
    for word in words:
        start, end = word.span
        count += not latest <= start <= end <= start + LONGEST_SECONDS
        latest = max(latest, start)
    return count


def distances(words: list[Word], others: list[Word]) -> list[float]:
    """Seconds between the middles of words and those that another way wrote in their place, where they are the same."""
    pairs = zip(words, matched([word.text for word in words], others))
    return [abs(word.middle - other.middle) for word, other in pairs if other is not None and normal(word.text)]


def _silent_seconds(word: Word, spans: tuple[tuple[float, float], ...]) -> float:
    spoken = sum(max(0.0, min(word.span[1], end) - max(word.span[0], start)) for start, end in spans)
    return word.span[1] - word.span[0] - spoken


def main() -> None:
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--recordings", nargs="+", default=list(UTTERANCES), choices=UTTERANCES)
    parser.add_argument("--ways", nargs="+", type=known_way, default=list(WAYS))
    args = parser.parse_args()
    peers, keeper = start_peers(args.ways, args), Keeper(args.keep)
    print(HEAD, flush=True)
    for name in args.recordings:
        errors = {way: Errors() for way in peers}
        rng = random.Random(zlib.crc32(name.encode()))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "joined.wav")
            for number, joined in enumerate(recordings(list(UTTERANCES[name](args.data)), rng)):
                soundfile.write(path, joined.samples, RATE)
                made: dict[str, list[Word]] = {}
                for way, peer in peers.items():
                    time.sleep(REST)
                    answer = peer.hear(path)
                    made[way] = [Word(text, start, end) for text, start, end in answer["times"]]
                    add(errors[way], joined, made[way])
                    about = {"recording": f"{name}-{number}", "spans": joined.spans, "texts": joined.texts}
                    keeper.write(f"times-{way}", {**about, "way": way, "times": answer["times"]})
                for way in args.ways[1:]:
                    errors[way].distances += distances(made[way], made[args.ways[0]])
        for way, found in errors.items():
            print("|", " | ".join([name, way, *found.cells()]), "|", flush=True)
    for peer in peers.values():
        peer.close()


if __name__ == "__main__":
    main()
