"""`serve`: what it says, and who reaches what."""

import argparse
import json
import sys
from pathlib import Path

import httpx
import pytest

from tests.conftest import DEMO_MODELS, run_program
from tests.doors.from_outside import NO_NETWORK, OUTSIDE, TOKEN
from transcriber import serving


def test_the_page_is_there_too(address: str) -> None:
    assert "Transcribe" in httpx.get(address).text
    assert httpx.get(f"{address}openapi.json").json()["info"]["title"] == "Transcribe"


@pytest.mark.skipif(sys.platform != "linux", reason="needs a network of its own")
@pytest.mark.parametrize(("host", "token"), [("0.0.0.0", ""), (OUTSIDE, TOKEN)])
def test_others_reach_the_interface_for_programs_and_nothing_else(
    tmp_path: Path, words: str, host: str, token: str
) -> None:
    result = run_program("-m", "tests.doors.from_outside", host, tmp_path / "data", TRANSCRIBER_TOKEN=token)
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
    ],
)
def test_what_cannot_be_served(tmp_path: Path, arguments: list[str], status: int, why: str) -> None:
    usual = ("--models-dir", DEMO_MODELS, "--data-dir", tmp_path / "data", "--port", "0")
    result = run_program("-m", "transcriber", "serve", *usual, *arguments)
    assert result.returncode == status
    assert why in result.stderr
    assert "Traceback" not in result.stderr
