"""How well the times of a script's words are found in recordings of which they are known.

    python -m benchmarks.alignment ../shared/data

Recordings are put together from single words of people whom the demo Parakeet has not heard: the customary test split
of one speaker of the Free Spoken Digit Dataset, and a tenth of the speakers of Speech Commands. Each word is trimmed to
what is loud, so its start and end are known; pauses are 50 to 600 ms. Errors are absolute, the bias is their signed
median; words that are not found count too, with the place between their neighbours that they are given.
"""

import argparse
import random
import tempfile
from collections import defaultdict
from pathlib import Path

import soundfile

from tools.demo_training.words import SAMPLE_RATE
from tools.known_speech import AlignmentErrors, Spoken, clips, script, spoken
from transcriber.alignment.aligner import align, forced_aligner_of
from transcriber.alignment.matching import match
from transcriber.alignment.streamed_audio import StreamedAudio
from transcriber.audio.recording import Recording
from transcriber.options import TranscribeOptions
from transcriber.pipeline.transcriber import Transcriber
from transcriber.transcript import Word

LENGTHS = {"10 s": (10, 60), "60 s": (60, 10), "10 min": (600, 2)}
"""Seconds of a recording, and how many there are."""
COLUMNS = (
    *("recordings", "script", "words", "found", "not said: reported"),
    *("start: median, ms", "99 %", "bias", "end: median, ms", "99 %", "bias"),
)
KINDS = ("exact", "wrong", "missing", "extra")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--models-dir", type=Path, default=Path("demo_models"))
    parser.add_argument("--lengths", nargs="*", default=list(LENGTHS), choices=LENGTHS)
    args = parser.parse_args()
    transcriber, voices = Transcriber(args.models_dir), clips(args.data)
    print(f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|")
    for name in args.lengths:
        seconds, count = LENGTHS[name]
        rng = random.Random(name)
        for title, errors in measure(transcriber, [spoken(voices, seconds, rng) for _ in range(count)], rng).items():
            print(f"| {name} | {title} | {errors.row()} |", flush=True)


def measure(transcriber: Transcriber, recordings: list[Spoken], rng: random.Random) -> dict[str, AlignmentErrors]:
    """The errors of each kind of script, and of the model's own words where they are the right ones."""
    options = TranscribeOptions("parakeet")
    aligner = forced_aligner_of(transcriber.load(options))
    table: dict[str, AlignmentErrors] = defaultdict(AlignmentErrors)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spoken.wav"
        for recording in recordings:
            soundfile.write(path, recording.audio, SAMPLE_RATE)
            heard = transcriber.transcribe(path, options)
            own = [word for segment in heard.segments for word in segment.words]
            add_own(table["Parakeet's own words"], recording.words, own)
            for kind in KINDS:
                written = script(recording.words, kind, rng)
                with Recording(path) as opened:
                    place = StreamedAudio(opened.blocks()).aligned_by(aligner)
                    table[kind].add_script(written, align([text for text, _ in written], own, place, heard.duration))
    return table


def add_own(errors: AlignmentErrors, truth: list[Word], own: list[Word]) -> None:
    partners = match([word.text for word in truth], [word.text for word in own])
    for word, partner in zip(truth, partners):
        errors.words += 1
        if partner and partner[1] == 1:
            errors.add(word, own[partner[0]])
        else:
            errors.unfound += 1


if __name__ == "__main__":
    main()
