"""Chunks, transcripts and their files: what survives, and what never changes."""

import json
import os
import unicodedata
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tests.support.conversation import conversation
from tests.support.stored_jobs import PARAKEET, add
from transcriber.exports import FORMATS, render
from transcriber.jobs.results import UNFINISHED, Results
from transcriber.jobs.store import Job, Jobs
from transcriber.pipeline.resume_state import ResumeState
from transcriber.transcript import Source, Transcript
from transcriber.transcript_json import to_dict
from transcriber.worker.protocol import Progress

BASIS = "parakeet 1:2 3:4"


def chunk(transcript: Transcript, place: int, peaks: bytes = b"") -> Progress:
    return Progress(10.0 * (place + 1), None, 2.0 * (place + 1), transcript.segments[place : place + 1], peaks)


@pytest.fixture
def job(jobs: Jobs) -> Job:
    job = add(jobs, "My talk: part 1.wav")
    jobs.enqueue(job.id, PARAKEET)
    return job


def begun(results: Results, job: Job, basis: str = BASIS) -> ResumeState:
    return results.begin(results.jobs.get(job.id), basis)


def test_an_interrupted_job_goes_on_from_its_last_chunk(results: Results, job: Job, transcript: Transcript) -> None:
    assert begun(results, job) == ResumeState()
    results.add_chunk(job.id, chunk(transcript, 0, b"\x00\x80"))
    assert begun(results, job) == ResumeState(transcript.segments[:1], 10.0, 2.0)
    results.add_chunk(job.id, chunk(transcript, 1, b"\xff"))
    assert begun(results, job) == ResumeState(transcript.segments, 20.0, 4.0)
    assert results.waveform(job) == b"\x00\x80\xff"


def test_only_new_segments_are_given(results: Results, job: Job, transcript: Transcript) -> None:
    begun(results, job)
    for place in (0, 1):
        results.add_chunk(job.id, chunk(transcript, place))
    assert [segment["start"] for segment in results.chunks(job)] == [0.5, 3661.25]
    assert [segment["start"] for segment in results.chunks(job, 1)] == [3661.25]
    assert results.chunks(job, 2) == results.chunks(job, 99) == []


def test_what_another_model_had_is_kept_as_a_transcript(results: Results, job: Job, transcript: Transcript) -> None:
    begun(results, job)
    results.add_chunk(job.id, chunk(transcript, 0))
    assert begun(results, job, "canary 5:6 3:4") == ResumeState()
    (kept,) = results.transcripts(job)
    assert kept["model"] == "parakeet"
    partial = results.transcript(job, kept["id"])
    assert partial.segments == transcript.segments[:1]
    assert partial.notes == (UNFINISHED,)
    assert results.jobs.get(job.id).done == 0


def test_a_finished_transcript_and_its_files(results: Results, job: Job, transcript: Transcript) -> None:
    results.settings.set("formats", ["srt", "json"])
    begun(results, job)
    results.add_chunk(job.id, chunk(transcript, 0))
    results.finish(job.id, transcript)
    results.write_files()
    finished = results.jobs.get(job.id)
    assert (finished.state, finished.duration, finished.elapsed) == ("done", 4000, 40)
    assert results.transcript(finished) == transcript
    assert results.chunks(job) == []
    files = sorted(path.name for path in results.folder.transcripts.iterdir())
    assert [name[19:] for name in files] == [" My talk_ part 1.json", " My talk_ part 1.srt"]
    assert json.loads((results.folder.transcripts / files[0]).read_text())["model"] == "parakeet"


def test_every_format_is_written_with_a_record_beside_it(results: Results, job: Job, transcript: Transcript) -> None:
    results.settings.set("formats", list(FORMATS))
    results.settings.set("sidecars", True)
    results.finish(job.id, transcript)
    results.write_files()
    written = {path.name: path.read_bytes() for path in results.folder.transcripts.iterdir()}
    for name in FORMATS:
        (file,) = (
            file for file in written if file.endswith(f".{name}") and (name != "json" or "provenance" not in file)
        )
        assert written[file] == render(transcript, name)
        assert (f"{file}.provenance.json" in written) == (name != "json")
    assert len(written) == 2 * len(FORMATS) - 1


