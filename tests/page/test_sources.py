"""Where recordings come from: files and folders, and what becomes of files that change or go while they are sent."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.support.page import LONG, add, expect_state, job, until
from tests.support.page_program import SMALL_ENGINE, Program
from tests.support.places import SAMPLE

SIZE = 20 << 20
"""Bytes: three pieces."""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """With a small engine: nothing is transcribed here."""
    folder = tmp_path_factory.mktemp("sources")
    with Program(folder / "data", command=SMALL_ENGINE) as program:
        yield program


pytestmark = pytest.mark.usefixtures("nothing_stays")


def listed(program: Program) -> list[dict]:
    jobs = httpx.get(f"{program.address}jobs", trust_env=False).json()["jobs"]
    assert isinstance(jobs, list)
    return jobs


def message(page: Page) -> Locator:
    return page.locator("adding-troubles p")


def names(program: Program) -> list[str]:
    """In the order in which they were added."""
    return [job["name"] for job in sorted(listed(program), key=lambda job: job["created_at"])]


def drop(page: Page, *paths: Path) -> None:
    """A real drop, through the browser's own drag events."""
    devtools = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for event in ("dragEnter", "dragOver", "drop"):
        devtools.send("Input.dispatchDragEvent", {"type": event, "x": 900, "y": 700, "data": data})
        page.wait_for_timeout(200)  # the browser asks the page whether it takes the files


@pytest.fixture
def meeting(tmp_path: Path) -> Path:
    """A folder with recordings in it and in the folders below, and with other files."""
    folder = tmp_path / "Meeting"
    for name in (
        "Part 10.flac",
        "Part 2.flac",
        "Part.flac",
        "day 2/b/late.FLAC",
        "notes.txt",
        ".hidden.flac",
        "day 2/.cache/x.flac",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SAMPLE, folder / name)
    return folder


def test_a_dropped_folder_is_the_recordings_in_it(page: Page, program: Program, meeting: Path, tmp_path: Path) -> None:
    """All of them are transcribed, and the page goes to the first one."""
    shutil.copy(SAMPLE, tmp_path / "beside.odd")
    drop(page, meeting, tmp_path / "beside.odd")
    wanted = ["late.FLAC", "Part.flac", "Part 2.flac", "Part 10.flac", "beside.odd"]
    until(page, lambda: names(program) == wanted)
    for name in wanted:
        expect_state(page, name, "done")
    expect(message(page)).to_have_text("Passed over in the folder “Meeting”, as they are no recordings: notes.txt.")
    assert page.url.endswith(next(job["id"] for job in listed(program) if job["name"] == wanted[0]))


def test_a_folder_of_many_files(page: Page, program: Program, tmp_path: Path) -> None:
    """Browsers tell a hundred at a time, and send some at once."""
    (tmp_path / "many").mkdir()
    for number in range(1, 131):
        (tmp_path / "many" / f"{number}.wav").write_bytes(b"RIFF")
    drop(page, tmp_path / "many")
    until(page, lambda: names(program) == [f"{number}.wav" for number in range(1, 131)])
    until(page, lambda: {job["state"] for job in listed(program)} == {"done"})


@pytest.mark.parametrize("name", ["notes.txt", ".hidden.wav", None])
def test_a_folder_without_recordings_says_so(page: Page, program: Program, tmp_path: Path, name: str | None) -> None:
    (tmp_path / "Empty").mkdir()
    if name:
        (tmp_path / "Empty" / name).touch()
    drop(page, tmp_path / "Empty")
    expect(message(page)).to_have_text("There is no recording in the folder “Empty”.")
    assert not listed(program)


