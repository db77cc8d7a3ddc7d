"""Synthesise the vocabulary with espeak-ng and flite, for more voices than the recordings have.

    python -m tools.demo_training.synthesize OUT_DIR [--espeak 160] [--flite 40]

Writes OUT_DIR/<word>_<voice>_<index>.wav, the same files at every run. Both programs are Debian packages; they are
needed here only, never to run or to test the project.
"""

import argparse
import random
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.demo_training.words import WORDS

ACCENTS = ("en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-029", "en-us-nyc")
TIMBRES = ("", *(f"+m{i}" for i in range(1, 9)), *(f"+f{i}" for i in range(1, 6)), "+klatt", "+klatt2", "+klatt3")
FLITE_VOICES = ("awb", "rms", "slt", "kal16", "kal")
# How speakers of other languages say some of the words, in espeak's phoneme letters.
FOREIGN = {
    "zero": ("zi@roU", "zero", "si:ro"),
    "one": ("van", "wVn", "wan"),
    "two": ("tu:", "tju:"),
    "three": ("tri:", "sri:", "fri:"),
    "four": ("fo@", "fOr"),
    "five": ("faIf", "fa:jv"),
    "six": ("sIks", "si:ks"),
    "seven": ("sEvEn", "zEvn"),
    "eight": ("eIt", "Et", "ejt"),
    "nine": ("naIn", "najn"),
    "left": ("lEf", "lef"),
    "right": ("raIt", "Rajt"),
    "stop": ("stOp", "s@tOp"),
    "go": ("go:", "goU"),
    "no": ("no:", "noU"),
}


def commands(folder: Path, espeak: int, flite: int, seed: int = 7) -> Iterator[list[str]]:
    """The command lines that make `espeak` + `flite` recordings of every word."""
    rng = random.Random(seed)
    for word in WORDS:
        for index in range(espeak):
            voice = rng.choice(ACCENTS) + rng.choice(TIMBRES)
            foreign = word in FOREIGN and rng.random() < 0.2
            text = f"[[{rng.choice(FOREIGN[word])}]]" if foreign else word + rng.choice(("", ".", ",", "?"))
            target = folder / f"{word}_espeak-{voice.replace('+', '-')}_{index}.wav"
            pitch, speed = str(rng.randint(5, 95)), str(rng.randint(110, 260))
            yield ["espeak-ng", "-v", voice, "-p", pitch, "-s", speed, "-a", "120", "-w", str(target), text]
        for index in range(flite):
            voice = rng.choice(FLITE_VOICES)
            settings = {
                "duration_stretch": f"{rng.uniform(0.7, 1.4):.2f}",
                "int_f0_target_mean": f"{rng.uniform(80, 230):.0f}",
                "int_f0_target_stddev": f"{rng.uniform(5, 40):.0f}",
            }
            options = [part for name, value in settings.items() for part in ("--setf", f"{name}={value}")]
            target = folder / f"{word}_flite-{voice}_{index}.wav"
            yield ["flite", "-voice", voice, *options, "-t", word + rng.choice(("", ".", "?")), "-o", str(target)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--espeak", type=int, default=160, help="recordings of each word")
    parser.add_argument("--flite", type=int, default=40, help="recordings of each word")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor() as pool:
        for result in pool.map(
            lambda command: subprocess.run(command, capture_output=True, check=False),
            commands(args.folder, args.espeak, args.flite),
        ):
            result.check_returncode()


if __name__ == "__main__":
    main()
