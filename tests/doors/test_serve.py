"""`serve`: what it says, and who reaches what."""

import argparse
import json
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support.from_outside import NO_NETWORK, OUTSIDE, TOKEN
from tests.support.places import DEMO_MODELS, SAMPLE
from tests.support.programs import PROXIES, run_program
from tools.running import SERVE, start_page
from transcriber.server import serving


def test_the_page_is_there_too(address: str) -> None:
    assert "Transcribe" in httpx.get(address).text
    assert httpx.get(f"{address}openapi.json").json()["info"]["title"] == "Transcribe"


@pytest.mark.skipif(sys.platform != "linux", reason="needs a network of its own")
@pytest.mark.parametrize(("host", "token"), [("0.0.0.0", ""), (OUTSIDE, TOKEN)])
def test_others_reach_the_interface_for_programs_and_nothing_else(
    tmp_path: Path, words: str, host: str, token: str
) -> None:
    result = run_program("-m", "tests.support.from_outside", host, tmp_path / "data", TRANSCRIBER_TOKEN=token)
    if result.returncode == NO_NETWORK:
        pytest.skip("this system gives no network of its own")
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    printed, where, what, page = found.pop("said")
    assert printed.startswith(f"http://{OUTSIDE if token else '127.0.0.1'}:")
    assert where.startswith(f"Programs, also on other computers: http://{OUTSIDE}:")
    assert where.endswith(f" with the token {token}\n") if token else len(where.split()[-1]) > 30
    assert what.startswith("Whoever has it can have recordings transcribed here")
    assert page.startswith("The page is for this computer alone: http://127.0.0.1:")
    assert found == {
        "page": 200,
        "models as printed": 401,
        "page as printed": 404,
        "page from outside": "nobody there",
        "page by the other name": 403,
        "words": words,
    }


UPGRADE = (
    b"POST /v1/audio/transcriptions HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade, HTTP2-Settings, close\r\n"
    b"Upgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\nTransfer-Encoding: chunked\r\n"
    b"Content-Type: multipart/form-data; boundary=x\r\n\r\n"
)
"""As Java's HttpClient begins each of its requests."""


def chunked(body: bytes) -> bytes:
    parts = [body[at : at + 10_000] for at in range(0, len(body), 10_000)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def test_what_is_installed_or_set_besides_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    """Proxies that cannot be used keep it from nothing, and packages that uvicorn would take are left alone."""
    for name in ("httptools", "uvloop", "wsproto"):
        (tmp_path / f"{name}.py").write_text(f"raise RuntimeError('{name} was imported')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    for name, value in PROXIES.items():
        monkeypatch.setenv(name, value)
    log = tmp_path / "log"
    with log.open("wb") as errors:
        process, address = start_page(
            *("--models-dir", DEMO_MODELS, "--data-dir", tmp_path / "data"), program=SERVE, stderr=errors
        )
    port = urlsplit(address).port
    field = b'--x\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b\r\n'
    body = field % (b"model", b"", b"whisper-1") + field % (b"file", b'; filename="a.flac"', SAMPLE.read_bytes())
    try:
        with socket.create_connection(("127.0.0.1", port), 60) as connection:
            connection.sendall(UPGRADE % port + chunked(body + b"--x--\r\n"))
            with connection.makefile("rb") as answer:
                head, _, found = answer.read().partition(b"\r\n\r\n")
    finally:
        process.terminate()
        process.wait(20)
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert json.loads(found)["text"] == words
    assert log.read_text() == ""


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("app://obsidian.md", "app://obsidian.md"),
        ("HTTP://LocalHost:3000/", "http://localhost:3000"),
        ("http://localhost:80", "http://localhost"),
        ("https://example.org:443", "https://example.org"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("moz-extension://5f3c", "moz-extension://5f3c"),
        ("null", "null"),
    ],
)
def test_origins_are_what_browsers_send(text: str, origin: str) -> None:
    parser = argparse.ArgumentParser()
    serving.add_arguments(parser, DEMO_MODELS)
    asked = serving.serving_of(parser.parse_args(["--allow-origin", text, "--allow-origin", "app://other"]))
    assert asked.origins == (origin, "app://other")


@pytest.mark.parametrize(
    ("arguments", "status", "why"),
    [
        (["--host", "example.com"], 2, "“example.com” is no IP address"),
        (["--host", "192.0.2.1"], 1, "this computer has no address “192.0.2.1”"),
        (["--token", "mine"], 1, "--token is for other computers"),
        (["--models-dir", "nowhere"], 1, "Local models not found"),
        (["--allow-origin", "*"], 2, "“*” is no origin"),
        (["--allow-origin", "http://localhost:3000/app"], 2, "is no origin: write one such as app://obsidian.md"),
        (["--allow-origin", "localhost"], 2, "“localhost” is no origin"),
        (["--allow-origin", "http://["], 2, "“http://[” is no origin"),
        (["--allow-origin", "http://a b"], 2, "“http://a b” is no origin"),
        (["--allow-origin", "http://me@localhost"], 2, "“http://me@localhost” is no origin"),
        (["--allow-origin", "http://localhost:http"], 2, "“http://localhost:http” is no origin"),
    ],
)
def test_what_cannot_be_served(tmp_path: Path, arguments: list[str], status: int, why: str) -> None:
    usual = ("--models-dir", DEMO_MODELS, "--data-dir", tmp_path / "data", "--port", "0")
    result = run_program("-m", "transcriber", "serve", *usual, *arguments)
    assert result.returncode == status
    assert why in result.stderr
    assert "Traceback" not in result.stderr
