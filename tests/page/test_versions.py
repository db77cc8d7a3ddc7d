"""Versions of a transcript in the real program, with the demo models: cancelled, of a part, killed on the way."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.page_program import Program

PART = {"model": "Whisper", "start": 10.0, "end": 300.0}


class Recording:
    """One on the list of the running program."""

    def __init__(self, program: Program, path: Path) -> None:
        self.program = program
        self.id = self.send("jobs", path=str(path), model="Parakeet")[0]["id"]

    def send(self, where: str, **body: object) -> Any:
        answer = httpx.post(f"{self.program.address}{where}", json=body, trust_env=False, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def get(self, where: str = "", **asked: object) -> httpx.Response:
        return httpx.get(f"{self.program.address}{where}", params=asked, trust_env=False, timeout=60)

    @property
    def shown(self) -> dict[str, Any]:
        return self.get(f"jobs/{self.id}").json()

    def until(self, condition: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        for _ in range(5000):
            shown = self.shown
            if condition(shown):
                return shown
            time.sleep(0.05)
        raise AssertionError(shown)

    def words(self, number: int | None = None) -> list[str]:
        detail = self.get(f"jobs/{self.id}", **({} if number is None else {"number": number})).json()
        return [word["text"] for segment in detail["segments"] for word in segment["words"]]


def whole(shown: dict[str, Any]) -> list[dict[str, Any]]:
    """The versions of all of a recording."""
    return [version for version in shown["transcripts"] if version["part"] is None]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with Program(tmp_path_factory.mktemp("versions") / "data") as program:
        yield program


@pytest.fixture(scope="module")
def recording(program: Program, eight_minutes: Path) -> Recording:
    """Eight minutes that are transcribed."""
    recording = Recording(program, eight_minutes)
    recording.until(lambda shown: shown["state"] == "done")
    return recording


def test_a_part_again_goes_on_after_kill_9(program: Program, recording: Recording, sample_words: list[dict]) -> None:
    before = recording.shown
    waveform = recording.get(f"recordings/{recording.id}/waveform").content
    recording.send(f"jobs/{recording.id}/retry", **PART)
    recording.until(lambda shown: shown["parts"] and (shown["parts"][0]["progress"] or 0) > 0)
    program.kill()
    program.start()
    after = recording.until(lambda shown: shown["transcripts"][-1]["part"])
    assert (after["state"], after["number"], after["parts"]) == ("done", before["number"], [])
    assert (after["duration"], after["segments"]) == (before["duration"], before["segments"])
    assert recording.get(f"recordings/{recording.id}/waveform").content == waveform
    version = after["transcripts"][-1]
    assert (version["model"], version["part"]) == ("whisper", [10.0, 300.0])
    other = [word.casefold() for word in recording.words(version["id"])]
    assert len(other) > 200
    compared = recording.get(f"jobs/{recording.id}/compare", left=before["number"], right=version["id"]).json()
    assert compared["disagreement"] < 0.05
    assert set(other) <= {word["text"].casefold() for word in sample_words}


def test_a_version_that_is_cancelled_hides_nothing(recording: Recording) -> None:
    words, count = recording.words(), len(whole(recording.shown))
    recording.send(f"jobs/{recording.id}/retry", model="Whisper")
    recording.until(lambda shown: shown["unfinished"] and 0 < shown["unfinished"]["done"] < 480)
    assert recording.words() == words
    recording.send(f"jobs/{recording.id}/cancel")
    cancelled = recording.until(lambda shown: shown["state"] != "running")
    assert (cancelled["state"], cancelled["unfinished"]["model"]) == ("cancelled", "whisper")
    assert recording.words() == words
    assert 0 < len(recording.words(0)) < len(words)
    recording.send(f"jobs/{recording.id}/retry", model="Whisper")
    finished = recording.until(lambda shown: shown["state"] == "done")
    assert (finished["unfinished"], len(whole(finished))) == (None, count + 1)


def test_how_long_it_takes_is_known_from_then_on(program: Program, recording: Recording) -> None:
    told = recording.send("preflight", recordings=[recording.id], model="Parakeet")["recordings"][0]
    assert (told["is_estimate"], told["why"]) == (False, "")
    assert 0 < told["seconds"] < told["duration"]
