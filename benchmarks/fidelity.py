"""Whether the pipeline loses anything: words, their times and its coverage on long recordings of known text.

    python -m benchmarks.fidelity ../shared/data [--model parakeet] [--models-dir demo_models] [--kind speech ...]

Strings of digits by people of the Free Spoken Digit Dataset are first heard one by one by the model alone, then put
together to recordings of 10 s, 10 min, 1 h and 3 h and given to the pipeline. The kinds of recordings: "speech" has
pauses of up to three seconds between strings, "gaps" also minutes in which nobody speaks, "noise" and "music" have
either under the speech, 15 dB below it, and alone in gaps. A word is counted as one at a seam when it begins within a
second of a place where the recording was cut.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile
from kaldialign import align

from tools.known_speech import Speakers, Spoken
from transcriber.audio.recording import Recording
from transcriber.audio.samples import SAMPLE_RATE
from transcriber.options import TranscribeOptions
from transcriber.pipeline.chunking import OVERLAP_FRAMES, chunks
from transcriber.pipeline.transcriber import Transcriber
from transcriber.pipeline.vad import detect_speech
from transcriber.transcript import Transcript, Word

LENGTHS = {"10 s": (10, 240), "10 min": (600, 8), "1 h": (3600, 2), "3 h": (10_800, 1)}
"""Seconds, and how many recordings with "speech"; of the other kinds there is one of ten minutes and one of an hour."""
HEAD = """\
| | words | WER % | at seams | start, ms: median / 99 % | end, ms | drift, ms | covered % | again | dropped | speed |
|---|---|---|---|---|---|---|---|---|---|---|"""
BELOW = 10 ** (-15 / 20)


@dataclass
class Tally:
    """What came out, added up."""

    words: int = 0
    errors: int = 0
    at_seams: int = 0
    seams: int = 0
    starts: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    drifts: list[float] = field(default_factory=list)
    speech: float = 0.0
    uncovered: float = 0.0
    retried: int = 0
    dropped: int = 0
    audio: float = 0.0
    elapsed: float = 0.0


def floor(samples: int, random_: random.Random) -> np.ndarray:
    return np.random.default_rng(random_.randrange(2**32)).standard_normal(samples, dtype=np.float32) * 3e-4


def noise(samples: int, random_: random.Random) -> np.ndarray:
    """Pink noise, as loud as speech is on average."""
    spectrum = np.fft.rfft(np.random.default_rng(random_.randrange(2**32)).standard_normal(samples))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
    pink = np.fft.irfft(spectrum, samples)
    return (0.1 * pink / pink.std()).astype(np.float32)


def music(samples: int, random_: random.Random) -> np.ndarray:
    """Chords of four plucked notes with overtones, two a second."""
    step = SAMPLE_RATE // 2
    seconds = np.arange(step) / SAMPLE_RATE
    chords = []
    for _ in range(samples // step + 1):
        notes = [220 * 2 ** (random_.choice([0, 2, 3, 5, 7, 8, 10, 12]) / 12) for _ in range(4)]
        tones = [np.sin(2 * np.pi * note * k * seconds) / k for note in notes for k in (1, 2, 3)]
        chords.append(np.sum(tones, axis=0) * np.exp(-3 * seconds))
    played = np.concatenate(chords)[:samples]
    return (0.1 * played / played.std()).astype(np.float32)


def recording(strings: Iterator[Spoken], seconds: float, kind: str, random_: random.Random) -> Spoken:
    """Strings one after another until the recording is so long."""
    parts, words, at, limit = [], [], 0, int(seconds * SAMPLE_RATE)
    while True:
        pause = random_.uniform(0.3, 3.0)
        if kind != "speech" and random_.random() < 0.03:
            pause = random_.uniform(10, 90)
        one = next(strings)
        if at + int(pause * SAMPLE_RATE) + len(one.audio) > limit:
            break
        parts += [np.zeros(int(pause * SAMPLE_RATE), np.float32), one.audio]
        at += len(parts[-2])
        words += one.later(at / SAMPLE_RATE)
        at += len(one.audio)
    audio = np.concatenate([*parts, np.zeros(max(0, limit - at), np.float32)])
    audio += floor(len(audio), random_)
    if kind in ("noise", "music"):
        audio += BELOW * {"noise": noise, "music": music}[kind](len(audio), random_)
    return Spoken(audio, words)


def alone(transcriber: Transcriber, options: TranscribeOptions, strings: list[Spoken]) -> Tally:
    """Each string by the model itself, with nothing of ours around it."""
    engine, tally = transcriber.load(options), Tally()
    chance = random.Random(0)
    for at in range(0, len(strings), engine.batch_size):
        batch = strings[at : at + engine.batch_size]
        audio = [one.audio + floor(len(one.audio), chance) for one in batch]
        for one, hypothesis in zip(batch, engine.transcribe(audio, options), strict=True):
            compare(tally, one.words, list(hypothesis.words), [], engine.capabilities.times_words(options))
    return tally


def cuts(path: Path, longest: float, overlap: int) -> list[float]:
    """Where the pipeline cuts a recording."""
    with Recording(path) as opened:
        return [chunk.end for chunk in chunks(detect_speech(opened.blocks()), longest, overlap_frames=overlap)][:-1]


def compare(tally: Tally, spoken: list[Word], written: list[Word], seams: list[float], has_times: bool) -> None:
    """Add the errors of `written` against `spoken`, both in order."""
    tally.words += len(spoken)
    tally.seams += len(seams)
    pairs, at, to = [], 0, 0
    for said, found in align([word.text for word in spoken], [word.text for word in written], ""):
        if said == found:
            pairs.append((spoken[at], written[to]))
        else:
            tally.errors += 1
            near = spoken[min(at, len(spoken) - 1)].span[0]
            tally.at_seams += any(abs(near - seam) < 1.0 for seam in seams)
        at, to = at + bool(said), to + bool(found)
    if has_times:
        compare_times(tally, pairs)


def compare_times(tally: Tally, pairs: list[tuple[Word, Word]]) -> None:
    """Add the errors of the times of words as said and as found; drift where there are minutes between them."""
    errors = [(said.span[0], found.span[0] - said.span[0]) for said, found in pairs]
    tally.starts += [error for _, error in errors]
    tally.ends += [found.span[1] - said.span[1] for said, found in pairs]
    if errors and errors[-1][0] > 300:
        first = [error for at, error in errors if at < 60]
        last = [error for at, error in errors if at > errors[-1][0] - 60]
        tally.drifts.append(statistics.mean(last) - statistics.mean(first))


def through_pipeline(transcriber: Transcriber, options: TranscribeOptions, made: Iterator[Spoken]) -> Tally:
    tally, engine = Tally(), transcriber.load(options)
    is_timed = engine.capabilities.times_words(options)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recording.wav"
        for one in made:
            soundfile.write(path, one.audio, SAMPLE_RATE)
            transcript = transcriber.transcribe(path, options)
            seams = cuts(path, engine.max_audio_seconds, OVERLAP_FRAMES if is_timed else 0)
            written = [word for segment in transcript.segments for word in segment.words]
            compare(tally, one.words, written, seams, is_timed)
            add_coverage(tally, transcript)
    return tally


def through_openai(transcriber: Transcriber, options: TranscribeOptions, made: Iterator[Spoken]) -> Tally:
    """The same recordings by openai-whisper's own transcribe(), with word times.

    It is not shown what it wrote before: the demo model has not learnt that, and would write nine of ten words wrong.
    """
    import whisper

    tally, model = Tally(), whisper.load_model(str(transcriber.store.find(options.model).path), "cpu")
    for one in made:
        began = time.perf_counter()
        asked = {"language": "en", "fp16": False, "word_timestamps": True, "condition_on_previous_text": False}
        found = model.transcribe(one.audio, **asked)
        tally.elapsed += time.perf_counter() - began
        tally.audio += len(one.audio) / SAMPLE_RATE
        words = [word for segment in found["segments"] for word in segment["words"]]
        written = [Word(word["word"].strip(), word["start"], word["end"]) for word in words]
        compare(tally, one.words, written, [], True)
    return tally


def add_coverage(tally: Tally, transcript: Transcript) -> None:
    coverage = transcript.coverage
    assert coverage
    tally.speech += coverage.speech
    tally.uncovered += sum(end - start for start, end in coverage.uncovered)
    tally.retried += coverage.retried
    tally.dropped += len(coverage.dropped)
    tally.audio += transcript.duration
    tally.elapsed += transcript.elapsed


def row(name: str, tally: Tally) -> str:
    def quantiles(errors: list[float]) -> str:
        if not errors:
            return "–"
        sizes = 1000 * np.abs(errors)
        return f"{np.median(sizes):.0f} / {np.quantile(sizes, 0.99):.0f}"

    drift = f"{1000 * max(map(abs, tally.drifts)):.0f}" if tally.drifts else "–"
    coverage = f"{100 * (1 - tally.uncovered / tally.speech):.2f}" if tally.speech else "–"
    speed = f"{tally.audio / tally.elapsed:.0f}" if tally.elapsed else "–"
    return (
        f"| {name} | {tally.words} | {100 * tally.errors / tally.words:.3f} | {tally.at_seams} of {tally.seams} | "
        f"{quantiles(tally.starts)} | {quantiles(tally.ends)} | {drift} | {coverage} | {tally.retried} | "
        f"{tally.dropped} | {speed} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", default="parakeet")
    parser.add_argument("--models-dir", type=Path, default=Path("demo_models"))
    parser.add_argument("--compute-type", default="auto", help="such as bfloat16")
    parser.add_argument("--kind", nargs="*", default=["speech", "gaps", "noise", "music"])
    parser.add_argument("--length", nargs="+", default=list(LENGTHS), choices=LENGTHS)
    parser.add_argument("--count", type=int, help="recordings of each length")
    parser.add_argument("--openai", action="store_true", help="openai-whisper's transcribe() on the same, for Whisper")
    args = parser.parse_args()
    transcriber, options = (
        Transcriber(args.models_dir),
        TranscribeOptions(args.model, "cpu", compute_type=args.compute_type),
    )
    began = time.monotonic()
    print(HEAD)
    speakers = Speakers(args.data, seed=1)
    print(row("each string alone", alone(transcriber, options, [speakers.string() for _ in range(800)])), flush=True)
    for kind in args.kind:
        for length in args.length:
            seconds, count = LENGTHS[length]
            count = args.count or count
            if kind != "speech":
                count = int(length in ("10 min", "1 h"))
            for way in (through_pipeline, through_openai)[: 1 + args.openai] if count else ():
                speakers, chance = Speakers(args.data, seed=2), random.Random(f"{kind} {length}")
                strings = iter(speakers.string, None)
                made = (recording(strings, seconds, kind, chance) for _ in range(count))
                name = f"{kind}, {count} × {length}" + ", openai-whisper" * (way is through_openai)
                print(row(name, way(transcriber, options, made)), flush=True)
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
