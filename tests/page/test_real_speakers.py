"""The sample's two people on the page, told apart by the published networks, named, and named in every file."""

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

from tests.support.page import LONG, choose, expect_state, saved
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
    program = Program(folder / "data", folder / "models")
    yield program
    program.stop()


def transcribe(page: Page, **options: str) -> None:
    """With these fields of the options filled in."""
    form = page.locator("transcribe-options")
    form.locator("summary").click()
    form.get_by_label("Speakers", exact=True).select_option("find out how many")
    for label, text in options.items():
        form.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Recordings").set_input_files(SAMPLE)
    choose(page, "Whisper")
    page.get_by_role("button", name="Transcribe", exact=True).click()
    expect_state(page, "sample.flac", "done")


def panel_of(page: Page) -> Locator:
    panel = page.locator("transcript-view .speakers")
    panel.locator("summary").click(timeout=LONG)
    return panel


def speakers(page: Page) -> list[str]:
    return page.get_by_role("region", name="Transcript").locator(".speaker").all_inner_texts()


def content(path: Path) -> str:
    """The text of a saved file."""
    if path.suffix == ".docx":
        return "\n".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)
    return path.read_text(encoding="utf-8-sig")


def test_two_people_are_found_named_and_named_in_every_file(page: Page, program: Program) -> None:
    page.get_by_role("button", name="Voices").click()
    page.get_by_label("Remember voices that I name").check()
    transcribe(page)
    panel = panel_of(page)
    expect(panel.locator("li")).to_have_count(2)
    for number, name in enumerate((FIRST, SECOND), 1):
        field = panel.get_by_label(f"Name of Speaker {number}", exact=True)
        field.fill(name)
        with page.expect_response("**/speakers"):
            field.press("Enter")
    expect(panel.locator("summary")).to_have_text(f"Speakers: {FIRST}, {SECOND}")
    named = speakers(page)
    truth = json.loads(SAMPLE.with_suffix(".json").read_text(encoding="utf-8"))["words"]
    turns = [
        word["speaker"]
        for place, word in enumerate(truth)
        if place == 0 or truth[place - 1]["speaker"] != word["speaker"]
    ]
    assert named == [{"Reporter": FIRST, "Captain": SECOND}[speaker] for speaker in turns]
    page.reload()
    expect(page.locator("transcript-view .speaker").first).to_have_text(FIRST)
    assert speakers(page) == named
    for name in FORMATS:
        text = content(saved(page, name)).casefold()
        assert all(person.casefold() in text for person in (FIRST, SECOND)), name
        assert "speaker 1" not in text, name
    written = [content(path) for path in (program.data_dir / "transcripts").iterdir()]
    assert len(written) == 2
    assert all(FIRST.casefold() in text.casefold() for text in written)


def test_another_number_of_people_in_a_moment(page: Page) -> None:
    """From the voices that were kept; and back."""
    expect(page.locator("transcript-view .speaker").first).to_have_text(FIRST)
    panel, before = panel_of(page), speakers(page)
    panel.get_by_label("How many people speak").fill("1")
    panel.get_by_role("button", name="Tell apart again").click()
    expect(panel.locator("li")).to_have_count(1)
    expect(page.locator("transcript-view .speaker")).to_have_count(1)
    panel.get_by_role("button", name="Undo the last change").click()
    expect(panel.locator("li")).to_have_count(2)
    assert speakers(page) == before


def test_remembered_voices_are_suggested_and_never_set(page: Page) -> None:
    page.get_by_role("button", name="Voices").click()
    remembered = page.get_by_role("list", name="Remembered voices").get_by_role("listitem")
    expect(remembered).to_have_count(2)
    transcribe(page, To="25")
    panel = panel_of(page)
    expect(panel.locator("summary")).to_have_text("Speakers: Speaker 1, Speaker 2")
    panel.get_by_role("button", name=f"Yes, this is {SECOND}").click()
    panel.get_by_role("button", name=f"Yes, this is {FIRST}").click()
    expect(panel.locator("summary")).to_have_text(f"Speakers: {FIRST}, {SECOND}")
    page.get_by_role("button", name=f"Forget {SECOND}").click()
    expect(remembered).to_have_text([re.compile(FIRST)])


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
