"""The text on the page is the one that the files have: words are joined alike."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.support.page import LONG, exported, open_recording
from tests.support.page_program import SMALL_ENGINE, Program
from transcriber.jobs.data_folder import DataFolder
from transcriber.jobs.database import Database
from transcriber.jobs.results import Results
from transcriber.jobs.store import Job, Jobs
from transcriber.joining import Piece, chained, words_of
from transcriber.options import TranscribeOptions
from transcriber.pipeline.events import Progress
from transcriber.pipeline.resume_state import ChunkState
from transcriber.transcript import Segment, Transcript, Word

SENTENCES = (
    (" A", " state", "-of", "-the", "-art", " 25", "-30", " %", " 4", "%,", " c", "'est", " O", "'Bare."),
    ("我在", "20", "25", "年", "买了", " i", "Phone", " 16", " Pro。"),
    ("東", "京", "で", "10", "時", "30", "分"),
    ("ส", "ว", "ั", "ส", "ด", "ี", "ครั", "บ", " ว", "ั", "นน", "ี้"),
)
WRITTEN = [
    "A state-of-the-art 25-30 % 4%, c'est O'Bare.",
    "我在2025年买了 iPhone 16 Pro。",
    "東京で10時30分",
    "สวัสดีครับ วันนี้",
]
WHOLE = f"{WRITTEN[0]} {WRITTEN[1]}{WRITTEN[2]}{WRITTEN[3]}"


def spoken() -> list[Segment]:
    words = chained(words_of(map(Piece, sentence)) for sentence in SENTENCES)
    counts = [len(words_of(map(Piece, sentence))) for sentence in SENTENCES]
    segments: list[Segment] = []
    for number, count in enumerate(counts):
        first = sum(counts[:number])
        own = [
            Word(word.text, number + place / 50, number + (place + 1) / 50, space_before=word.space_before)
            for place, word in enumerate(words[first : first + count])
        ]
        segments.append(Segment(tuple(own), own[0].span[0], own[-1].span[1]))
    return segments


def without_blanks(segment: dict) -> dict:
    """As older versions kept it: their words did not know how they are joined."""
    words = [{name: value for name, value in word.items() if name != "space_before"} for word in segment["words"]]
    return {**segment, "words": words}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """With three recordings that were transcribed before: by this version, by an older one, and to the half."""
    folder = DataFolder(tmp_path_factory.mktemp("texts") / "data")
    folder.recordings.mkdir(parents=True)
    jobs = Jobs(Database(folder.database), folder)
    results, segments = Results(jobs.database, folder, jobs), spoken()
    transcript = Transcript(tuple(segments), 9.0, "whisper", "cpu", elapsed=1.0)
    results.finish(_begun(jobs, "new.wav").id, transcript)
    old = _begun(jobs, "old.wav").id
    results.finish(old, replace(transcript, segments=transcript.segments[1:3]))
    (row,) = jobs.database.rows("SELECT content FROM transcripts WHERE job = ?", old)
    content = json.loads(row["content"])
    content["segments"] = [without_blanks(segment) for segment in content["segments"]]
    with jobs.database.transaction() as transaction:
        transaction.execute("DROP TRIGGER transcripts_never_change")
        transaction.execute("UPDATE transcripts SET content = ? WHERE job = ?", (json.dumps(content), old))
    half = _begun(jobs, "half.wav")
    results.begin(half, "whisper 1:2 3:4")
    for number in (0, 1):
        tail = segments[2].words if number else ()
        results.add_chunk(half.id, Progress(1.0, 9.0, 1.0, (segments[number],), b"", ChunkState(tail)))
    jobs.end(half.id, "cancelled")
    with Program(folder.path, command=SMALL_ENGINE) as program:
        yield program


def _begun(jobs: Jobs, name: str) -> Job:
    job = jobs.add(name, "upload", size=5)
    job.path.write_bytes(b"sound")
    jobs.enqueue(job.id, TranscribeOptions("whisper"))
    return jobs.get(job.id)


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("new.wav", WHOLE),
        ("old.wav", "我在 2025 年买了 iPhone 16 Pro。東京で 10 時 30 分"),
        ("half.wav", f"{WRITTEN[0]} {WRITTEN[1]}{WRITTEN[2]}"),
    ],
)
def test_the_page_shows_and_copies_what_the_file_has(page: Page, name: str, whole: str) -> None:
    open_recording(page, name)
    expect(page.get_by_role("region", name="Transcript").locator(".turn .words")).to_have_text([whole], timeout=LONG)
    page.get_by_role("button", name="Copy text").click()
    expect(page.get_by_text("The text is on the clipboard.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == whole
    assert exported(page) == f"{whole}\n"
