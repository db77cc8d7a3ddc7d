"""Make the recording of the tests that use the demo models: words of their vocabulary, with the exact time of each.

python -m tools.make_twenty_words    needs espeak-ng, a Debian package; writes tests/data/twenty_words.flac and .json
"""

import json
import random
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from tools.demo_training.corpora import close_cut, read
from tools.demo_training.words import SAMPLE_RATE

TEXT = "one two three four five six seven eight nine zero yes no up down left right on off stop go"
FOLDER = Path(__file__).resolve().parent.parent / "tests" / "data"


def synthesise(word: str, folder: Path) -> np.ndarray:
    target = folder / "word.wav"
    subprocess.run(["espeak-ng", "-v", "en-us+f3", "-s", "125", "-w", str(target), word], check=True)
    audio = close_cut(read(target))
    return audio / np.abs(audio).max() * 0.6


def main() -> None:
    rng, noise = random.Random(5), np.random.default_rng(5)
    parts, words, at = [np.zeros(SAMPLE_RATE // 2, np.float32)], [], SAMPLE_RATE // 2
    with tempfile.TemporaryDirectory() as folder:
        for index, word in enumerate(TEXT.split()):
            audio = synthesise(word, Path(folder))
            words.append(
                {"text": word, "start": round(at / SAMPLE_RATE, 3), "end": round((at + len(audio)) / SAMPLE_RATE, 3)}
            )
            # A longer pause after every fifth word, so that there is more than one segment.
            gap = int(SAMPLE_RATE * (1.0 if index % 5 == 4 else rng.uniform(0.15, 0.35)))
            parts += [audio, np.zeros(gap, np.float32)]
            at += len(audio) + gap
    audio = np.concatenate(parts)
    audio += noise.standard_normal(len(audio), dtype=np.float32) * 3e-4
    soundfile.write(FOLDER / "twenty_words.flac", audio, SAMPLE_RATE, subtype="PCM_16")
    text = json.dumps({"text": TEXT, "words": words}, indent=1)
    (FOLDER / "twenty_words.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
