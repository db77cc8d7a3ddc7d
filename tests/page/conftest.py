"""A real Chromium on the real program with the demo models. A tab fails its test when it asks anything beyond this
computer, or when anything is logged as an error.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
import soundfile
from playwright.sync_api import Browser, BrowserType, ConsoleMessage, Page, expect, sync_playwright

from tests.support.chromium import CHROMIUM, OPTIONS
from tests.support.interview import LINES, NAME
from tests.support.media import repeated
from tests.support.page import SPOKEN_SECONDS, open_recording, show
from tests.support.page_program import Program
from tests.support.places import RATE


@pytest.fixture(scope="session")
def chromium() -> Iterator[BrowserType]:
    """To be launched; a process can have only one such thing."""
    if not Path(CHROMIUM).exists():
        if os.environ.get("CI"):
            pytest.fail("CI needs a Chromium")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def browser(
    chromium: BrowserType, tmp_path_factory: pytest.TempPathFactory, sample_audio: np.ndarray
) -> Iterator[Browser]:
    """Its microphone hears the first words of the sample, again and again."""
    spoken = tmp_path_factory.mktemp("microphone") / "spoken.wav"
    soundfile.write(spoken, sample_audio[: SPOKEN_SECONDS * RATE], RATE, subtype="PCM_16")
    browser = chromium.launch(executable_path=CHROMIUM, args=[*OPTIONS, f"--use-file-for-fake-audio-capture={spoken}"])
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with Program(tmp_path_factory.mktemp("page") / "data") as program:
        yield program


@pytest.fixture
def nothing_stays(program: Program) -> Iterator[None]:
    """No recording of a test is there in the next one."""
    yield
    for one in httpx.get(f"{program.address}jobs", trust_env=False).json()["jobs"]:
        httpx.delete(f"{program.address}jobs/{one['id']}", trust_env=False)


@pytest.fixture
def address(program: Program) -> str:
    return program.address


@pytest.fixture
def allowed(request: pytest.FixtureRequest) -> str:
    """What the browser may log as errors, as a pattern: requests that were refused with a reason. A test may add."""
    marker = request.node.get_closest_marker("logs")
    return "|".join(["status of 400", *(marker.args if marker else ())])


@pytest.fixture
def open_tab(browser: Browser, address: str, allowed: str) -> Iterator[Callable[[], Page]]:
    """Opens tabs of one browser window."""
    context = browser.new_context(
        permissions=["microphone", "clipboard-read", "clipboard-write"], viewport={"width": 1200, "height": 900}
    )
    foreign: list[str] = []
    problems: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not re.search(allowed, message.text):
            problems.append(message.text)

    def open_one() -> Page:
        tab = context.new_page()
        tab.on(
            "request",
            lambda asked: None if asked.url.startswith((address, "blob:", "data:")) else foreign.append(asked.url),
        )
        tab.on("pageerror", lambda error: problems.append(str(error)))
        tab.on("console", note)
        show(tab, address)
        return tab

    yield open_one
    context.close()
    assert not foreign
    assert not problems


@pytest.fixture
def page(open_tab: Callable[[], Page]) -> Page:
    """A tab on the page."""
    return open_tab()


@pytest.fixture
def document(page: Page) -> Page:
    """With the interview open, where the program has it."""
    open_recording(page, NAME)
    expect(page.locator(".turn")).to_have_count(len(LINES))
    return page


@pytest.fixture(scope="session")
def eight_minutes(tmp_path_factory: pytest.TempPathFactory, sample_audio: np.ndarray) -> Path:
    """24 times the sample, about six batches."""
    return repeated(tmp_path_factory.mktemp("long") / "long.flac", sample_audio, 24)


@pytest.fixture(scope="session")
def half_an_hour(tmp_path_factory: pytest.TempPathFactory, sample_audio: np.ndarray) -> Path:
    """So long that something else can happen meanwhile."""
    return repeated(tmp_path_factory.mktemp("longer") / "long.flac", sample_audio, 90)
