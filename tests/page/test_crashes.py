"""Whatever dies, and whenever: nothing uploaded or transcribed is lost, and the open page goes on."""

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.page import (
    LONG,
    add,
    again,
    expect_state,
    expect_words,
    job,
    long_words,
    show,
    show_whole,
    text,
    transcribe,
)
from tests.support.page_program import Program
from tests.support.places import SAMPLE

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX's"),
    pytest.mark.logs("net::ERR_"),
]


BIG = bytes(range(256)) * (1 << 12) * 160


def arriving(page: Page, program: Program, name: str) -> Path:
    """The file of an upload, once a part of it has arrived."""
    while not (found := list(program.data_dir.rglob(name))) or found[0].stat().st_size < 20 << 20:
        page.wait_for_timeout(5)
    return found[0]


def test_the_engine_is_killed(page: Page, program: Program, eight_minutes: Path, sample_words: list[dict]) -> None:
    transcribe(page, eight_minutes)
    page.locator(".word").first.wait_for(timeout=LONG)
    program.kill_engine()
    expect_state(page, "long.flac", "failed")
    expect(page.locator("document-view .error").filter(visible=True)).to_contain_text(
        "the system ended the engine, most likely because memory"
    )
    page.locator(".word").first.wait_for()
    again(page, "long.flac")
    expect_state(page, "long.flac", "done")
    expect_words(page, long_words(sample_words))


def test_killed_while_a_file_is_uploaded(page: Page, program: Program, tmp_path: Path) -> None:
    (tmp_path / "big.wav").write_bytes(BIG)
    show_whole(page)
    add(page, tmp_path / "big.wav")
    partial = arriving(page, program, "big.wav")
    program.kill()
    assert partial.stat().st_size < len(BIG)
    expect(page.locator("adding-troubles p")).to_contain_text("The program does not answer", timeout=LONG)
    program.start()
    expect_state(page, "big.wav", "failed")
    expect(job(page, "big.wav")).to_contain_text("no audio or video that can be read")
    assert partial.read_bytes() == BIG
    expect(page.locator("adding-troubles p")).to_be_empty()


def test_an_upload_that_a_closed_tab_cut_off_goes_on(
    open_tab: Callable[[], Page], program: Program, tmp_path: Path
) -> None:
    (tmp_path / "large.wav").write_bytes(BIG)
    first = open_tab()
    add(first, tmp_path / "large.wav")
    partial = arriving(first, program, "large.wav")
    first.close()
    assert partial.stat().st_size < len(BIG)
    second = open_tab()
    expect_state(second, "large.wav", "receiving")
    add(second, tmp_path / "large.wav")
    expect_state(second, "large.wav", "failed")
    expect(job(second, "large.wav")).to_contain_text("no audio or video that can be read")
    assert [path.read_bytes() == BIG for path in program.data_dir.rglob("large.wav")] == [True]


@pytest.mark.parametrize("when", ["decoding", "transcription"])
def test_killed_while_it_works(
    page: Page, program: Program, eight_minutes: Path, sample_words: list[dict], when: str
) -> None:
    show_whole(page)
    transcribe(page, eight_minutes)
    if when == "decoding":
        expect_state(page, "long.flac", "running")
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


def test_killed_while_it_saves(page: Page, program: Program, tmp_path: Path, sample_words: list[dict]) -> None:
    """Killed between the database and the first file, by a program that is made to do so."""
    show_whole(page)
    program.stop()
    program.start(
        sys.executable,
        "-c",
        "import os, pathlib, signal, sys, transcribe_ui\n"
        "pathlib.Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "transcribe_ui.main(sys.argv[1:])",
    )
    show(page, program.address)
    shutil.copy(SAMPLE, tmp_path / "saved last.flac")
    transcribe(page, tmp_path / "saved last.flac")
    assert program.process.wait(LONG / 1000) == -9
    folder = program.data_dir / "transcripts"
    assert len(list(folder.glob(".*.part"))) == 1
    assert not list(folder.glob("* saved last.*"))
    program.start()
    expect_state(page, "saved last.flac", "done")
    expect_words(page, [word["text"] for word in sample_words])
    until = time.monotonic() + 20
    while len(list(folder.glob("* saved last.*"))) < 2 and time.monotonic() < until:
        page.wait_for_timeout(50)
    assert sorted(path.suffix for path in folder.glob("* saved last.*")) == [".srt", ".txt"]
