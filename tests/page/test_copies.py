"""Clicking a word plays that word, also in recordings in which a browser finds no place by itself."""

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from playwright.sync_api import Page, Route, expect

from tests.support.page import LONG, empty_bin, open_recording, remove
from tests.support.page_program import Program
from transcriber.jobs.data_folder import DataFolder
from transcriber.jobs.database import Database
from transcriber.jobs.results import Results
from transcriber.jobs.store import Jobs
from transcriber.transcript import Segment, Transcript, Word

RATE = 22_050
SECONDS = 300
LOWEST, RISE = 300, 10
"""Hertz of the tone at the start, and a second."""
PLACES = (40, 120, 200, 290)

HEARD = """async () => {
  const media = document.querySelector("audio");
  window.context ??= new AudioContext();
  if (window.listened !== media) {
    window.analyser = context.createAnalyser();
    Object.assign(analyser, { fftSize: 8192, smoothingTimeConstant: 0 });
    context.createMediaElementSource(media).connect(analyser).connect(context.destination);
    window.listened = media;
  }
  const began = media.currentTime;
  await media.play();
  while (media.currentTime < began + 0.8) await new Promise((resolve) => setTimeout(resolve, 20));
  const loudness = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(loudness);
  media.pause();
  return loudness.indexOf(Math.max(...loudness)) * context.sampleRate / analyser.fftSize;
}"""


@pytest.fixture(scope="module")
def rising() -> np.ndarray:
    """A tone that rises; beside it now and then noise, for which an encoder with a variable rate needs more."""
    at = np.arange(SECONDS * RATE) / RATE
    tone = 0.2 * np.sin(2 * np.pi * (LOWEST * at + RISE * at**2 / 2))
    noise = np.random.default_rng(1).standard_normal(len(at)) * (at // 50 % 3 == 1) * 0.05
    return (tone + noise).astype(np.float32)


def encoded(path: Path, audio: np.ndarray, codec: str, is_variable: bool = False, **options: str) -> None:
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec, rate=RATE, layout="mono")
        if is_variable:
            stream.codec_context.qscale = True
            stream.codec_context.global_quality, stream.bit_rate = 4 * 118, 0
        stream.open()
        resampler = av.AudioResampler(stream.format, "mono", RATE, frame_size=stream.frame_size)
        frame = av.AudioFrame.from_ndarray(audio[None], format="flt", layout="mono")
        frame.sample_rate = RATE
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))


def short_wav(path: Path, audio: np.ndarray) -> None:
    """Its header says that it has a third of what it has."""
    soundfile.write(path, audio, RATE, subtype="PCM_16")
    content = bytearray(path.read_bytes())
    content[40:44] = struct.pack("<I", len(audio) * 2 // 3)
    path.write_bytes(content)


def joined(path: Path, audio: np.ndarray, is_variable: bool = False) -> None:
    """Two files one behind the other: the first one's header says that the end is in the middle."""
    halves = []
    for half in np.split(audio, 2):
        encoded(path, half, "libmp3lame", is_variable)
        halves.append(path.read_bytes())
    path.write_bytes(b"".join(halves))


def cut_off(path: Path, audio: np.ndarray) -> None:
    """Its header says twice what it has."""
    encoded(path, np.concatenate([audio, audio]), "libmp3lame")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


MAKE: dict[str, Callable[[Path, np.ndarray], None]] = {
    "no index.mp3": lambda path, audio: encoded(path, audio, "libmp3lame", is_variable=True, write_xing="0"),
    "xing.mp3": lambda path, audio: encoded(path, audio, "libmp3lame", is_variable=True),
    "joined.mp3": lambda path, audio: joined(path, audio, is_variable=True),
    "joined constant.mp3": joined,
    "cut off.mp3": cut_off,
    "adts.aac": lambda path, audio: encoded(path, audio, "aac"),
    "short.wav": short_wav,
    "not played.aiff": lambda path, audio: soundfile.write(path, audio, RATE),
    "constant.mp3": lambda path, audio: encoded(path, audio, "libmp3lame"),
    "index.flac": lambda path, audio: soundfile.write(path, audio, RATE),
}
AS_THEY_ARE = ("constant.mp3", "index.flac")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory, rising: np.ndarray) -> Iterator[Program]:
    """Each recording has been transcribed: a word at each place."""
    tmp_path = tmp_path_factory.mktemp("copies")
    folder = DataFolder(tmp_path / "data")
    folder.open()
    database = Database(folder.database)
    jobs = Jobs(database, folder)
    results = Results(database, folder, jobs)
    words = tuple(Word(f"at{place}", float(place), place + 1.0) for place in PLACES)
    transcript = Transcript((Segment(words, 0.0, float(SECONDS)),), float(SECONDS), "parakeet", "cpu", elapsed=1.0)
    for name, make in MAKE.items():
        make(tmp_path / name, rising)
        results.finish(jobs.add(name, "path", tmp_path / name).id, transcript)
    database.close()
    folder._lock.release()
    with Program(folder.path) as program:
        yield program


@pytest.mark.parametrize("name", MAKE)
def test_a_clicked_word_is_heard(page: Page, name: str) -> None:
    open_recording(page, name)
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.locator(".word")).to_have_count(len(PLACES))
    if name not in AS_THEY_ARE:
        page.wait_for_function("document.querySelector('audio')?.src.endsWith('copy=true')", timeout=LONG)
    page.wait_for_function("document.querySelector('audio')?.readyState > 0", timeout=LONG)
    page.wait_for_timeout(500)
    assert page.evaluate("document.querySelector('audio').src").endswith("copy=true") is (name not in AS_THEY_ARE)
    assert abs(page.evaluate("document.querySelector('audio').duration") - SECONDS) < 0.5
    for place in (PLACES[2], PLACES[0], PLACES[3], PLACES[1]):
        page.locator(".word", has_text=f"at{place}").click()
        page.wait_for_function("!document.querySelector('audio').seeking")
        heard = (page.evaluate(HEARD) - LOWEST) / RISE
        assert heard == pytest.approx(place + 0.6, abs=1.0)


def test_a_word_that_is_clicked_before_the_copy_is_there(page: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/copy", hold)
    open_recording(page, "short.wav")
    expect(page.get_by_role("region", name="Player")).to_contain_text("The sound is being prepared")
    page.locator(".word", has_text="at290").click()
    held[0].continue_()
    page.wait_for_function("document.querySelector('audio').src.endsWith('copy=true')", timeout=LONG)
    page.wait_for_function("document.querySelector('audio').readyState > 0", timeout=LONG)
    assert page.evaluate("document.querySelector('audio').currentTime") == pytest.approx(290, abs=0.5)
    expect(page.get_by_role("region", name="Player")).not_to_contain_text("The sound is being prepared")


def test_nothing_of_a_removed_recording_stays(page: Page, program: Program) -> None:
    """Its copy goes with it."""
    copies = program.data_dir / "temporary"
    open_recording(page, "not played.aiff")
    page.wait_for_function("document.querySelector('audio')?.src.endsWith('copy=true')", timeout=LONG)
    before = len(list(copies.glob("*.wav")))
    remove(page, "not played.aiff")
    empty_bin(page)
    assert len(list(copies.glob("*.wav"))) == before - 1
