"""What is found, where, and what the list shows of it: real SQLite, as transcripts come, change and go."""

import json
import time
from collections.abc import Iterable
from dataclasses import replace

import pytest

from tests.support.full_library import fill
from tests.support.stored_jobs import add
from transcriber.jobs import database, digests
from transcriber.jobs.bin import Bin
from transcriber.jobs.data_folder import DataFolder
from transcriber.jobs.database import MIGRATIONS, Database
from transcriber.jobs.documents import Documents
from transcriber.jobs.results import Results
from transcriber.jobs.search.index import Index
from transcriber.jobs.search.searching import FEW, Found, Search
from transcriber.jobs.store import Job, Jobs
from transcriber.transcript import Coverage, Segment, Transcript, Word
from transcriber.transcript_json import to_dict
from transcriber.worker.protocol import Progress

HANNAH = "And by then the road was gone. The first is the one that broke the levee. By the road I mean the levee road."


def spoken(text: str, start: float = 0.0, speaker: str | None = None) -> Segment:
    """A word a second."""
    words = tuple(Word(word, start + place, start + place + 1.0) for place, word in enumerate(text.split()))
    return Segment(words, start, words[-1].end or start, speaker)


def transcript_of(*segments: Segment, **fields: object) -> Transcript:
    return replace(Transcript(segments, segments[-1].end, "parakeet", "cpu"), **fields)


@pytest.fixture
def index(jobs: Jobs, results: Results) -> Index:
    return Index(jobs, results)


@pytest.fixture
def search(index: Index) -> Search:
    return Search(index)


def keep(results: Results, name: str, *segments: Segment, **fields: object) -> Job:
    """A recording with a transcript."""
    job = add(results.jobs, name)
    results.finish(job.id, transcript_of(*segments, **fields))
    return results.jobs.get(job.id)


def found(search: Search, query: str, limit: int = 50) -> list[Found]:
    return search.find(query, limit, 5).recordings


def titles(recordings: Iterable[Found]) -> list[str]:
    return [recording.title for recording in recordings]


def test_words_are_found_with_their_second_and_what_stands_around(search: Search, results: Results) -> None:
    keep(results, "a.wav", spoken(HANNAH, 10.0))
    keep(results, "b.wav", spoken("Nothing of it here"))
    (recording,) = found(search, "lev")
    assert (recording.title, recording.in_title, recording.count) == ("a.wav", False, 2)
    hit = recording.hits[0]
    assert (hit.start, hit.before, hit.match) == (25.0, "…the one that broke the ", "levee")
    assert hit.after == ". By the road I mean the levee road."


def test_words_that_stand_together_are_shown_else_each_of_them(search: Search, results: Results) -> None:
    keep(results, "a.wav", spoken(HANNAH))
    hits = [(hit.start, hit.match) for hit in found(search, "the road")[0].hits]
    assert hits == [(3.0, "the road"), (17.0, "the road")]
    (recording,) = found(search, "gone broke")
    assert [hit.match for hit in recording.hits] == ["gone", "broke"]
    assert found(search, "gone nowhere") == []


def test_in_quotation_marks_words_are_whole_and_follow_one_another(search: Search, results: Results) -> None:
    keep(results, "a.wav", spoken(HANNAH))
    for query, count in (("lev", 2), ('"lev"', 0), ('"levee road"', 1), ('"road levee"', 0), ('"broke the lev', 1)):
        assert sum(recording.count for recording in found(search, query)) == count, query


@pytest.mark.parametrize(
    ("text", "query", "match"),
    [
        ("Die Brücke über die Weiße Elster", "uber weisse", "über"),
        ("Łódź is a city", "lodz", "Łódź"),
        ("caf\u0065\u0301 noir", "CAFÉ", "café"),
        ("東京タワーは赤い", "タワー", "タワー"),
        ("สวัสดีครับ", "ดีครับ", "ดีครับ"),
        ("저는 서울에서 왔어요", "서울", "서울"),
        ("ذهبتُ إلى المدرسة", "ذهبت", "ذهبتُ"),
        ("At 7:30 o’clock", "7:30", "7:30"),
    ],
)
def test_every_language_is_found(search: Search, results: Results, text: str, query: str, match: str) -> None:
    keep(results, "a.wav", spoken(text))
    assert found(search, query)[0].hits[0].match == match


def test_words_without_blanks_have_their_seconds(search: Search, results: Results) -> None:
    characters = enumerate("今日は東京です")
    words = tuple(Word(text, float(place), place + 1.0, space_before=False) for place, text in characters)
    keep(results, "a.wav", Segment(words[:4], 0.0, 4.0), Segment(words[4:], 4.0, 7.0))
    (hit,) = found(search, "東京")[0].hits  # in two segments
    assert (hit.start, hit.before, hit.match, hit.after) == (3.0, "今日は", "東京", "です")


def test_words_without_times_have_their_segments_second(search: Search, results: Results) -> None:
    keep(results, "a.wav", Segment((Word("one"), Word("two")), 5.0, 9.0))
    assert found(search, "two")[0].hits[0].start == 5.0


