"""Recordings that were transcribed before, in a data folder that a program is started on."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile

from tests.support.places import RATE
from transcriber.jobs.data_folder import DataFolder
from transcriber.jobs.database import Database
from transcriber.jobs.results import Results
from transcriber.jobs.store import Job, Jobs
from transcriber.transcript import Coverage, Diarization, Segment, Transcript, Turn, Voice, Word

NAME = "interview.wav"
ASKS, ANSWERS = "Tomasz Brandt", "Hannah Weiss"
SAID = (
    (ASKS, 0.0, "Could you say your name?"),
    (ANSWERS, 5.0, "Hannah Weiss. I have seen four high waters."),
    (ASKS, 15.0, "And the night?"),
    (ANSWERS, 20.0, "My neighbour, Mr. Oberlechner, knocked. The levee broke. Nobody mended the levee."),
)
LINES = [text for _, _, text in SAID]
DOUBTFUL = "Oberlechner,"
GAP = (35.0, 38.0)
SECONDS = 40.0
EACH = 0.5
"""Seconds of a word."""


def interview(model: str = "whisper", said: Iterable[tuple[str, float, str]] = SAID) -> Transcript:
    """Two people; one word is doubtful, and three seconds have none."""
    segments = tuple(segment for speaker, start, text in said for segment in _sentences(speaker, start, text))
    turns = tuple(Turn(segment.start, segment.end, segment.speaker or "") for segment in segments)
    voices = tuple(
        Voice(name, sum(turn.end - turn.start for turn in turns if turn.speaker == name)) for name in (ASKS, ANSWERS)
    )
    return Transcript(
        segments,
        SECONDS,
        model,
        "cpu",
        elapsed=4.0,
        language="en",
        coverage=Coverage(30.0, (GAP,)),
        diarization=Diarization("loudness", voices, turns),
    )


def _sentences(speaker: str, start: float, text: str) -> Iterator[Segment]:
    words: list[Word] = []
    for place, spoken in enumerate(text.split()):
        at = start + place * EACH
        words.append(Word(spoken, at, at + EACH - 0.05, 0.1 if spoken == DOUBTFUL else 0.98, speaker))
        if spoken[-1] in ".?" and spoken != "Mr.":
            yield Segment(tuple(words), words[0].span[0], words[-1].span[1], speaker)
            words = []


@contextmanager
def stored(data_dir: Path) -> Iterator[tuple[Jobs, Results]]:
    """The recordings of a data folder, before a program has it."""
    folder = DataFolder(data_dir)
    folder.open()
    database = Database(folder.database)
    jobs = Jobs(database, folder)
    yield jobs, Results(database, folder, jobs)
    database.close()
    folder._lock.release()


def keep(jobs: Jobs, results: Results, name: str, *transcripts: Transcript) -> Job:
    """A recording of silence with these transcripts, the last one shown."""
    samples = np.zeros(int(SECONDS * RATE), np.float32)
    job = jobs.add(name, "upload", size=44 + 2 * len(samples))
    soundfile.write(job.path, samples, RATE, format="WAV", subtype="PCM_16")
    for transcript in transcripts:
        results.finish(job.id, transcript)
    return job
