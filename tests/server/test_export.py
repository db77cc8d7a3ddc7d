"""Transcripts as files, as somebody chooses them: names, times, marked passages, presets; first lines; an archive."""

import io
import zipfile

import docx
import pytest
from starlette.testclient import TestClient

from tests.support.conversation import FIRST, SECOND, conversation
from tests.support.stored_jobs import add
from transcriber.exports import FORMATS
from transcriber.exports.origin import PROOFS
from transcriber.jobs.dispatcher import Dispatcher


@pytest.fixture
def identity(web: TestClient, dispatcher: Dispatcher) -> str:
    """A conversation that is transcribed."""
    return finished(dispatcher, "talk.wav")


def finished(dispatcher: Dispatcher, name: str) -> str:
    job = add(dispatcher.jobs, name)
    dispatcher.results.finish(job.id, conversation())
    return job.id


def text(web: TestClient, identity: str, name: str, **options: object) -> str:
    answer = web.get(f"/jobs/{identity}/transcript.{name}", params=options)
    assert answer.status_code == 200, answer.text
    return answer.content.decode(FORMATS[name].encoding)


@pytest.mark.parametrize("name", [name for name, known in FORMATS.items() if "speakers" in known.settings])
def test_names_are_left_out_where_nobody_wants_them(web: TestClient, identity: str, name: str) -> None:
    shown = [parts(web, identity, name, speakers=wanted) for wanted in (True, False)]
    assert [FIRST.upper() in part.upper() for part in shown] == [True, False]
    assert all("It is me." in part for part in shown)


@pytest.mark.parametrize("name", [name for name, known in FORMATS.items() if "times" in known.settings])
def test_times_are_left_out_where_nobody_wants_them(web: TestClient, identity: str, name: str) -> None:
    shown = [parts(web, identity, name, times=wanted) for wanted in (True, False)]
    assert ["00:00:03" in part for part in shown] == [True, False]
    assert all("It is me." in part for part in shown)


def parts(web: TestClient, identity: str, name: str, **options: object) -> str:
    """The text of a file without where it came from."""
    options |= {"origin": "none"}
    if name != "docx":
        return text(web, identity, name, **options)
    content = web.get(f"/jobs/{identity}/transcript.docx", params=options).content
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs)


def test_word_proves_where_it_came_from_only_where_that_is_wanted(web: TestClient, identity: str) -> None:
    def facts(**options: str) -> dict[str, str]:
        content = web.get(f"/jobs/{identity}/transcript.docx", params=options).content
        return {
            row.cells[0].text: row.cells[1].text
            for table in docx.Document(io.BytesIO(content)).tables
            for row in table.rows
        }

    assert facts(origin="none") == {}
    assert "Length" in facts() and not set(PROOFS) & set(facts())
    assert facts(origin="full")["SHA-256 of the recording"] == "ab" * 32


def test_marked_passages_alone(web: TestClient, identity: str) -> None:
    revision = web.get(f"/jobs/{identity}").json()["revision"]
    marked = web.post(f"/jobs/{identity}/edits", json={"kind": "mark", "revision": revision, "start": 3.4, "end": 6.4})
    assert marked.status_code == 200, marked.text
    assert text(web, identity, "txt", marked=True, times=False) == f"{SECOND}: is me.\n\n{FIRST}: Come\n"
    assert text(web, identity, "csv", marked=True).count("\n") == 3
    assert len(text(web, identity, "rttm", marked=True).splitlines()) == 2  # a mark is no correction


def test_the_presets_of_subtitles(web: TestClient, identity: str) -> None:
    answer = web.get(f"/jobs/{identity}/transcript.srt", params={"preset": "nobody's"})
    assert (answer.status_code, "netflix" in answer.json()["detail"]) == (400, True)
    plain, netflix = (text(web, identity, "srt", preset=name) for name in ("plain", "netflix"))
    assert plain != netflix


def test_its_title_is_its_heading_and_the_name_of_its_file(web: TestClient, identity: str) -> None:
    assert web.patch(f"/jobs/{identity}", json={"title": "../Anna: 1/2"}).status_code == 200
    answer = web.get(f"/jobs/{identity}/transcript.md")
    assert answer.text.startswith("# ../Anna: 1/2\n")
    assert answer.headers["content-disposition"].endswith("''_Anna_%201_2.md")


@pytest.mark.parametrize("name", FORMATS)
def test_the_first_lines_are_those_of_the_file(web: TestClient, identity: str, name: str) -> None:
    shown = web.get(f"/jobs/{identity}/preview.{name}", params={"speakers": False}).json()
    if name in ("docx", "html"):
        assert shown["title"] == "talk"
        assert shown["paragraphs"][1] == {"speaker": "", "time": "00:00:03", "text": "It is me."}
    else:
        assert shown["lines"] == text(web, identity, name, speakers=False).splitlines()[:24]


def archive(web: TestClient, **asked: object) -> zipfile.ZipFile:
    answer = web.post("/jobs/export", json=asked)
    assert answer.status_code == 200, answer.text
    return zipfile.ZipFile(io.BytesIO(answer.content))


def test_names_in_an_archive_never_collide(web: TestClient, dispatcher: Dispatcher) -> None:
    """Also where systems take several names for one."""
    recordings = [
        finished(dispatcher, name) for name in ("talk.wav", "Talk.mp3", "talk (2).wav", "é.wav", "e\u0301.wav")
    ]
    files = archive(web, ids=recordings, formats=["txt", "srt"])
    assert files.testzip() is None
    stems = ["talk", "Talk (2)", "talk (2) (2)", "é", "e\u0301 (2)"]
    assert files.namelist() == [f"{stem}.{suffix}" for stem in stems for suffix in ("txt", "srt")]
    assert files.read("talk.srt").decode() == text(web, recordings[0], "srt")


def test_one_damaged_recording_takes_no_other_along(web: TestClient, dispatcher: Dispatcher, identity: str) -> None:
    broken = finished(dispatcher, "broken.wav")
    with dispatcher.jobs.database.transaction() as transaction:
        transaction.execute("DROP TRIGGER transcripts_never_change")
        transaction.execute("UPDATE transcripts SET content = '{' WHERE job = ?", (broken,))
    nothing = add(dispatcher.jobs, "nothing.wav").id
    files = archive(web, ids=[broken, identity, nothing, "nobody"], formats=["txt"])
    assert files.namelist() == ["talk.txt", "not exported.txt"]
    told = files.read("not exported.txt").decode().splitlines()
    assert [line.partition(":")[0] for line in told] == ["broken.wav", "nothing.wav", "nobody"]


def test_what_is_chosen_last_is_kept(web: TestClient) -> None:
    chosen = {**web.get("/settings").json()["page"]["export"], "formats": ["srt"], "preset": "bbc"}
    assert web.patch("/settings/page", json={"export": chosen}).status_code == 200
    assert web.get("/settings").json()["page"]["export"] == chosen
