"""A real Chromium on the real program with the demo models. A tab fails its test when it asks anything beyond this
computer, or when anything is logged as an error.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect, sync_playwright

from tests.support.places import DEMO_MODELS, RATE
from tools.running import PROGRAM, start_page

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    # The address bar's two pages of suggestions take a second for each window. The others playwright disables too; of
    # two such lists the last one counts.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,DestroyProfileOnBrowserClose,HttpsUpgrades,LensOverlay,"
    "MediaRouter,NetworkTimeServiceQuerying,OptimizationHints,PaintHolding,PreconnectToSearch",
    # rebound.test is a foreign name that leads to this computer.
    "--host-resolver-rules=MAP rebound.test 127.0.0.1 , MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
]
LONG = 120_000
"""Milliseconds that anything may take which loads a model: two tests share two cores."""
SPOKEN_SECONDS = 5


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory, sample_audio: np.ndarray) -> Iterator[Browser]:
    """Its microphone hears the first words of the sample, again and again."""
    if not Path(CHROMIUM).exists():
        if os.environ.get("CI"):
            pytest.fail("CI needs a Chromium")
        pytest.skip("no Chromium on this machine")
    spoken = tmp_path_factory.mktemp("microphone") / "spoken.wav"
    soundfile.write(spoken, sample_audio[: SPOKEN_SECONDS * RATE], RATE, subtype="PCM_16")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*OPTIONS, f"--use-file-for-fake-audio-capture={spoken}"]
        )
        yield browser
        browser.close()


SMALL_ENGINE = (sys.executable, "-m", "tests.support.echoing")
"""The program with an engine that transcribes nothing."""


class Program:
    """The running program, which can be killed and started again at its address."""

    def __init__(self, data_dir: Path, models_dir: Path = DEMO_MODELS, command: tuple[str, ...] = PROGRAM) -> None:
        self.data_dir, self.models_dir, self.command = data_dir, models_dir, command
        with socket.create_server(("127.0.0.1", 0)) as any_port:
            self.port = any_port.getsockname()[1]
        self.start()

    def start(self, *program: str) -> None:
        """`program`: another command than the usual one."""
        self.process, self.address = start_page(
            *("--models-dir", self.models_dir, "--data-dir", self.data_dir, "--port", self.port),
            program=program or self.command,
        )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(20)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)

    def kill_engine(self, how: signal.Signals = signal.SIGKILL) -> None:
        """The engine process only."""
        found = subprocess.run(
            ["pgrep", "-P", str(self.process.pid), "-f", "transcriber.worker.process"],
            capture_output=True,
            text=True,
            check=True,
        )
        os.kill(int(found.stdout.split()[0]), how)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    program = Program(tmp_path_factory.mktemp("page") / "data")
    yield program
    program.stop()


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


def show(tab: Page, address: str) -> None:
    tab.goto(address)
    expect(tab.get_by_role("button", name="Transcribe", exact=True)).to_be_enabled(timeout=LONG)
    expect(tab.get_by_label("Recordings")).to_be_attached()


def transcribe(page: Page, model: str = "Parakeet") -> None:
    choose(page, model)
    page.get_by_role("button", name="Transcribe", exact=True).click()


def choose(page: Page, model: str) -> None:
    choice = model_choice(page)
    choice.select_option(choice.locator("option").filter(has_text=model).first.get_attribute("value"))


def model_choice(page: Page) -> Locator:
    return page.locator("model-choice").get_by_label("Model")


def job(page: Page, name: str) -> Locator:
    """The newest item of that name in the list of jobs."""
    return page.get_by_role("list", name="Jobs").get_by_role("listitem").filter(has_text=name).first


def press(page: Page, name: str, button: str) -> None:
    job(page, name).get_by_role("button", name=button, exact=True).click()


def expect_state(page: Page, name: str, state: str) -> None:
    expect(job(page, name)).to_contain_text(re.compile(state), timeout=LONG)


def text(page: Page) -> list[str]:
    return page.get_by_role("region", name="Transcript").locator(".word").all_inner_texts()


def expect_words(page: Page, words: list[str]) -> None:
    expect(page.get_by_role("region", name="Transcript").locator(".word")).to_have_text(words, timeout=LONG)
    expect(page.get_by_role("link", name="Save", exact=True)).to_be_visible(timeout=LONG)


def save(page: Page, name: str) -> tuple[str, str]:
    """The name and the text of the transcript in a format."""
    path = saved(page, name)
    return path.name, path.read_text(encoding="utf-8")


def saved(page: Page, name: str) -> Path:
    """The transcript in a format, as a file of the name that the page gives it."""
    page.get_by_label("Save as").select_option(name.lower())
    with page.expect_download() as download:
        page.get_by_role("link", name="Save", exact=True).click()
    return Path(download.value.path()).rename(download.value.path().with_name(download.value.suggested_filename))


@pytest.fixture(scope="session")
def eight_minutes(tmp_path_factory: pytest.TempPathFactory, sample_audio: np.ndarray) -> Path:
    """24 times the sample, about six batches."""
    return repeated(tmp_path_factory.mktemp("long") / "long.flac", sample_audio, 24)


@pytest.fixture(scope="session")
def half_an_hour(tmp_path_factory: pytest.TempPathFactory, sample_audio: np.ndarray) -> Path:
    """So long that something else can happen meanwhile."""
    return repeated(tmp_path_factory.mktemp("longer") / "long.flac", sample_audio, 90)


def repeated(path: Path, audio: np.ndarray, times: int) -> Path:
    soundfile.write(path, np.tile(audio, times), RATE)
    return path
