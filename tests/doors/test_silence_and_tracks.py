"""Silence is a result and several sound tracks are told apart, in every door, with the demo models."""

import json
import subprocess
import sys
import time
from pathlib import Path

import httpx
import numpy as np
import pytest
import soundfile

from tests.support.media import film
from tests.support.places import DEMO_MODELS, RATE

SILENCE = np.zeros(2 * RATE, np.float32)
EMPTY = {"text": "\n", "srt": "", "vtt": "WEBVTT\n"}


@pytest.fixture
def silent(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "silent.wav"
    path.parent.mkdir()
    soundfile.write(path, SILENCE, RATE)
    return path


def post(address: str, path: Path, **fields: str) -> httpx.Response:
    with path.open("rb") as file, httpx.Client(base_url=address, trust_env=False, timeout=60) as program:
        form = {"model": "parakeet", **fields}
        return program.post("/v1/audio/transcriptions", data=form, files={"file": file})


def transcriber(*arguments: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "transcriber", *map(str, arguments), "--models-dir", DEMO_MODELS, "--device", "cpu"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("response_format", EMPTY)
def test_programs_get_an_empty_text(address: str, silent: Path, response_format: str) -> None:
    response = post(address, silent, response_format=response_format)
    assert (response.status_code, response.text) == (200, EMPTY[response_format])


def test_programs_get_the_note(address: str, silent: Path) -> None:
    body = post(address, silent).json()
    assert body["text"] == "" and "only silence" in body["notes"][0]
    body = post(address, silent, response_format="verbose_json").json()
    assert body["segments"] == [] and body["duration"] == 2 and "only silence" in body["notes"][0]
    streamed = post(address, silent, stream="true").text
    assert '"transcript.text.done", "text": ""' in streamed and "error" not in streamed


def test_a_header_alone_stays_an_error(address: str, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", SILENCE[:0], RATE)
    assert post(address, tmp_path / "a.wav").json()["error"]["code"] == "invalid_audio"


def test_programs_choose_a_track(address: str, tmp_path: Path, sample_audio: np.ndarray, words: str) -> None:
    path = film(tmp_path / "a.mp4", (np.zeros_like(sample_audio), sample_audio))
    body = post(address, path).json()
    assert body["text"] == words and "Sound track 2 of 2 was transcribed, as nothing" in body["notes"][0]
    assert post(address, path, track="1").json()["text"] == ""
    assert post(address, path, track="2").json()["text"] == words
    error = post(address, path, track="3").json()["error"]
    assert error["param"] == "track" and "--track" in error["message"] and "there are: 1 (" in error["message"]
    assert post(address, path, track="0").json()["error"]["param"] == "track"


def test_the_command_line_and_watch_write_empty_files(silent: Path, tmp_path: Path) -> None:
    formats = ("--format", "txt,srt,vtt,json,csv")
    for command in (("transcribe",), ("watch", "--once", "--settling", "0.1")):
        out = tmp_path / command[0]
        result = transcriber(*command, silent.parent, *formats, "--output-dir", out)
        assert result.returncode == 0, result.stderr
        assert "only silence in this recording" in result.stderr
        assert (out / "silent.srt").read_text() == "" and (out / "silent.vtt").read_text() == "WEBVTT\n"
        assert json.loads((out / "silent.json").read_text())["segments"] == []
        again = transcriber(*command, silent.parent, *formats, "--output-dir", out)
        assert again.returncode == 0 and "silence" not in again.stderr, "it is done"


def test_the_pages_job_is_done(address: str, silent: Path) -> None:
    with httpx.Client(base_url=address, headers={"origin": address}, trust_env=False, timeout=30) as page:
        (job,) = page.post("/jobs", json={"path": str(silent), "model": "parakeet"}).json()
        until = time.monotonic() + 60
        while (found := page.get(f"/jobs/{job['id']}").json())["state"] in ("ready", "queued", "running"):
            assert time.monotonic() < until
            time.sleep(0.1)
        assert (found["state"], found["error"], found["segments"]) == ("done", "", [])
        assert any("only silence" in note for note in found["notes"])
        for name in ("txt", "srt", "docx", "fcpxml", "edl"):
            assert page.get(f"/jobs/{job['id']}/transcript.{name}").status_code == 200
