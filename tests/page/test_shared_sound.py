"""The sound of another tab, and both it and the microphone, are recorded as the microphone alone is."""

import base64
import io
import wave
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
import soundfile
from playwright.sync_api import Browser, BrowserType, Page, expect

from tests.support.chromium import CHROMIUM, OPTIONS
from tests.support.page import LONG, SPOKEN_SECONDS, choose, expect_state, show, text
from tests.support.page_program import Program
from tests.support.places import RATE

pytestmark = pytest.mark.usefixtures("nothing_stays")
FAKE = "--use-fake-"
SHARED, BOTH = "A tab or this computer", "Microphone and a tab"
TONES = """
const tone = (hertz) => {
  const context = new AudioContext(), oscillator = new OscillatorNode(context, { frequency: hertz });
  const out = context.createMediaStreamDestination();
  oscillator.connect(out);
  oscillator.start();
  return out.stream;
};
window.shared = [];
navigator.mediaDevices.getUserMedia = async () => tone(400);
navigator.mediaDevices.getDisplayMedia = async () => { shared.push(tone(1000)); return shared.at(-1); };
"""


@pytest.fixture(scope="module")
def browser(chromium: BrowserType) -> Iterator[Browser]:
    """It asks nobody which tab is shared: it is the one that is called Talk, which is really heard."""
    browser = chromium.launch(
        executable_path=CHROMIUM,
        args=[*(one for one in OPTIONS if not one.startswith(FAKE)), "--auto-select-tab-capture-source-by-title=Talk"],
        ignore_default_args=["--mute-audio"],
    )
    yield browser
    browser.close()


@pytest.fixture
def talk(page: Page, sample_audio: np.ndarray) -> Page:
    """Another tab, in which somebody speaks again and again."""
    sound = io.BytesIO()
    soundfile.write(sound, sample_audio[: SPOKEN_SECONDS * RATE], RATE, subtype="PCM_16", format="WAV")
    tab = page.context.new_page()
    source = base64.b64encode(sound.getvalue()).decode()
    tab.set_content(f"<title>Talk</title><audio src='data:audio/wav;base64,{source}' autoplay loop></audio>")
    tab.wait_for_function("document.querySelector('audio').currentTime > 0")
    page.bring_to_front()
    return tab


def record(page: Page, source: str, until: str = "0:06") -> None:
    page.get_by_label("What is recorded").select_option(source)
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_label("Recording time")).to_have_text(until, timeout=LONG)


def stop(page: Page) -> None:
    page.get_by_role("button", name="Stop", exact=True).click()


def recorded(program: Program, name: str) -> np.ndarray:
    """The channels [N, C] of the last recording."""
    path = max(program.data_dir.rglob(f"{name}*.wav"), key=lambda path: path.name)
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels()).astype(float)


def hertz(samples: np.ndarray) -> int:
    """Of what is loudest in it."""
    return round(np.argmax(np.abs(np.fft.rfft(samples))) * RATE / len(samples))


def message(page: Page) -> str:
    expect(page.locator("adding-troubles p")).not_to_be_empty()
    return page.locator("adding-troubles p").inner_text()


@pytest.mark.usefixtures("talk")
def test_what_another_tab_plays_is_written(page: Page, program: Program) -> None:
    choose(page, "Parakeet")
    record(page, SHARED)
    expect(page.locator(".caption-text > span").first).to_contain_text("three", timeout=LONG)
    stop(page)
    expect_state(page, "Shared sound", "done")
    page.locator(".word").first.wait_for(timeout=LONG)
    assert len(set(text(page)) & {"one", "two", "three", "four", "five"}) >= 4
    assert recorded(program, "Shared sound").shape[1] == 1


def test_both_have_a_channel_each(page: Page, program: Program) -> None:
    page.add_init_script(TONES)
    show(page, program.address)
    record(page, BOTH, "0:02")
    stop(page)
    expect_state(page, "Conversation", "done")
    channels = recorded(program, "Conversation")
    assert len(channels) >= 2 * RATE
    assert [hertz(channels[RATE // 2 :, channel]) for channel in range(2)] == pytest.approx([400, 1000], abs=3)


def test_sharing_that_is_ended_is_no_loss(page: Page, program: Program) -> None:
    """As by the browser's own “Stop sharing”."""
    page.add_init_script(TONES)
    show(page, program.address)
    record(page, BOTH, "0:02")
    page.evaluate(
        "shared[0].getTracks().forEach((track) => { track.stop(); track.dispatchEvent(new Event('ended')); })"
    )
    assert message(page) == "The sharing has ended. What was heard of it is kept."
    expect_state(page, "Conversation", "done")
    assert len(recorded(program, "Conversation")) >= 2 * RATE


@pytest.mark.parametrize(
    ("shared", "said"),
    [
        ("Promise.reject(new DOMException('', 'NotAllowedError'))", "Nothing was shared"),
        ("Promise.reject(new DOMException('', 'NotReadableError'))", "cannot be shared (NotReadableError)"),
        ("Promise.resolve(new MediaStream())", "What was shared has no sound"),
    ],
)
def test_what_cannot_be_shared_is_said(page: Page, program: Program, shared: str, said: str) -> None:
    page.add_init_script(f"navigator.mediaDevices.getDisplayMedia = () => {shared};")
    show(page, program.address)
    page.get_by_label("What is recorded").select_option(SHARED)
    page.get_by_role("button", name="Record", exact=True).click()
    assert said in message(page)
    expect(page.get_by_role("button", name="Record", exact=True)).to_be_enabled()
    assert httpx.get(f"{program.address}jobs", trust_env=False).json()["jobs"] == []


def test_a_microphone_that_is_refused_ends_the_sharing_too(page: Page, program: Program) -> None:
    page.add_init_script(
        f"{TONES}navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'));"
    )
    show(page, program.address)
    page.get_by_label("What is recorded").select_option(BOTH)
    page.get_by_role("button", name="Record", exact=True).click()
    assert "No microphone was found" in message(page)
    assert page.evaluate("shared[0].getTracks().every((track) => track.readyState === 'ended')")


def test_a_browser_that_shares_nothing_offers_the_microphone_alone(page: Page, program: Program) -> None:
    page.add_init_script("navigator.mediaDevices.getDisplayMedia = undefined;")
    show(page, program.address)
    expect(page.get_by_label("What is recorded")).to_be_hidden()