def test_a_folder_that_is_chosen(page: Page, program: Program, meeting: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a folder").click()
    chooser.value.set_files(meeting)
    until(page, lambda: names(program) == ["late.FLAC", "Part.flac", "Part 2.flac", "Part 10.flac"])
    expect(message(page)).to_contain_text("no recordings: notes.txt.")


def test_what_is_refused_keeps_no_file_from_being_sent(page: Page, program: Program, tmp_path: Path) -> None:
    """They wait in the list."""
    refused = '{"detail": "this model takes too much memory"}'

    def refuse(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(status=400, body=refused, content_type="application/json")
        else:
            route.continue_()

    page.route("**/jobs", refuse)
    files = [tmp_path / f"{name}.flac" for name in ("one", "two", "three")]
    for path in files:
        shutil.copy(SAMPLE, path)
    add(page, *files)
    until(
        page,
        lambda: [(job["name"], job["state"]) for job in listed(program)] == [(path.name, "ready") for path in files],
    )
    expect(message(page)).to_have_text("this model takes too much memory")


def sent(page: Page, path: Path, before: int, act: Callable[[], object]) -> None:
    """Choose a file of SIZE bytes; before its piece number `before` is sent, something happens."""
    pieces = []

    def on_request(route: Route) -> None:
        if route.request.method == "PUT":
            pieces.append(route.request.url)
            if len(pieces) == before:
                act()
        route.continue_()

    page.route("**/recordings/*", on_request)
    add(page, path)


HOW = {
    "grows": (lambda path: path.open("ab").write(b"more"), "it was changed, or cannot be read any more"),
    "shrinks": (lambda path: os.truncate(path, 5 << 20), "it was changed, or cannot be read any more"),
    "goes": (lambda path: path.unlink(), "it is not there any more"),
}


@pytest.mark.parametrize("how", HOW)
def test_a_file_that_changes_while_it_is_sent(page: Page, program: Program, tmp_path: Path, how: str) -> None:
    act, why = HOW[how]
    path = tmp_path / "diary.wav"
    path.write_bytes(bytes(SIZE))
    sent(page, path, 2, lambda: act(path))
    expect_state(page, "diary.wav", "failed")
    expect(job(page, "diary.wav")).to_contain_text(f"“diary.wav” could not be sent: {why}")
    expect(message(page)).to_contain_text(f"“diary.wav” could not be sent: {why}")
    (diary,) = listed(program)
    assert diary["state"] == "failed"
    again = httpx.post(f"{program.address}jobs/{diary['id']}/retry", json={}, trust_env=False)
    assert (again.status_code, "only a part of diary.wav has arrived" in again.text) == (409, True)
    (tmp_path / "other.wav").write_bytes(b"RIFF")
    add(page, tmp_path / "other.wav")
    expect_state(page, "other.wav", "done")
    httpx.delete(f"{program.address}jobs/{diary['id']}", trust_env=False)
    expect(message(page)).to_be_empty()


@pytest.mark.logs("status of 404")  # of the document that is shown
def test_a_sentence_goes_when_its_recording_is_removed_in_another_tab(
    page: Page, program: Program, tmp_path: Path
) -> None:
    path = tmp_path / "diary.wav"
    path.write_bytes(bytes(SIZE))
    sent(page, path, 2, path.unlink)
    expect(message(page)).to_contain_text("diary.wav", timeout=LONG)
    httpx.delete(f"{program.address}jobs/{listed(program)[0]['id']}", trust_env=False)
    expect(message(page)).to_be_empty()


def begun(program: Program, path: Path) -> None:
    """The first piece of a file has arrived, and then its tab was closed."""
    announced = {"name": path.name, "size": SIZE}
    identity = httpx.post(f"{program.address}recordings", json=announced, trust_env=False).json()["id"]
    piece = path.read_bytes()[: 8 << 20]
    httpx.put(f"{program.address}recordings/{identity}?offset=0", content=piece, trust_env=False).raise_for_status()


@pytest.mark.logs("status of 412")
@pytest.mark.parametrize("differs_at", [0, 7 << 20, 9 << 20])
def test_two_recordings_of_one_name_and_size_are_never_joined(
    page: Page, program: Program, tmp_path: Path, differs_at: int
) -> None:
    """Where only what comes later differs, the second goes on where the first ended, and is whole."""
    first, second = bytearray(os.urandom(SIZE)), bytearray()
    second[:] = first
    second[differs_at:] = os.urandom(SIZE - differs_at)
    for place, content in (("A", first), ("B", second)):
        (tmp_path / place).mkdir()
        (tmp_path / place / "REC0001.WAV").write_bytes(content)
    begun(program, tmp_path / "A" / "REC0001.WAV")
    expect_state(page, "REC0001.WAV", "receiving")
    add(page, tmp_path / "B" / "REC0001.WAV")
    until(page, lambda: [job["state"] for job in listed(program)].count("done") == 1)
    add(page, tmp_path / "A" / "REC0001.WAV")
    until(page, lambda: [job["state"] for job in listed(program)].count("done") == 2)
    assert {bytes(first), bytes(second)} <= {path.read_bytes() for path in program.data_dir.rglob("REC0001.WAV")}
    assert {job["state"] for job in listed(program)} == {"done"}
