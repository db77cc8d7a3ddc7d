"""Whatever dies, and whenever: nothing uploaded or transcribed is lost, and the open page goes on."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import SAMPLE
from tests.page.conftest import LONG, Program, expect_state, expect_words, job, press, show, text, transcribe
from tests.page.test_jobs import long_words

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX's"),
    pytest.mark.logs(
        "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE", "ERR_SOCKET_NOT_CONNECTED"
    ),
]


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    """One of the test's own."""
    program = Program(tmp_path / "data")
    yield program
    program.stop()


def test_the_engine_is_killed(page: Page, program: Program, long_recording: Path, sample_words: list[dict]) -> None:
    page.get_by_label("Recordings").set_input_files(long_recording)
    transcribe(page)
    page.locator(".word").first.wait_for(timeout=LONG)
    program.kill_engine()
    expect_state(page, "long.flac", "stopped at.*the system ended the engine, most likely because memory ran out")
    assert text(page)
    press(page, "long.flac", "Retry")
    expect_state(page, "long.flac", "done")
    expect_words(page, long_words(sample_words))


def test_killed_while_a_file_is_uploaded(page: Page, program: Program, tmp_path: Path) -> None:
    content = bytes(range(256)) * (1 << 12) * 300
    (tmp_path / "big.wav").write_bytes(content)
    page.get_by_label("Recordings").set_input_files(tmp_path / "big.wav")
    while not (partial := list(program.data_dir.rglob("big.wav"))) or partial[0].stat().st_size < 20 << 20:
        page.wait_for_timeout(5)
    program.kill()
    assert partial[0].stat().st_size < len(content)
    expect(page.locator("recording-sources .message")).to_contain_text("The program does not answer")
    program.start()
    expect_state(page, "big.wav", "no audio or video that can be read")
    assert partial[0].read_bytes() == content
    expect(page.locator("recording-sources .message")).to_be_empty()


def test_an_upload_that_a_closed_tab_cut_off_goes_on(
    open_tab: Callable[[], Page], program: Program, tmp_path: Path
) -> None:
    content = bytes(range(256)) * (1 << 12) * 300
    (tmp_path / "big.wav").write_bytes(content)
    first = open_tab()
    first.get_by_label("Recordings").set_input_files(tmp_path / "big.wav")
    while not (partial := list(program.data_dir.rglob("big.wav"))) or partial[0].stat().st_size < 20 << 20:
        first.wait_for_timeout(5)
    first.close()
    assert partial[0].stat().st_size < len(content)
    second = open_tab()
    expect_state(second, "big.wav", "received|arrived")
    second.get_by_label("Recordings").set_input_files(tmp_path / "big.wav")
    expect_state(second, "big.wav", "no audio or video that can be read")
    assert [path.read_bytes() == content for path in program.data_dir.rglob("big.wav")] == [True]


@pytest.mark.parametrize("when", ["decoding", "transcription"])
def test_killed_while_it_works(
    page: Page, program: Program, long_recording: Path, sample_words: list[dict], when: str
) -> None:
    page.get_by_label("Recordings").set_input_files(long_recording)
    transcribe(page)
    if when == "decoding":
        expect(job(page, "long.flac")).to_contain_text("0:00 of", timeout=LONG)
    else:
        page.locator(".word").first.wait_for(timeout=LONG)
    program.kill()
    kept = text(page)
    expect(page.get_by_role("alert").filter(has_text="The program does not answer")).to_have_count(1)
    program.start()
    expect_state(page, "long.flac", "done")
    expect_words(page, long_words(sample_words))
    assert text(page)[: len(kept)] == kept
    page.reload()
    expect_words(page, long_words(sample_words))


def test_killed_while_it_saves(page: Page, program: Program, sample_words: list[dict]) -> None:
    """Killed between the database and the first file, by a program that is made to do so."""
    program.stop()
    program.start(
        sys.executable,
        "-c",
        "import os, pathlib, signal, sys, transcribe_ui\n"
        "pathlib.Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "transcribe_ui.main(sys.argv[1:])",
    )
    show(page, program.address)
    page.get_by_label("Recordings").set_input_files(SAMPLE)
    transcribe(page)
    assert program.process.wait(60) == -9
    folder = program.data_dir / "transcripts"
    assert [path.suffix for path in folder.iterdir()] == [".part"]
    program.start()
    expect_state(page, "sample.flac", "done")
    expect_words(page, [word["text"] for word in sample_words])
    until = time.monotonic() + 20
    while len(list(folder.iterdir())) < 2 and time.monotonic() < until:
        page.wait_for_timeout(50)
    assert sorted(path.suffix for path in folder.iterdir()) == [".srt", ".txt"]
