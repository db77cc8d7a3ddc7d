"""Set-ups as processes of their own, with a set-up program that asks no network."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.places import FAKE_SETUP
from transcriber.models.store import ModelStore
from transcriber.server.setup_process import SetupQueue, SetupState


@pytest.fixture
def setups(tmp_path: Path) -> Iterator[SetupQueue]:
    made = SetupQueue(FAKE_SETUP, tmp_path, tmp_path / "setup.log")
    yield made
    made.close()


def until(setups: SetupQueue, name: str, *stages: str) -> SetupState:
    for _ in range(1000):
        state = setups.state(name)
        if state and state.stage in stages:
            return state
        time.sleep(0.02)
    raise AssertionError(state)


def test_a_model_is_set_up(setups: SetupQueue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.setenv(name, "1")
    assert setups.is_possible and setups.state("whisper-base") is None
    setups.start("whisper-base")
    going = until(setups, "whisper-base", "downloading")
    assert going.total == 20_000_000
    for _ in range(200):
        if going.speed:
            break
        time.sleep(0.02)
        going = setups.state("whisper-base")
    assert 0 < going.done <= going.total
    assert 1e6 < going.speed < 1e9
    assert until(setups, "whisper-base", "frozen") == SetupState("frozen", message="whisper-base is set up.")
    assert ModelStore(tmp_path).find("whisper-base").status().state == "frozen"
    assert (tmp_path / "setup.log").read_text() == "whisper-base: hub offline: None\n"
    assert os.environ["HF_HUB_OFFLINE"] == "1"


def test_one_at_a_time_in_order(setups: SetupQueue) -> None:
    for name in ("whisper-large", "whisper-base", "whisper-tiny"):
        setups.start(name)
    until(setups, "whisper-large", "downloading")
    setups.start("whisper-large")  # asked for twice
    assert [setups.state(name).stage for name in ("whisper-base", "whisper-tiny")] == ["waiting", "waiting"]
    setups.cancel("whisper-base")
    assert setups.state("whisper-base").stage == "cancelled"
    setups.cancel("whisper-large")
    until(setups, "whisper-tiny", "frozen")
    assert [setups.state(name).stage for name in ("whisper-large", "whisper-base")] == ["cancelled", "cancelled"]


def test_a_cancelled_one_goes_on_where_it_stopped(setups: SetupQueue, tmp_path: Path) -> None:
    setups.start("whisper-large")
    for _ in range(1000):
        if (setups.state("whisper-large").done or 0) >= 6_000_000:
            break
        time.sleep(0.02)
    setups.cancel("whisper-large")
    assert "kept for the next time" in setups.state("whisper-large").message
    assert not (tmp_path / "whisper-large.pt").exists()
    setups.start("whisper-large")
    assert until(setups, "whisper-large", "downloading").done >= 6_000_000
    until(setups, "whisper-large", "frozen")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("canary-1b-v2", "Canary 1B v2 could not be downloaded; check the connection."),
        ("canary-1b-flash", "The set-up ended unexpectedly (status 3). What it wrote is in "),
    ],
)
def test_a_failure_is_said_and_the_next_one_begins(setups: SetupQueue, name: str, said: str) -> None:
    setups.start(name)
    setups.start("whisper-tiny")
    assert until(setups, name, "failed").message.startswith(said)
    until(setups, "whisper-tiny", "frozen")
    setups.start(name)
    until(setups, name, "failed")


def test_a_log_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    setups = SetupQueue(FAKE_SETUP, tmp_path, tmp_path / "none" / "setup.log")
    setups.start("whisper-tiny")
    assert "could not be started" in until(setups, "whisper-tiny", "failed").message


def test_nothing_outlives_the_program(setups: SetupQueue) -> None:
    setups.start("whisper-large")
    until(setups, "whisper-large", "downloading")
    process = setups._current.process
    setups.close()
    assert process.poll() is not None


def test_without_the_program(tmp_path: Path) -> None:
    assert not SetupQueue(tmp_path / "setup_local_models.py", tmp_path, tmp_path / "log").is_possible
