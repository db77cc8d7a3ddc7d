"""Who speaks in stored transcripts: names, merges, another count, undone one by one; and what of it is in the files."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.support.conversation import FIRST, SECOND, conversation
from tests.support.stored_jobs import PARAKEET, add
from transcriber.errors import UnsupportedOptionError
from transcriber.jobs import saved_files
from transcriber.jobs import speakers as stored_speakers
from transcriber.jobs.documents import Documents
from transcriber.jobs.results import Results
from transcriber.jobs.speakers import Speakers
from transcriber.jobs.store import Job, Jobs
from transcriber.speaker_count import SpeakerCount
from transcriber.speakers.protocol import VECTOR_SIZE, Activity
from transcriber.transcript import Transcript
from transcriber.transcript_json import to_dict
from transcriber.worker.protocol import Progress


@pytest.fixture
def job(jobs: Jobs, results: Results) -> Job:
    """Of the conversation."""
    results.settings.set("formats", ["txt", "json"])
    job = add(jobs)
    jobs.enqueue(job.id, PARAKEET)
    results.begin(jobs.get(job.id), "parakeet")
    for place, segment in enumerate(conversation().segments):
        results.add_chunk(job.id, Progress(3.0 * (place + 1), 10.0, 1.0, (segment,), voices=b"heard"))
    results.finish(job.id, conversation())
    results.write_files()
    return jobs.get(job.id)


@pytest.fixture
def speakers(results: Results) -> Speakers:
    return Speakers(Documents(results))


def named(transcript: Transcript) -> list[str]:
    """Who says each segment; the words, the turns and the voices agree."""
    assert transcript.diarization
    names = [segment.speaker for segment in transcript.segments]
    assert [word.speaker for segment in transcript.segments for word in segment.words] == [
        segment.speaker for segment in transcript.segments for _ in segment.words
    ]
    assert {turn.speaker for turn in transcript.diarization.turns} == set(names)
    assert {voice.speaker for voice in transcript.diarization.voices} == set(names)
    return names


def test_names_hold_in_what_is_read_and_written(speakers: Speakers, results: Results, job: Job) -> None:
    """The stored transcript stays what it was."""
    transcript = speakers.rename(job, None, {FIRST: " Łukasz O’Neill ", "2": "<b>Anna</b> & co"}).after.transcript
    assert named(transcript) == ["Łukasz O’Neill", "<b>Anna</b> & co", "Łukasz O’Neill"]
    (stored,) = results.transcripts(job)
    assert results.transcript(job) == results.transcript(job, stored["id"]) == transcript
    assert transcript.edits == 1
    results.write_files()
    texts = {path.suffix: path.read_text(encoding="utf-8") for path in results.folder.transcripts.iterdir()}
    assert set(texts) == {".txt", ".json"}
    assert "Łukasz O’Neill: Who is there?" in texts[".txt"]
    assert {segment["speaker"] for segment in json.loads(texts[".json"])["segments"]} == set(named(transcript))
    (kept,) = results.database.rows("SELECT content FROM transcripts")
    assert json.loads(kept["content"]) == json.loads(json.dumps(to_dict(conversation())))


def test_each_change_is_undone_in_turn(speakers: Speakers, results: Results, job: Job) -> None:
    before = results.transcript(job)
    speakers.rename(job, None, {FIRST: "Tom", SECOND: "Anna"})
    speakers.rename(job, None, {"Tom": "Anna", "Anna": "Tom"})
    assert named(results.transcript(job)) == ["Anna", "Tom", "Anna"]
    assert named(speakers.merge(job, None, ["2", "Anna"]).after.transcript) == ["Tom"] * 3
    assert named(speakers.undo(job, None).after.transcript) == ["Anna", "Tom", "Anna"]
    assert named(speakers.undo(job, None).after.transcript) == ["Tom", "Anna", "Tom"]
    assert speakers.undo(job, None).after.transcript == before
    with pytest.raises(UnsupportedOptionError, match="no change of the speakers to undo"):
        speakers.undo(job, None)


def test_a_name_that_is_given_while_files_are_written_is_in_them(
    speakers: Speakers, results: Results, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    speakers.rename(job, None, {FIRST: "Tom"})
    write, names = saved_files.write_whole, ["Rosa"]

    def write_late(path: Path, content: bytes) -> None:
        write(path, content)
        if names:
            speakers.rename(job, None, {"Tom": names.pop()})

    monkeypatch.setattr(saved_files, "write_whole", write_late)
    results.write_files()
    results.write_files()
    texts = [path.read_text(encoding="utf-8") for path in results.folder.transcripts.iterdir()]
    assert len(texts) == 2
    assert all("Rosa" in text and "Tom" not in text for text in texts)


def test_files_that_the_user_took_away_stay_away(speakers: Speakers, results: Results, job: Job) -> None:
    for path in results.folder.transcripts.glob("*.json"):
        path.unlink()
    speakers.rename(job, None, {FIRST: "Tom"})
    results.write_files()
    (file,) = results.folder.transcripts.iterdir()
    assert "Tom: Who is there?" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({FIRST: "x" * 10_000}, "10000 characters is too long"),
        ({FIRST: " "}, "an empty name is none"),
        ({FIRST: "Anna\nBob"}, "one line"),
        ({FIRST: "\ud83d"}, "one line"),
        ({FIRST: SECOND}, SECOND),
        ({FIRST: "Anna", SECOND: "Anna"}, "Anna"),
        ({"Speaker 3": "Anna"}, "Speaker 3"),
        ({"3": "Anna"}, "no speaker"),
        ({"0": "Anna"}, "no speaker"),
        ({"9" * 5_000: "Anna"}, "no speaker"),
        ({"x" * 10_000: "Anna"}, "no speaker"),
    ],
)
def test_names_that_nobody_can_have(
    speakers: Speakers, results: Results, job: Job, names: dict[str, str], words: str
) -> None:
    before = results.transcript(job)
    with pytest.raises(UnsupportedOptionError, match=words) as refused:
        speakers.rename(job, None, names)
    assert len(str(refused.value)) < 500
    assert results.transcript(job) == before
    assert results.database.rows("SELECT * FROM edits") == []


@pytest.mark.parametrize("people", [[], [FIRST], [FIRST, "1"], [FIRST, "Bob"]])
def test_who_cannot_be_merged(speakers: Speakers, job: Job, people: list[str]) -> None:
    with pytest.raises(UnsupportedOptionError):
        speakers.merge(job, None, people)


def test_where_nobody_was_told_apart(speakers: Speakers, results: Results, jobs: Jobs, transcript: Transcript) -> None:
    job = add(jobs, "another.wav")
    with pytest.raises(UnsupportedOptionError, match="no such transcript"):
        speakers.rename(job, None, {"1": "Anna"})
    results.finish(job.id, transcript)
    with pytest.raises(UnsupportedOptionError, match="transcribe"):
        speakers.rename(job, None, {"1": "Anna"})
    with pytest.raises(UnsupportedOptionError, match="no such transcript"):
        speakers.rename(job, 99, {"1": "Anna"})


class HeardVoices:
    """Each three seconds are somebody else's, of as many people as are asked for."""

    most = None

    def people(self, count: SpeakerCount = SpeakerCount()) -> Activity:
        people = count.exactly or 2
        exclusive = np.arange(1000) // 300 % people
        active = exclusive[:, None] == np.arange(people)
        centres = np.eye(people, VECTOR_SIZE, dtype=np.float32)
        return Activity(active, exclusive, centres, np.full(people, 0.8), 0.01, 0.0, 10.0)

    def voice(self, stretches: object) -> np.ndarray:
        return np.eye(1, VECTOR_SIZE, dtype=np.float32)[0]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What the voices were read from; they are HeardVoices."""
    read: list[bytes] = []

    def voices(content: bytes) -> HeardVoices:
        read.append(content)
        return HeardVoices()

    monkeypatch.setattr(stored_speakers, "_read", voices)
    return read


def test_another_count_keeps_the_words(speakers: Speakers, results: Results, job: Job, heard: list[bytes]) -> None:
    """It is found from the voices that were kept, once: what came of it is read from then on."""
    text = results.transcript(job).text
    transcript = speakers.recount(job, None, "3").after.transcript
    assert heard == [b"heard" * 3]
    assert transcript.text == text
    assert len(set(named(transcript))) == 3
    assert transcript.diarization.count == "3"
    assert results.transcript(job) == transcript
    renamed = speakers.rename(job, None, {"1": "Tom"}).after.transcript
    assert named(results.transcript(job))[0] == "Tom"
    assert renamed.diarization.count == "3"
    assert len(heard) == 1
    speakers.undo(job, None)
    assert results.transcript(job) == transcript
    assert named(speakers.undo(job, None).after.transcript) == [FIRST, SECOND, FIRST]


def test_without_voices_there_is_no_other_count(speakers: Speakers, results: Results, job: Job) -> None:
    with results.database.transaction() as transaction:
        transaction.execute("DELETE FROM voices")
    for change in (lambda: speakers.recount(job, None, "3"), lambda: speakers.split(job, None, "1")):
        with pytest.raises(UnsupportedOptionError, match="transcribe it again with speakers"):
            change()


@pytest.mark.parametrize("count", ["off", "0", "many", "100", ""])
def test_counts_that_are_none(speakers: Speakers, job: Job, heard: list[bytes], count: str) -> None:
    with pytest.raises(UnsupportedOptionError):
        speakers.recount(job, None, count)


def test_voices_are_remembered_only_where_that_is_wanted(
    speakers: Speakers, results: Results, job: Job, heard: list[bytes]
) -> None:
    """A name that is put right at once does not stay."""
    speakers.rename(job, None, {FIRST: "Tom"})
    assert not results.folder.remembered_voices.exists()
    speakers.remembered.turn_on()
    speakers.rename(job, None, {"Tom": "Ana"})
    assert speakers.remembered.names() == ["Ana"]
    speakers.rename(job, None, {"Ana": "Anna"})
    (voice,) = speakers.remembered.voices()
    assert (voice.name, voice.seconds, len(voice.heard)) == ("Anna", 2.3, 1)


def test_names_that_were_exchanged_are_remembered_for_the_right_voices(
    speakers: Speakers, job: Job, heard: list[bytes]
) -> None:
    speakers.remembered.turn_on()
    speakers.rename(job, None, {FIRST: "Anna", SECOND: "Tom"})
    before = {voice.name: voice.vector.tolist() for voice in speakers.remembered.voices()}
    speakers.rename(job, None, {"Anna": "Tom", "Tom": "Anna"})
    after = {voice.name: voice.vector.tolist() for voice in speakers.remembered.voices()}
    assert (after["Tom"], after["Anna"]) == (before["Anna"], before["Tom"])


def test_an_edit_of_another_kind_is_passed_over(speakers: Speakers, results: Results, job: Job) -> None:
    (stored,) = results.transcripts(job)
    results.edits.add(stored["id"], "of a newer version", {})
    assert results.transcript(job) == conversation()
    assert named(speakers.rename(job, None, {FIRST: "Tom"}).after.transcript) == ["Tom", SECOND, "Tom"]


def test_each_transcript_of_a_job_has_its_own_names(speakers: Speakers, results: Results, job: Job) -> None:
    results.finish(job.id, replace(conversation(), model="canary"))
    first, second = (stored["id"] for stored in results.transcripts(job))
    speakers.rename(job, first, {FIRST: "Tom"})
    speakers.rename(job, second, {FIRST: "Anna"})
    assert [named(results.transcript(job, number))[0] for number in (first, second)] == ["Tom", "Anna"]


def test_paragraphs_that_were_split_by_hand_stay_split(
    speakers: Speakers, results: Results, job: Job, heard: list[bytes]
) -> None:
    """Whoever speaks then."""
    documents = speakers.documents
    documents.edit(job, None, 0, "split", {"word": 1})
    speakers.recount(job, None, "3")
    texts = [segment.text for segment in results.transcript(job).segments if segment.starts_paragraph]
    assert texts == ["is there?"]
    speakers.merge(job, None, ["1", "2", "3"])
    texts = [segment.text for segment in results.transcript(job).segments if segment.starts_paragraph]
    assert len(texts) == 1
    assert texts[0].startswith("is there?")