def test_titles_come_first_then_the_newest(search: Search, results: Results, jobs: Jobs) -> None:
    keep(results, "old.wav", spoken("the mayor spoke"))
    keep(results, "new.wav", spoken("the mayor again"))
    named = keep(results, "REC_0042.wav", spoken("nothing"))
    jobs.update(named.id, title="Mayor, Kaltenbrunn")
    by_title = add(jobs, "mayor without words.wav")
    result = found(search, "mayor")
    assert titles(result) == ["mayor without words.wav", "Mayor, Kaltenbrunn", "new.wav", "old.wav"]
    assert [recording.in_title for recording in result] == [True, True, False, False]
    assert titles(found(search, "kalten nothing")) == ["Mayor, Kaltenbrunn"]  # one word in the title, one spoken
    assert titles(found(search, "0042")) == []  # it is called otherwise now
    jobs.update(by_title.id, title="")
    findings = search.find("mayor", 2, 5)
    assert (len(findings.recordings), findings.total, findings.pending) == (2, 4, 0)


def test_what_changes_is_found_as_it_is(search: Search, results: Results, jobs: Jobs) -> None:
    """A correction and its undo, another version, another title; not what lies in the bin."""
    job = keep(results, "a.wav", spoken("the levy broke"))
    assert found(search, "levy") and not found(search, "levee")
    documents = Documents(results)
    documents.edit(job, None, 0, "words", {"first": 1, "count": 1, "text": "levee"})
    assert found(search, "levee")[0].hits[0].start == 1.0 and not found(search, "levy")
    documents.undo(job, None)
    assert found(search, "levy") and not found(search, "levee")
    documents.redo(job, None)
    results.finish(job.id, transcript_of(spoken("the jetty broke")))
    assert found(search, "levee") and not found(search, "jetty")  # what was edited is shown
    results.versions.choose(job, results.versions.of(job)[-1].id)
    assert found(search, "jetty") and not found(search, "levee")
    Bin(jobs).put(job.id, goes_on=False)
    results.versions.choose(job, results.versions.of(job)[0].id)  # as by what was still being done for it
    assert not found(search, "levee")
    results.versions.choose(job, results.versions.of(job)[-1].id)
    Bin(jobs).take([job.id])
    assert found(search, "jetty")


def test_what_an_interrupted_job_has_is_found(search: Search, results: Results, jobs: Jobs) -> None:
    job = add(jobs, "a.wav")
    jobs.update(job.id, state="running")
    results.begin(job, "parakeet 1:2 3:4")
    results.add_chunk(job.id, Progress(5.0, None, 1.0, (spoken("the levee broke"),)))
    jobs.end(job.id, "cancelled")
    assert found(search, "levee")[0].count == 1


def test_nothing_of_what_is_deleted_stays_in_the_index(
    search: Search, results: Results, jobs: Jobs, index: Index
) -> None:
    job, _ = keep(results, "x.wav", spoken("a unicorn")), keep(results, "y.wav", spoken("a zebra"))
    assert titles(found(search, "a")) == ["y.wav", "x.wav"]
    jobs.delete(job)
    index.forget_deleted()
    assert titles(found(search, "a")) == ["y.wav"]
    kept = b"".join(row["block"] for row in jobs.database.rows("SELECT block FROM search_tokens_data"))
    assert b"unicorn" not in kept and b"zebra" in kept
    assert [row["c1"] for row in jobs.database.rows("SELECT c1 FROM search_tokens_content")] == ["a zebra"]


def test_a_damaged_transcript_is_found_by_its_title_and_keeps_no_other_from_being_found(
    search: Search, results: Results, jobs: Jobs
) -> None:
    keep(results, "whole.wav", spoken("the levee"))
    damaged = add(jobs, "levee, damaged.wav")
    with jobs.database.transaction() as transaction:
        statement = "INSERT INTO transcripts (job, created_at, model, content) VALUES (?, 0, 'parakeet', '[')"
        transaction.execute(statement, (damaged.id,))
    findings = search.find("levee", 50, 5)
    assert titles(findings.recordings) == ["levee, damaged.wav", "whole.wav"]
    assert findings.pending == 0


