"""A microphone that cannot be used: it is said why, and nothing of the attempt is left."""

import wave
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect
from scipy.signal import fftconvolve

from tests.support.page import SPOKEN_SECONDS, expect_state, show
from tests.support.page_program import SMALL_ENGINE, Program
from tests.support.places import RATE

WATCH = """
window.tracks = [], window.contexts = [];
const listen = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (asked) => {
  const stream = await listen(asked);
  tracks.push(...stream.getTracks());
  return stream;
};
const Context = AudioContext;
window.AudioContext = class extends Context { constructor(options) { super(options); contexts.push(this); } };
"""
FAILING = {
    "microphone": "navigator.mediaDevices.getUserMedia = () => Promise.reject(%s);",
    "context": "window.AudioContext = class { constructor() { throw %s; } };",
    "source": "AudioContext.prototype.createMediaStreamSource = () => { throw %s; };",
    "worklet": "AudioWorklet.prototype.addModule = () => Promise.reject(%s);",
    "node": "window.AudioWorkletNode = class { constructor() { throw %s; } };",
}
NAMES = {
    "NotAllowedError": "may not use the microphone: allow it",
    "NotFoundError": "No microphone was found",
    "NotReadableError": "another program may be using it",
    "OverconstrainedError": "is not there any more",
    "AbortError": "could not be started",
    "SecurityError": "does not let this page use the microphone",
    "InvalidStateError": "not in front",
    "NotSupportedError": "cannot record with this microphone",
    "UnknownError": "could not be started (UnknownError)",
}


pytestmark = pytest.mark.usefixtures("nothing_stays")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """With a small engine: nothing is transcribed here."""
    folder = tmp_path_factory.mktemp("microphone")
    with Program(folder / "data", command=SMALL_ENGINE) as program:
        yield program


def record(page: Page, address: str, script: str) -> None:
    """Press Record in a browser in which something is so."""
    page.add_init_script(WATCH + script)
    show(page, address)
    page.get_by_role("button", name="Record", exact=True).click()


def message(page: Page) -> Locator:
    return page.locator("adding-troubles p")


def expect_nothing_left(page: Page, program: Program) -> None:
    expect(page.get_by_role("button", name="Record", exact=True)).to_be_enabled()
    for name in ("Pause", "Stop"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_hidden()
    assert page.evaluate("tracks.every((track) => track.readyState === 'ended')")
    assert page.evaluate("contexts.every((context) => context.state === 'closed')")
    assert httpx.get(f"{program.address}jobs", trust_env=False).json()["jobs"] == []


def thrown(name: str) -> str:
    return (
        "new OverconstrainedError('deviceId')" if name == "OverconstrainedError" else f"new DOMException('', '{name}')"
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_refusal_has_a_sentence(page: Page, program: Program, name: str) -> None:
    record(page, program.address, FAILING["microphone"] % thrown(name))
    expect(message(page)).to_contain_text(NAMES[name])
    expect_nothing_left(page, program)


@pytest.mark.parametrize("where", ["context", "source", "worklet", "node"])
def test_a_start_that_fails_leaves_nothing(page: Page, program: Program, where: str) -> None:
    record(page, program.address, FAILING[where] % "new DOMException('', 'NotSupportedError')")
    expect(message(page)).to_contain_text("This browser cannot record with this microphone")
    expect_nothing_left(page, program)


@pytest.mark.logs("status of 507")
def test_a_recording_that_is_refused_leaves_nothing(page: Page, program: Program) -> None:
    full = '{"detail": "make room"}'
    page.route("**/microphone", lambda route: route.fulfill(status=507, body=full, content_type="application/json"))
    record(page, program.address, "")
    expect(message(page)).to_have_text("make room")
    expect_nothing_left(page, program)


def test_a_page_that_is_not_secure(page: Page, program: Program) -> None:
    record(page, program.address, "Object.defineProperty(navigator, 'mediaDevices', { value: undefined });")
    expect(message(page)).to_contain_text("offers no microphone here")
    expect_nothing_left(page, program)


@pytest.mark.parametrize("name", ["OverconstrainedError", "NotReadableError", "AbortError", "NotFoundError"])
def test_a_chosen_microphone_that_is_gone_or_busy(page: Page, program: Program, name: str) -> None:
    """The usual one is used instead, and this is said."""
    refuse = f"(asked) => asked.audio.deviceId ? Promise.reject({thrown(name)}) : usual(asked)"
    usual = "const usual = navigator.mediaDevices.getUserMedia;"
    record(page, program.address, f"{usual}\nnavigator.mediaDevices.getUserMedia = {refuse};")
    expect(message(page)).to_have_text(
        "The chosen microphone is gone or busy: Fake Default Audio Input is used instead."
    )
    expect(page.get_by_label("Recording time")).to_have_text("0:01")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect_state(page, "Microphone", "done")


OWN_RATE = """
const join = AudioContext.prototype.createMediaStreamSource;
AudioContext.prototype.createMediaStreamSource = function (stream) {
  if (%s) throw new DOMException("Different sample-rate.", "NotSupportedError");
  return join.call(this, stream);
};
"""


@pytest.mark.parametrize("refused", ["this.sampleRate === 16000", "this.sampleRate !== 48000"])
def test_a_browser_that_records_at_its_own_rate(
    page: Page, program: Program, sample_audio: np.ndarray, refused: str
) -> None:
    """As Firefox did: what comes is what was said, at our rate."""
    record(page, program.address, OWN_RATE % refused)
    expect(page.get_by_label("Recording time")).to_have_text("0:08", timeout=20_000)
    *tried, used = page.evaluate("contexts.map((context) => [context.sampleRate, context.state])")
    assert {state for _, state in tried} == {"closed"} and used[0] != RATE and used[1] == "running"
    page.get_by_role("button", name="Stop", exact=True).click()
    expect_state(page, "Microphone", "done")
    path = max(program.data_dir.rglob("Microphone*.wav"), key=lambda path: path.stat().st_mtime)
    with wave.open(str(path)) as file:
        assert file.getframerate() == RATE
        heard = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
    assert len(heard) > 7.5 * RATE
    said = np.tile(sample_audio[: SPOKEN_SECONDS * RATE], 2)
    piece = heard[2 * RATE : 4 * RATE]
    likeness = np.abs(fftconvolve(said, piece[::-1], "valid"))
    at = int(likeness.argmax())
    same = said[at : at + len(piece)]
    assert abs(np.corrcoef(same, piece)[0, 1]) > 0.9


def test_a_browser_whose_sound_never_starts(page: Page, program: Program) -> None:
    """As one without a sound device: this is said, and no empty recording stays."""
    never = "AudioContext.prototype.resume = () => new Promise(() => {});"
    record(
        page,
        program.address,
        f"{never}\nsetInterval(() => contexts.forEach((one) => one.state === 'closed' || one.suspend()), 5);",
    )
    expect(message(page)).to_contain_text("Nothing is heard from the microphone", timeout=10_000)
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(message(page)).to_contain_text("Nothing was heard", timeout=10_000)
    expect_nothing_left(page, program)


def test_the_microphone_goes_while_it_records(page: Page, program: Program) -> None:
    record(page, program.address, "")
    expect(page.get_by_label("Recording time")).to_have_text("0:02")
    page.evaluate("tracks.forEach((track) => { track.stop(); track.dispatchEvent(new Event('ended')); })")
    expect(message(page)).to_have_text("The microphone is gone. What it heard is kept.")
    expect_state(page, "Microphone", "done")