def test_no_file_is_overwritten(results: Results, job: Job, transcript: Transcript) -> None:
    results.settings.set("formats", ["txt"])
    for _ in range(3):
        results.finish(job.id, transcript)
        results.write_files()
    assert len(list(results.folder.transcripts.iterdir())) == 3
    assert len(results.transcripts(job)) == 3


def test_files_that_a_killed_program_could_not_write_are_written_later(
    results: Results, job: Job, transcript: Transcript, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        results.finish(job.id, transcript)
        results.write_files()
    finished = results.jobs.get(job.id)
    assert finished.state == "done"
    assert "cannot be written (No space left on device)" in finished.error
    results.write_files()
    assert results.jobs.get(job.id).error == ""
    results.write_files()
    assert sorted(path.suffix for path in results.folder.transcripts.iterdir() if path.suffix != ".part") == [
        ".srt",
        ".txt",
    ]


def spoken(transcript: Transcript, place: int, voices: bytes) -> Progress:
    return replace(chunk(transcript, place), voices=voices)


def test_an_interrupted_job_goes_on_with_the_same_voices(results: Results, job: Job) -> None:
    talk = conversation()
    begun(results, job)
    results.add_chunk(job.id, spoken(talk, 0, b"one"))
    results.add_heard(job.id, spoken(talk, 0, b" two"))
    results.add_chunk(job.id, spoken(talk, 1, b""))
    assert begun(results, job).voices == b"one two"
    results.forget_waveform(job.id)
    results.add_chunk(job.id, spoken(talk, 2, b" three"))
    assert begun(results, job).voices == b"one two three"
    results.finish(job.id, talk)
    (stored,) = results.transcripts(job)
    assert results.voices(job, stored["id"]) == b"one two three"
    assert results.voices(job) == b""


def test_each_transcript_has_its_own_voices(results: Results, job: Job) -> None:
    for voices in (b"first", b"second"):
        begun(results, job, f"{BASIS} {voices!r}")
        results.add_chunk(job.id, spoken(conversation(), 0, voices))
        results.finish(job.id, conversation())
    assert [results.voices(job, kept["id"]) for kept in results.transcripts(job)] == [b"first", b"second"]
    results.jobs.delete(job)
    assert results.database.rows("SELECT * FROM voices") == []


def test_voices_are_forgotten_where_a_job_begins_anew(results: Results, job: Job, transcript: Transcript) -> None:
    """And where nobody was told apart in the end."""
    begun(results, job)
    results.add_chunk(job.id, spoken(transcript, 0, b"voice"))
    assert begun(results, job, "canary 5:6 3:4").voices == b""
    results.add_chunk(job.id, spoken(transcript, 0, b"voice"))
    results.finish(job.id, transcript)
    assert results.database.rows("SELECT * FROM voices") == []


@pytest.mark.parametrize(
    "name",
    ["あ" * 80, "あ" * 120, "x" * 251, "\N{GRINNING FACE}" * 60, "e\N{COMBINING ACUTE ACCENT}" * 81, "n\x1b[2Jn\n"],
)
def test_every_name_has_results_that_fit(jobs: Jobs, results: Results, transcript: Transcript, name: str) -> None:
    """Also beside one that differs at its end only, with a record beside each."""
    results.settings.set("formats", ["txt", "json", "docx", "fcpxml"])
    results.settings.set("sidecars", True)
    for ending in ("A.flac", "B.flac"):
        job = add(jobs, name + ending)
        results.finish(job.id, replace(transcript, source=Source(job.path.name, 1, "ab")))
        results.write_files()
        assert (jobs.get(job.id).state, jobs.get(job.id).error) == ("done", "")
        assert results.transcript(job).source.name == jobs.get(job.id).name
    written = list(results.folder.transcripts.iterdir())
    assert len(written) == 2 * (4 + 3)
    assert max(len(os.fsencode(path.name)) for path in written) <= 255
    assert all(path.name.isprintable() for path in written)
    for path in results.folder.transcripts.glob("*.json"):
        assert json.loads(path.read_text(encoding="utf-8"))["source"]["name"].endswith(("A.flac", "B.flac"))


def test_names_that_some_systems_take_for_one(jobs: Jobs, results: Results, transcript: Transcript) -> None:
    """A Mac writes é as two characters, and would write the one's file over the other's."""
    for name in ("caf\N{LATIN SMALL LETTER E WITH ACUTE}.flac", "cafe\N{COMBINING ACUTE ACCENT}.flac"):
        results.finish(add(jobs, name).id, transcript)
    names = [row["name"] for row in results.database.rows("SELECT name FROM files WHERE format = 'txt'")]
    assert len({unicodedata.normalize("NFC", name) for name in names}) == 2


@pytest.mark.parametrize("content", ["no JSON", '{"segments": 5}'])
def test_a_damaged_transcript_keeps_no_other_from_its_files(
    jobs: Jobs, results: Results, transcript: Transcript, content: str
) -> None:
    first, second = add(jobs, "a.wav"), add(jobs, "b.wav")
    for job in (first, second):
        results.finish(job.id, transcript)
    with results.database.transaction() as transaction:
        transaction.execute("DROP TRIGGER transcripts_never_change")
        transaction.execute("UPDATE transcripts SET content = ? WHERE job = ?", (content, first.id))
    results.write_files()
    assert "mistake" in jobs.get(first.id).error
    assert jobs.get(second.id).error == ""
    assert sorted(path.name[20:] for path in results.folder.transcripts.iterdir()) == ["b.srt", "b.txt"]


@pytest.mark.parametrize(("table", "column"), [("chunks", "segments"), ("jobs", "carried")])
def test_what_is_damaged_of_an_interrupted_job_is_heard_again(
    results: Results, job: Job, transcript: Transcript, table: str, column: str
) -> None:
    begun(results, job)
    results.add_chunk(job.id, chunk(transcript, 0))
    with results.database.transaction() as transaction:
        transaction.execute(f"UPDATE {table} SET {column} = '[{{'")
    assert begun(results, job) == ResumeState()
    results.add_chunk(job.id, chunk(transcript, 0))
    assert begun(results, job) == ResumeState(transcript.segments[:1], 10.0, 2.0)


def test_an_unfinished_transcription_can_be_read(results: Results, job: Job, transcript: Transcript) -> None:
    assert results.transcript(job) is None
    begun(results, job)
    results.add_chunk(job.id, chunk(transcript, 0))
    partial = results.transcript(results.jobs.get(job.id))
    assert partial.text == "Hello world."
    assert (partial.duration, partial.model, partial.notes) == (10.0, "parakeet", (UNFINISHED,))


def test_what_an_older_version_kept_is_shown_with_the_text_that_it_had(
    results: Results, job: Job, transcript: Transcript
) -> None:
    """Its words do not know how they are joined; the page and the files have them all the same."""
    parts = []
    for segment, texts in zip(transcript.segments, (("你", "好"), ("吗", "OK"))):
        words = [{"text": text, "start": segment.start, "end": segment.end} for text in texts]
        parts.append({**asdict(segment), "words": words})
    tail = [{"text": "世", "start": 3662.0, "end": 3663.0}]
    begun(results, job)
    for place in (0, 1):
        results.add_chunk(job.id, chunk(transcript, place))
        rewrite(results, "chunks", "segments", [parts[place]], f"first = {place}")
    rewrite(results, "jobs", "carried", {"tail": tail})
    unfinished = results.transcript(results.jobs.get(job.id))
    assert unfinished.text == "你好吗 OK 世"
    shown = [*results.chunks(job), *results.tail(job)]
    assert blanks(shown) == [[True, False], [False, True], [True]]
    results.finish(job.id, transcript)
    with results.database.transaction() as transaction:
        transaction.execute("DROP TRIGGER transcripts_never_change")
    rewrite(results, "transcripts", "content", {**to_dict(transcript), "segments": parts})
    (kept,) = results.transcripts(job)
    assert results.transcript(job).text == "你好吗 OK"
    content = to_dict(results.transcript(job, kept["id"]))
    assert blanks(content["segments"]) == [[True, False], [False, True]]


def rewrite(results: Results, table: str, column: str, value: object, where: str = "TRUE") -> None:
    """As another version wrote it."""
    with results.database.transaction() as transaction:
        transaction.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (json.dumps(value),))


def blanks(shown: list[dict]) -> list[list[bool]]:
    return [[word["space_before"] for word in segment["words"]] for segment in shown]
