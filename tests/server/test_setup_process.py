"""Set-ups as processes of their own, with a set-up program that asks no network."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.places import FAKE_SETUP
from transcriber.models.store import ModelStore
from transcriber.server.setup_process import SettingUp, SetUp


@pytest.fixture
def setting_up(tmp_path: Path) -> Iterator[SettingUp]:
    made = SettingUp(FAKE_SETUP, tmp_path, tmp_path / "setup.log")
    yield made
    made.close()


def until(setting_up: SettingUp, name: str, *stages: str) -> SetUp:
    for _ in range(1000):
        state = setting_up.state(name)
        if state and state.stage in stages:
            return state
        time.sleep(0.02)
    raise AssertionError(state)


def test_a_model_is_set_up(setting_up: SettingUp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.setenv(name, "1")
    assert setting_up.is_possible and setting_up.state("whisper-base") is None
    setting_up.start("whisper-base")
    going = until(setting_up, "whisper-base", "downloading")
    assert going.total == 20_000_000
    for _ in range(200):
        if going.speed:
            break
        time.sleep(0.02)
        going = setting_up.state("whisper-base")
    assert 0 < going.done <= going.total
    assert 1e6 < going.speed < 1e9
    assert until(setting_up, "whisper-base", "frozen") == SetUp("frozen", message="whisper-base is set up.")
    assert ModelStore(tmp_path).status("whisper-base").state == "frozen"
    assert (tmp_path / "setup.log").read_text() == "whisper-base: hub offline: None\n"
    assert os.environ["HF_HUB_OFFLINE"] == "1"


def test_one_at_a_time_in_order(setting_up: SettingUp) -> None:
    for name in ("whisper-large", "whisper-base", "whisper-tiny"):
        setting_up.start(name)
    until(setting_up, "whisper-large", "downloading")
    setting_up.start("whisper-large")  # asked for twice
    assert [setting_up.state(name).stage for name in ("whisper-base", "whisper-tiny")] == ["waiting", "waiting"]
    setting_up.cancel("whisper-base")
    assert setting_up.state("whisper-base").stage == "cancelled"
    setting_up.cancel("whisper-large")
    until(setting_up, "whisper-tiny", "frozen")
    assert [setting_up.state(name).stage for name in ("whisper-large", "whisper-base")] == ["cancelled", "cancelled"]


def test_a_cancelled_one_goes_on_where_it_stopped(setting_up: SettingUp, tmp_path: Path) -> None:
    setting_up.start("whisper-large")
    for _ in range(1000):
        if (setting_up.state("whisper-large").done or 0) >= 6_000_000:
            break
        time.sleep(0.02)
    setting_up.cancel("whisper-large")
    assert "kept for the next time" in setting_up.state("whisper-large").message
    assert not (tmp_path / "whisper-large.pt").exists()
    setting_up.start("whisper-large")
    assert until(setting_up, "whisper-large", "downloading").done >= 6_000_000
    until(setting_up, "whisper-large", "frozen")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("canary-1b-v2", "Canary 1B v2 could not be downloaded; check the connection."),
        ("canary-1b-flash", "The set-up ended unexpectedly (status 3). What it wrote is in "),
    ],
)
def test_a_failure_is_said_and_the_next_one_begins(setting_up: SettingUp, name: str, said: str) -> None:
    setting_up.start(name)
    setting_up.start("whisper-tiny")
    assert until(setting_up, name, "failed").message.startswith(said)
    until(setting_up, "whisper-tiny", "frozen")
    setting_up.start(name)
    until(setting_up, name, "failed")


def test_a_log_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    setting_up = SettingUp(FAKE_SETUP, tmp_path, tmp_path / "none" / "setup.log")
    setting_up.start("whisper-tiny")
    assert "could not be started" in until(setting_up, "whisper-tiny", "failed").message


def test_nothing_outlives_the_program(setting_up: SettingUp) -> None:
    setting_up.start("whisper-large")
    until(setting_up, "whisper-large", "downloading")
    process = setting_up._current.process
    setting_up.close()
    assert process.poll() is not None


def test_without_the_program(tmp_path: Path) -> None:
    assert not SettingUp(tmp_path / "setup_local_models.py", tmp_path, tmp_path / "log").is_possible
