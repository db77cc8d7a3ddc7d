"""A library of many recordings, written straight into the database: 2,000 of nine minutes in some seconds.

The words are invented: common ones as often as in English, rarer ones by Zipf's law, and in each recording one that no
other has (own_word()). Every recording is the sample. python -m tests.support.full_library FOLDER fills a data folder,
to look at or to measure.
"""

import json
import random
import sys
import time
from pathlib import Path

from tests.support.places import SAMPLE
from transcriber.jobs.data_folder import DataFolder
from transcriber.jobs.database import Database

COMMON = (
    "the of and to a in that it is was for on with he be as you at they not are this but had have from she which we an "
    "there been one all her were so if would what will about who has more up out when their can said them then time"
).split()
SYLLABLES = "ba de fi go lu ma ne po ri su ta ve wo xi ya zen kal mor tin dra".split()
PEOPLE = ("Hannah Weiss", "Tomasz Brandt", "Amara Okafor", "Jürgen Łoś", None)
WORDS_A_SEGMENT = 9
SECONDS_A_WORD = 0.4
BODIES = 40
"""Texts that are different; more recordings have the same again, behind the word of their own."""


def own_word(number: int) -> str:
    """A word of the recording with that number, from 0, alone."""
    return f"needle{number:06d}"


def fill(database: Database, recordings: int = 2000, words: int = 1350) -> list[str]:
    """Add finished recordings with a transcript each, the first the oldest; returns their ids in that order."""
    chance, now = random.Random(7), time.time()
    bodies = [_segments(chance, words) for _ in range(min(BODIES, recordings))]
    identities = [f"{number:012x}" for number in range(1, recordings + 1)]
    with database.transaction() as transaction:
        (position,) = transaction.execute("SELECT coalesce(max(position), 0) FROM jobs").fetchone()
        for number, identity in enumerate(identities):
            made = now - (recordings - number) * 3600.0
            seconds = words * SECONDS_A_WORD
            transaction.execute(
                "INSERT INTO jobs (id, name, source, path, state, position, options, device, duration, done, elapsed, "
                "created_at, finished_at) VALUES (?, ?, 'path', ?, 'done', ?, ?, 'cpu', ?, ?, 20, ?, ?)",
                (
                    *(identity, f"Recording {number + 1}.flac", str(SAMPLE), position + number + 1),
                    *(json.dumps({"model": "parakeet", "device": "cpu"}), seconds, seconds, made, made + 20),
                ),
            )
            transaction.execute(
                "INSERT INTO transcripts (job, created_at, model, language, device, content) "
                "VALUES (?, ?, 'parakeet', 'en', 'cpu', ?)",
                (identity, made + 20, _content(number, seconds, bodies[number % len(bodies)])),
            )
    return identities


def _content(number: int, seconds: float, body: str) -> str:
    """A transcript as JSON: a segment of its own, then those of the body."""
    speaker = PEOPLE[number % len(PEOPLE)]
    words = [_word("This"), _word("is"), _word(own_word(number))]
    own = json.dumps({"words": words, "start": 0.0, "end": 1.0, "speaker": speaker})
    coverage = {"speech": seconds, "uncovered": [[seconds + 5, seconds + 6]] * (number % 3)}
    rest = {"duration": seconds + 6, "model": "parakeet", "device": "cpu", "language": "en", "coverage": coverage}
    return f'{{"segments": [{own}, {body}], {json.dumps(rest)[1:]}'


def _segments(chance: random.Random, words: int) -> str:
    rare = [_invented(chance) for _ in range(4000)]
    weights = [1 / (rank + 1) for rank in range(len(rare))]
    texts = [chance.choice(COMMON) if chance.random() < 0.5 else "" for _ in range(words)]
    invented = iter(chance.choices(rare, weights, k=words))
    texts = [text or next(invented) for text in texts]
    return ", ".join(
        _segment(first, texts[first : first + WORDS_A_SEGMENT]) for first in range(0, words, WORDS_A_SEGMENT)
    )


def _segment(first: int, texts: list[str]) -> str:
    start = 1.0 + first * SECONDS_A_WORD
    words = [_word(text, start + place * SECONDS_A_WORD) for place, text in enumerate(texts)]
    return json.dumps({"words": words, "start": start, "end": words[-1]["end"]})


def _word(text: str, start: float = 0.0) -> dict:
    start = round(start, 2)
    return {"text": text, "start": start, "end": round(start + 0.3, 2), "confidence": 0.98, "space_before": True}


def _invented(chance: random.Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=chance.randint(2, 4)))


if __name__ == "__main__":
    folder = DataFolder(Path(sys.argv[1]))
    folder.open()
    print(len(fill(Database(folder.database))), "recordings")
