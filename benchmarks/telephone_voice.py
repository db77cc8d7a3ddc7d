"""What a telephone adds to the voices of all people, as transcriber/speakers/telephone.py has it.

    python -m benchmarks.telephone_voice ../shared/data [--models-dir DIR] [--people 110]

Of people in Speech Commands who said ten words or more, and of readers in FLEURS, the voice through a telephone
(conditions.py) less their voice as it is; printed are the mean over all, and how much alike strangers are with and
without it. Nobody of them is in conversations.py.
"""

import argparse
import base64
import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.conditions import RATE, telephone
from benchmarks.readings import READERS, speech
from benchmarks.real_speech import Recording
from tools.real_weights import FOLDER
from transcriber.engines.loading import diarizer_of
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions
from transcriber.speakers.telephone import SCALE, telephone_ratio, without_telephone

WORDS = 10
SECONDS = 5.0
"""Of each person."""
LOUDEST = 0.3


def said(path: Path) -> np.ndarray:
    """The speech in a recording, as loud as that in others."""
    samples = Recording("", path, "", "").samples()
    samples = LOUDEST * samples / max(float(np.abs(samples).max()), 1e-3)
    is_speech = np.repeat(speech(samples), RATE // 100)
    return samples[: len(is_speech)][is_speech]


def crowd(data: Path, people: int) -> Iterator[np.ndarray]:
    paths: dict[str, list[Path]] = defaultdict(list)
    for path in sorted((data / "speech-commands").glob("[!_]*/*.opus")):
        paths[path.stem.split("_")[1]].append(path)
    rng = random.Random(0)
    for name in rng.sample([name for name in sorted(paths) if len(paths[name]) >= WORDS], people):
        yield np.concatenate([said(path) for path in rng.sample(paths[name], WORDS)])[: round(SECONDS * RATE)]


def readers(data: Path) -> Iterator[np.ndarray]:
    heard = {data / pattern for pattern in READERS.values()}
    for path in sorted((data / "fleurs-5lang").glob("*.ogg")):
        if path not in heard:
            yield said(path)[: round(SECONDS * RATE)]


def alike(voices: np.ndarray) -> str:
    pairs = (voices @ voices.T)[np.triu_indices(len(voices), 1)]
    return " ".join(f"{value:.2f}" for value in np.quantile(pairs, [0.05, 0.5, 0.95]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--models-dir", type=Path, default=FOLDER)
    parser.add_argument("--people", type=int, default=110, help="of the crowd")
    args = parser.parse_args()
    diarizer = diarizer_of(ModelStore(args.models_dir).find("speakers"), TranscribeOptions(device="cpu"))
    rng = np.random.default_rng(0)
    spoken = [*crowd(args.data, args.people), *readers(args.data)]
    pairs = [(diarizer.embed(samples), diarizer.embed(telephone(samples, rng))) for samples in spoken]
    known = [pair for pair in pairs if pair[0] is not None and pair[1] is not None]
    direct, heard = (np.stack(voices) for voices in zip(*known))
    for name, voices in (("direct", direct), ("telephone", heard), ("taken off", without_telephone(heard))):
        ratio = np.quantile(telephone_ratio(voices), [0.05, 0.5, 0.95])
        print(f"{name}: strangers are alike {alike(voices)} (5 %, median, 95 %), telephone ratio {ratio.round(2)}")
    print(
        f"the same person, direct and telephone: {np.median((direct * heard).sum(1)):.2f}, "
        f"taken off {np.median((direct * without_telephone(heard)).sum(1)):.2f}"
    )
    offset = np.rint((heard - direct).mean(0) / SCALE).clip(-127, 127).astype(np.int8)
    print(f"of {len(known)} people:", base64.b64encode(offset.tobytes()).decode(), sep="\n")


if __name__ == "__main__":
    main()
