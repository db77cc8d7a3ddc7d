"""The sample's two people on the page, told apart by the published networks, named, and named in every file."""

import itertools
import json
import math
import re
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import docx
import httpx
import numpy as np
import pytest
import soundfile
from playwright.sync_api import Locator, Page, expect

from tests.support.page import LONG, add, expect_state, open_recording, saved, show_adding, until
from tests.support.page_program import Program
from tests.support.places import PROJECT
from transcriber.exports import FORMATS

SAMPLE = PROJECT / "examples" / "sample.flac"
FIRST, SECOND = "Rosa", "Kofi"
"""The reporter, who speaks first, and the captain."""


@pytest.fixture(scope="module")
def program(real_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("real-speakers")
    (folder / "models").mkdir()
    for name in ("whisper-base.pt", "whisper-base.json", "speakers.nemo", "speakers.json"):
        (folder / "models" / name).symlink_to(real_models / name)
    (folder / "models" / "chosen.json").write_text(json.dumps(["whisper-base"]))
    with Program(folder / "data", folder / "models") as program:
        yield program


def transcribe(page: Page) -> None:
    """With its speakers told apart, however many there are."""
    show_adding(page)
    choice = page.locator("add-view select[name=speakers]")
    if choice.input_value() != "auto":
        with page.expect_response("**/settings/page"):
            choice.select_option("auto")
    add(page, SAMPLE)
    page.wait_for_url("**/#/r/*", timeout=LONG)
    expect_state(page, "sample.flac", "done")


def panel_of(page: Page) -> Locator:
    panel = page.get_by_role("complementary").get_by_role("region", name="Speakers")
    expect(panel.get_by_role("listitem").first).to_be_visible(timeout=LONG)
    return panel


def expect_turns(page: Page, names: list[str]) -> None:
    """Who speaks, one turn after the other."""
    expect(page.locator(".turn .name").filter(visible=True)).to_have_text(names)


def turns() -> list[str]:
    """Who truly does."""
    truth = json.loads(SAMPLE.with_suffix(".json").read_text(encoding="utf-8"))["words"]
    people = [person for person, _ in itertools.groupby(word["speaker"] for word in truth)]
    return [{"Reporter": FIRST, "Captain": SECOND}[person] for person in people]


def content(path: Path) -> str:
    """The text of a saved file."""
    if path.suffix == ".docx":
        return "\n".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)
    return path.read_text(encoding="utf-8-sig")


def test_two_people_are_found_named_and_named_in_every_file(page: Page, program: Program) -> None:
    page.goto(f"{program.address}#/settings")
    page.get_by_label("Remember voices that I name").check()
    transcribe(page)
    panel = panel_of(page)
    expect(panel.get_by_role("listitem")).to_have_count(2)
    for number, name in enumerate((FIRST, SECOND), 1):
        field = panel.get_by_label(f"Name of Speaker {number}", exact=True)
        field.fill(name)
        with page.expect_response("**/speakers"):
            field.press("Enter")
    expect_turns(page, turns())
    page.reload()
    expect_turns(page, turns())
    for name in FORMATS:
        text = content(saved(page, name)).casefold()
        assert all(person.casefold() in text for person in (FIRST, SECOND)), name
        assert "speaker 1" not in text, name

    def written() -> list[str]:
        return [content(path) for path in (program.data_dir / "transcripts").iterdir()]

    assert len(written()) == 2
    until(page, lambda: all(FIRST.casefold() in text.casefold() for text in written()))


def test_another_number_of_people_in_a_moment(page: Page) -> None:
    """From the voices that were kept; and back."""
    open_recording(page, "sample.flac")
    panel = panel_of(page)
    expect_turns(page, turns())
    panel.get_by_role("button", name="Another number of people…").click()
    page.get_by_role("dialog").get_by_label("How many people speak").fill("1")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("Escape")
    page.locator("#main").focus()
    page.keyboard.press("Control+z")
    expect(panel.get_by_role("listitem")).to_have_count(2)
    expect_turns(page, turns())


def test_remembered_voices_are_suggested_and_never_set(page: Page, program: Program) -> None:
    transcribe(page)
    panel = panel_of(page)
    expect(panel.get_by_label("Name of Speaker 1", exact=True)).to_be_visible()
    for name in (SECOND, FIRST):
        with page.expect_response("**/speakers"):
            panel.get_by_role("button", name=f"Yes, this is {name}").click()
    expect_turns(page, turns())
    page.goto(f"{program.address}#/settings")
    remembered = page.get_by_role("list", name="Remembered voices").get_by_role("listitem")
    expect(remembered).to_have_count(2)
    page.get_by_role("button", name=f"Forget: {SECOND}").click()
    expect(remembered).to_have_text([re.compile(FIRST)])
    expect(page.get_by_role("button", name=f"Forget: {FIRST}")).to_be_focused()


def job_at(program: Program, identity: str, seconds: float) -> dict:
    """A job, once so much of its recording is transcribed, or all."""
    while True:
        try:
            job = httpx.get(f"{program.address}jobs/{identity}", trust_env=False, timeout=60).json()
        except httpx.TransportError:
            job = {"done": 0.0, "state": "unknown"}
        if job["done"] > seconds or job["state"] in ("done", "failed"):
            return job
        time.sleep(0.1)


@pytest.mark.slow
def test_killed_and_started_again_the_same_people_speak(program: Program, tmp_path: Path) -> None:
    """To the bit: with what was kept of the voices before, as with what was heard at once."""
    audio, rate = soundfile.read(SAMPLE, dtype="float32")
    recording = tmp_path / "long.wav"
    soundfile.write(recording, np.concatenate([0.3 * number * audio for number in (1, 2, 3)]), rate)
    asked = {"model": "whisper-base", "path": str(recording), "speakers": "auto"}

    def start() -> str:
        return httpx.post(f"{program.address}jobs", json=asked, trust_env=False, timeout=60).json()[0]["id"]

    whole = job_at(program, start(), math.inf)
    identity = start()
    assert job_at(program, identity, 50.0)["state"] == "running"
    program.kill()
    program.start()
    resumed = job_at(program, identity, math.inf)
    assert (whole["state"], resumed["state"]) == ("done", "done")
    assert resumed["segments"] == whole["segments"]
    assert resumed["diarization"] == whole["diarization"]
    with sqlite3.connect(program.data_dir / "transcriber.db") as database:
        rows = database.execute("SELECT job, heard FROM voices ORDER BY id").fetchall()
    heard = {job: b"".join(piece for owner, piece in rows if owner == job) for job in (whole["id"], identity)}
    assert heard[identity] == heard[whole["id"]]
    assert sum(owner == identity for owner, _ in rows) > 1
