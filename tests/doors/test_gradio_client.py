"""Gradio's own client on the real program."""

import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from tests.support.places import SAMPLE
from transcriber.errors import StorageError
from transcriber.ui import api


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[Client]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("HF_HUB_OFFLINE", "1")
        client = Client(address, verbose=False)
        yield client
        client.close()


def test_the_functions_have_names_and_types(client: Client) -> None:
    named = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert set(named) == {"/transcribe", "/export", "/models"}
    parameters = {one["parameter_name"]: one["python_type"]["type"] for one in named["/transcribe"]["parameters"]}
    assert list(parameters) == ["recording", "model", "language", "translate_to", "speakers"]
    assert parameters["model"] == "str"


def test_transcribe(client: Client, words: str, sample_words: list[dict]) -> None:
    found = client.predict(handle_file(SAMPLE), api_name="/transcribe")
    assert found["text"] == words
    spoken = [word for segment in found["segments"] for word in segment["words"]]
    assert abs(spoken[5]["start"] - sample_words[5]["start"]) < 0.3


def test_export(client: Client, words: str) -> None:
    assert client.predict(handle_file(SAMPLE), "txt", "whisper", api_name="/export") == f"{words}\n"
    assert client.predict(recording=handle_file(SAMPLE), api_name="/export").startswith("1\n00:00:00,")


def test_models(client: Client) -> None:
    assert client.predict(api_name="/models") == ["parakeet", "canary", "whisper"]


@pytest.mark.parametrize(
    ("asked", "name", "why"),
    [
        ({"model": "parrot"}, "/transcribe", "there is no model"),
        ({"language": "de"}, "/transcribe", "does not understand German"),
        ({"language": "xx"}, "/transcribe", "there is no language “xx”"),
        ({"translate_to": "auto"}, "/transcribe", "“auto” is no language to write in"),
        ({"speakers": "auto"}, "/transcribe", "run `python setup_local_models.py speakers` once"),
        ({"speakers": "many"}, "/export", "“many” is no number of speakers"),
        ({"format": "docx"}, "/export", "docx is no text"),
        ({"format": "doc"}, "/export", "there is no format"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(client: Client, asked: dict, name: str, why: str) -> None:
    with pytest.raises(AppError, match=why):
        client.predict(recording=handle_file(SAMPLE), api_name=name, **asked)


@pytest.mark.parametrize("language", ["", "auto", "en-US", "en_GB", "eng", "English", None])
def test_languages_as_clients_write_them(client: Client, words: str, language: str | None) -> None:
    asked = {"language": language, "translate_to": None, "model": "whisper"}
    assert client.predict(handle_file(SAMPLE), api_name="/transcribe", **asked)["text"] == words


def test_a_disk_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As exFAT and many shares: the recording is copied."""

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    api._keep(SAMPLE, tmp_path / "sample.flac")
    assert (tmp_path / "sample.flac").read_bytes() == SAMPLE.read_bytes()
    with pytest.raises(StorageError, match=r"cannot be stored \(No such file or directory\)"):
        api._keep(SAMPLE, tmp_path / "absent" / "sample.flac")


def test_what_is_no_recording(client: Client, tmp_path: Path) -> None:
    (tmp_path / "diary.wav").write_text("nothing was said")
    with pytest.raises(AppError, match="no audio or video"):
        client.predict(handle_file(tmp_path / "diary.wav"), api_name="/transcribe")


@pytest.mark.parametrize("url", ["http://192.0.2.1/a.wav", "http://example.com/a.wav", "http://127.0.0.1:9/a.wav"])
def test_the_server_fetches_nothing(address: str, url: str) -> None:
    """A file that is only an address is not looked up anywhere."""
    dependencies = httpx.get(f"{address}config").json()["dependencies"]
    (function,) = [one["id"] for one in dependencies if one["api_name"] == "transcribe"]
    recording = {"path": url, "url": url, "meta": {"_type": "gradio.FileData"}}
    data = {"data": [recording, "", "auto", ""], "fn_index": function, "session_hash": "abc"}
    httpx.post(f"{address}gradio_api/queue/join", json=data).raise_for_status()
    with httpx.stream("GET", f"{address}gradio_api/queue/data?session_hash=abc", timeout=20) as told:
        events = [json.loads(line[6:]) for line in told.iter_lines() if line.startswith("data: ")]
    (end,) = [event for event in events if event["msg"] == "process_completed"]
    assert not end["success"]
