"""Measure a demo model on speakers it has never heard, through the library's own entry points and no code of ours.

    python -m tools.demo_training.evaluate ../shared/data MODEL [--speaker lucas ...] [--crowd] [--strings 80]

Prints one JSON line a figure. Strings have 1 to 20 words of one speaker: FSDD's with pauses, the crowd's in turn cut
out with pauses, and as whole one-second clips end to end.
"""

import argparse
import json
import random
import statistics
import tempfile
from collections import defaultdict
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import soundfile
import torch

from tools.demo_training.compose import Utterance
from tools.demo_training.corpora import background_files, crowd_files, read, word_span
from tools.demo_training.words import DIGITS, SAMPLE_RATE


def studio_strings(folder: Path, speaker: str, count: int, seed: int = 11) -> list[Utterance]:
    rng = random.Random(seed)
    clips = defaultdict(list)
    for path in sorted(folder.glob(f"*_{speaker}_*.wav")):
        audio = read(path)
        clips[DIGITS[int(path.name[0])]].append((audio, 0, len(audio)))
    return [
        _string(
            rng, [(word, *rng.choice(clips[word])) for word in rng.choices(DIGITS, k=rng.randint(1, 20))], pauses=True
        )
        for _ in range(count)
    ]


def crowd_strings(paths: list[Path], count: int, seed: int = 12) -> list[Utterance]:
    rng = random.Random(seed)
    clips = defaultdict(list)
    for path in paths:
        word, speaker, _ = path.stem.split("_")
        clips[speaker].append((word, path))
    speakers = sorted(name for name, own in clips.items() if len(own) >= 6)
    strings = []
    for index in range(count):
        parts = []
        for word, path in rng.choices(clips[speakers[index % len(speakers)]], k=rng.randint(1, 20)):
            audio = read(path)
            audio = audio / (np.abs(audio).max() + 1e-6) * 0.5
            start, end, _ = word_span(audio)
            if index % 2 == 0:
                first = max(0, start - SAMPLE_RATE // 20)
                audio, start, end = audio[first : end + SAMPLE_RATE // 20], start - first, end - first
            parts.append((word, audio, start, end))
        strings.append(_string(rng, parts, pauses=index % 2 == 0))
    return strings


def _string(rng: random.Random, parts, pauses: bool) -> Utterance:
    """Clips one after another on a faint floor of noise."""
    at = int(SAMPLE_RATE * rng.uniform(0.1, 0.6)) if pauses else 0
    audio, words, starts, ends = [np.zeros(at, np.float32)], [], [], []
    for word, clip, start, end in parts:
        if at + len(clip) > 29.5 * SAMPLE_RATE:
            break
        words.append(word)
        starts.append((at + start) / SAMPLE_RATE)
        ends.append((at + end) / SAMPLE_RATE)
        gap = int(SAMPLE_RATE * rng.uniform(0.05, 0.6)) if pauses else 0
        audio += [clip, np.zeros(gap, np.float32)]
        at += len(clip) + gap
    whole = np.concatenate(audio)
    floor = np.random.default_rng(len(whole)).standard_normal(len(whole), dtype=np.float32) * 3e-4
    return Utterance(whole + floor, tuple(words), tuple(starts), tuple(ends))


def without_speech() -> dict[str, np.ndarray]:
    rng, length = np.random.default_rng(1), 10 * SAMPLE_RATE
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(length) / SAMPLE_RATE)
    noises = {f"noise {level}": rng.standard_normal(length) * level for level in (3e-4, 0.05, 0.3)}
    return {
        name: audio.astype(np.float32)
        for name, audio in {"silence": np.zeros(length), "tone 440 Hz": tone, **noises}.items()
    }


class Recogniser:
    """The public entry point of the model at `path`: files → [(words, their (start, end) or None)]."""

    def __init__(self, path: Path, threads: int) -> None:
        self.whisper = path.suffix == ".pt"
        if self.whisper:
            import whisper

            self.model = whisper.load_model(str(path), device="cpu")
        else:
            from tools.demo_training.training import quiet_nemo

            quiet_nemo()
            from nemo.collections.asr.models import ASRModel, EncDecMultiTaskModel

            self.model = ASRModel.restore_from(str(path), map_location="cpu")
            self.timed = not isinstance(self.model, EncDecMultiTaskModel)
        torch.set_num_threads(threads)

    def __call__(self, files: list[str]):
        if self.whisper:
            return [self._whisper(file) for file in files]
        options = {"timestamps": True} if self.timed else {}
        results = self.model.transcribe(files, batch_size=16, verbose=False, num_workers=0, **options)
        return [
            (r.text.split(), [(w["start"], w["end"]) for w in r.timestamp["word"]] if self.timed else None)
            for r in results
        ]

    def _whisper(self, file: str):
        result = self.model.transcribe(file_audio(file), language="en", fp16=False)
        times = [(s["start"], s["end"]) for s in result["segments"] for _ in s["text"].split()]
        return result["text"].split(), times


def file_audio(file: str) -> np.ndarray:
    """openai-whisper reads files through the ffmpeg program, which need not be here: it gets samples."""
    return soundfile.read(file, dtype="float32")[0]


def errors(reference, hypothesis) -> int:
    """Word errors: substitutions, deletions and insertions of the cheapest alignment."""
    row = list(range(len(hypothesis) + 1))
    for i, wanted in enumerate(reference, 1):
        diagonal, row[0] = row[0], i
        for j, got in enumerate(hypothesis, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (wanted != got))
    return row[-1]


def time_errors(references, results) -> dict[str, float]:
    """Median and 90th percentile of |error| of the starts of matched words, in ms."""
    distances = []
    for reference, (words, times) in zip(references, results):
        for block in SequenceMatcher(None, reference.words, words, autojunk=False).get_matching_blocks():
            for k in range(block.size):
                distances.append(abs(times[block.b + k][0] - reference.starts[block.a + k]) * 1000)
    return {"median_ms": round(statistics.median(distances)), "p90_ms": round(float(np.quantile(distances, 0.9)))}


def report(name: str, references: list[Utterance], recognise: Recogniser, folder: Path) -> None:
    files = []
    for index, reference in enumerate(references):
        files.append(str(folder / f"{index}.wav"))
        soundfile.write(files[-1], reference.audio, SAMPLE_RATE)
    results = recognise(files)
    wrong = [errors(reference.words, words) for reference, (words, _) in zip(references, results)]
    total = sum(len(reference.words) for reference in references)
    figures = {"test": name, "wer": round(100 * sum(wrong) / max(1, total), 2), "words": total, "errors": sum(wrong)}
    if results[0][1] is not None and len(references[0].words) and len(references) > 1:
        figures |= time_errors(references, results)
    print(json.dumps(figures), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("--speaker", nargs="*", default=[])
    parser.add_argument("--crowd", action="store_true")
    parser.add_argument("--strings", type=int, default=80)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    recognise = Recogniser(args.model, args.threads)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for speaker in args.speaker:
            report(f"{speaker}, strings", studio_strings(args.data / "fsdd", speaker, args.strings), recognise, folder)
        speech = args.data / "speech-commands"
        if args.crowd:
            strings = crowd_strings(crowd_files(speech, held_out=True), args.strings)
            report("crowd, strings cut out", strings[0::2], recognise, folder)
            report("crowd, strings of whole clips", strings[1::2], recognise, folder)
        for title, audio in without_speech().items():
            soundfile.write(folder / "quiet.wav", audio, SAMPLE_RATE)
            print(
                json.dumps({"test": title, "heard": " ".join(recognise([str(folder / "quiet.wav")])[0][0])}), flush=True
            )
        clips = []
        for path in background_files(speech, held_out=True if args.crowd else None):
            clips.append(str(folder / path.with_suffix(".wav").name))
            soundfile.write(clips[-1], read(path), SAMPLE_RATE)
        heard = [" ".join(words) for words, _ in recognise(clips) if words]
        print(json.dumps({"test": "clips without speech", "clips": len(clips), "with words": heard}), flush=True)


if __name__ == "__main__":
    main()
