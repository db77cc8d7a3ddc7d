"""Chunks, transcripts and their files: what survives, and what never changes."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.test_jobs import PARAKEET, add
from transcriber.errors import StorageError
from transcriber.exports import FORMATS, render
from transcriber.jobs import Job, Jobs
from transcriber.results import UNFINISHED, Results
from transcriber.transcript import Partial, Transcript, to_dict

BASIS = "parakeet 1:2 3:4"


def chunk(transcript: Transcript, place: int) -> dict:
    done, elapsed = 10.0 * (place + 1), 2.0 * (place + 1)
    return {
        "segments": [asdict(transcript.segments[place])],
        "done": done,
        "elapsed": elapsed,
        "duration": None,
        "carried": {},
    }


@pytest.fixture
def job(jobs: Jobs) -> Job:
    job = add(jobs, "My talk: part 1.wav")
    jobs.enqueue(job.id, PARAKEET)
    return job


def begun(results: Results, job: Job, basis: str = BASIS) -> Partial:
    return results.begin(results.jobs.get(job.id), basis)


def test_an_interrupted_job_goes_on_from_its_last_chunk(results: Results, job: Job, transcript: Transcript) -> None:
    assert begun(results, job) == Partial()
    results.add_chunk(job.id, chunk(transcript, 0), b"\x00\x80")
    assert begun(results, job) == Partial(transcript.segments[:1], 10.0, 2.0)
    results.add_chunk(job.id, chunk(transcript, 1), b"\xff")
    assert begun(results, job) == Partial(transcript.segments, 20.0, 4.0)
    assert results.waveform(job) == b"\x00\x80\xff"


def test_only_new_segments_are_given(results: Results, job: Job, transcript: Transcript) -> None:
    begun(results, job)
    for place in (0, 1):
        results.add_chunk(job.id, chunk(transcript, place), b"")
    assert [segment["start"] for segment in results.chunks(job)] == [0.5, 3661.25]
    assert [segment["start"] for segment in results.chunks(job, 1)] == [3661.25]
    assert results.chunks(job, 2) == results.chunks(job, 99) == []


def test_what_another_model_had_is_kept_as_a_transcript(results: Results, job: Job, transcript: Transcript) -> None:
    begun(results, job)
    results.add_chunk(job.id, chunk(transcript, 0), b"")
    assert begun(results, job, "canary 5:6 3:4") == Partial()
    (kept,) = results.transcripts(job)
    assert kept["model"] == "parakeet"
    partial = results.transcript(job, kept["id"])
    assert partial.segments == transcript.segments[:1]
    assert partial.notes == (UNFINISHED,)
    assert results.jobs.get(job.id).done == 0


def test_a_finished_transcript_and_its_files(results: Results, job: Job, transcript: Transcript) -> None:
    results.jobs.set("formats", ["srt", "json"])
    begun(results, job)
    results.add_chunk(job.id, chunk(transcript, 0), b"")
    results.finish(job.id, to_dict(transcript))
    results.write_files()
    finished = results.jobs.get(job.id)
    assert (finished.state, finished.duration, finished.elapsed) == ("done", 4000, 40)
    assert results.transcript(finished) == transcript
    assert results.chunks(job) == []
    files = sorted(path.name for path in results.folder.transcripts.iterdir())
    assert [name[19:] for name in files] == [" My talk_ part 1.json", " My talk_ part 1.srt"]
    assert json.loads((results.folder.transcripts / files[0]).read_text())["model"] == "parakeet"


def test_every_format_is_written_with_a_record_beside_it(results: Results, job: Job, transcript: Transcript) -> None:
    results.jobs.set("formats", list(FORMATS))
    results.jobs.set("sidecars", True)
    results.finish(job.id, to_dict(transcript))
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
    results.jobs.set("formats", ["txt"])
    for _ in range(3):
        results.finish(job.id, to_dict(transcript))
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
        results.finish(job.id, to_dict(transcript))
        with pytest.raises(StorageError, match="No space left"):
            results.write_files()
    assert results.jobs.get(job.id).state == "done"
    results.write_files()
    results.write_files()
    assert sorted(path.suffix for path in results.folder.transcripts.iterdir() if path.suffix != ".part") == [
        ".srt",
        ".txt",
    ]


def test_an_unfinished_transcription_can_be_read(results: Results, job: Job, transcript: Transcript) -> None:
    assert results.transcript(job) is None
    begun(results, job)
    results.add_chunk(job.id, chunk(transcript, 0), b"")
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
        results.add_chunk(
            job.id, {**chunk(transcript, place), "segments": [parts[place]], "carried": {"tail": tail}}, b""
        )
    unfinished = results.transcript(results.jobs.get(job.id))
    assert unfinished.text == "你好吗 OK 世"
    shown = [*results.chunks(job), *results.tail(job)]
    assert blanks(shown) == [[True, False], [False, True], [True]]
    results.finish(job.id, {**to_dict(transcript), "segments": parts})
    (kept,) = results.transcripts(job)
    assert results.transcript(job).text == "你好吗 OK"
    content = results.content(job, kept["id"])
    assert blanks(content["segments"]) == [[True, False], [False, True]]


def blanks(shown: list[dict]) -> list[list[bool]]:
    return [[word["space_before"] for word in segment["words"]] for segment in shown]