def test_one_that_cannot_be_indexed_keeps_no_other_from_being_found(
    search: Search, results: Results, jobs: Jobs
) -> None:
    refused, _ = keep(results, "a.wav", spoken("the levee")), keep(results, "b.wav", spoken("the levee"))
    with jobs.database.transaction() as transaction:
        transaction.execute(
            f"CREATE TRIGGER refuse BEFORE INSERT ON search_texts WHEN NEW.job = '{refused.id}' "
            "BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    findings = search.find("levee", 50, 5)
    assert (titles(findings.recordings), findings.pending) == (["b.wav"], 0)


def test_a_search_does_not_wait_for_a_library_that_is_being_indexed(
    search: Search, index: Index, jobs: Jobs, results: Results
) -> None:
    fill(jobs.database, FEW + 1, 20)
    assert search.find("needle", 50, 5).pending == FEW + 1
    index.catch_up()
    keep(results, "a.wav", spoken("the levee"))
    assert (search.find("needle", 50, 5).total, titles(found(search, "levee"))) == (FEW + 1, ["a.wav"])


def test_what_changes_or_goes_while_it_is_searched(search: Search, index: Index, jobs: Jobs, results: Results) -> None:
    """Each search sees one state of each recording, whatever another thread does to it meanwhile."""
    changing, going = keep(results, "a.wav", spoken("the levee")), keep(results, "b.wav", spoken("the levee"))
    index.catch_up()
    numbers = search._matching('"levee"')
    jobs.update(changing.id, title="c")
    index.catch_up()
    jobs.delete(going)
    assert [bool(index.text(number) and index.job(number)) for number in numbers] == [False, True]


def test_the_list_shows_a_digest_that_follows_the_transcript(index: Index, results: Results, jobs: Jobs) -> None:
    def digest() -> dict:
        index.catch_up()
        return digests.read(jobs.get(job.id).digest)

    job = add(jobs, "a.wav")
    assert digest() == {"has_transcript": False, "excerpt": "", "speakers": (), "to_check": 0, "language": None}
    segments = spoken("Hello there", 0, "Anna"), spoken("Hi " * 100, 2, "Ben"), spoken("Well", 102, "Anna")
    unsure = replace(segments[0], words=(replace(segments[0].words[0], confidence=0.1), segments[0].words[1]))
    coverage = Coverage(100.0, ((103.0, 105.0),))
    results.finish(job.id, transcript_of(unsure, *segments[1:], language="de", coverage=coverage))
    shown = digest()
    assert shown["to_check"] == 2
    assert (shown["has_transcript"], shown["speakers"], shown["language"]) == (True, ("Anna", "Ben"), "de")
    assert shown["excerpt"].startswith("Hello there Hi Hi") and shown["excerpt"].endswith("Hi…")
    assert len(shown["excerpt"]) <= 161
    before = jobs.get(job.id).changed
    Documents(results).edit(job, None, 0, "words", {"first": 0, "count": 1, "text": "Goodbye"})
    assert digest()["excerpt"].startswith("Goodbye there")
    assert digest()["to_check"] == 1  # somebody looked at the word
    assert jobs.get(job.id).changed > before


def test_a_thread_catches_up_and_waits_for_who_is_editing(
    index: Index, results: Results, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = keep(results, "a.wav", spoken("the levy broke"))
    change = Documents(results).edit(job, None, 0, "words", {"first": 1, "count": 1, "text": "jetty"})
    index.catch_up()  # now it is the chosen one
    revision = change.after.history.revision
    Documents(results).edit(job, None, revision, "words", {"first": 1, "count": 1, "text": "levee"})
    monkeypatch.setattr("transcriber.jobs.search.index.QUIET_SECONDS", 60.0)
    index._catch_up_in_thread()
    assert digests.read(jobs.get(job.id).digest)["excerpt"] == "the jetty broke"
    monkeypatch.setattr("transcriber.jobs.search.index.QUIET_SECONDS", 0.2)
    index._is_awake = False
    index.wake()
    until = time.monotonic() + 10
    while jobs.database.rows("SELECT 1 FROM stale") and time.monotonic() < until:
        time.sleep(0.01)
    assert digests.read(jobs.get(job.id).digest)["excerpt"] == "the levee broke"


def test_what_an_older_version_kept_is_found_and_listed(
    folder: DataFolder, transcript: Transcript, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its database had no titles, no bin, no index: what was removed then lies in the bin now."""
    monkeypatch.setattr(database, "MIGRATIONS", MIGRATIONS[:4])
    older = Database(folder.database)
    columns = "id, name, source, path, state, position, options, created_at, finished_at, removed_at"
    job = f"INSERT INTO jobs ({columns}) VALUES (?, ?, 'upload', ?, 'done', 1, ?, 5, 6, ?)"
    with older.transaction() as transaction:
        options = json.dumps({"model": "parakeet", "device": "cpu"})
        for identity, removed_at in (("one", None), ("two", time.time())):
            row = (identity, f"{identity}.wav", f"recordings/{identity}/a.wav", options, removed_at)
            transaction.execute(job, row)
            statement = "INSERT INTO transcripts (job, created_at, model, content) VALUES (?, 6, 'parakeet', ?)"
            transaction.execute(statement, (identity, json.dumps(to_dict(transcript))))
    older.close()
    monkeypatch.undo()
    jobs = Jobs(Database(folder.database), folder)
    search = Search(Index(jobs, Results(jobs.database, folder, jobs)))
    assert [(recording.id, recording.hits[0].start) for recording in found(search, "jerry")] == [("one", 3661.6)]
    (listed,) = jobs.all()
    assert (listed.title, listed.folder, digests.read(listed.digest)["excerpt"]) == ("one.wav", None, transcript.text)
    assert [job.id for job in Bin(jobs).content()] == ["two"]
    assert jobs.changed_since(jobs.changes) == []
