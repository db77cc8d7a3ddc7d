"""The recording beside its words."""

import re
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.support.page import expect_words, transcribe
from tests.support.places import RATE, SAMPLE


@pytest.fixture
def done(page: Page, sample_words: list[dict]) -> Page:
    """The sample, transcribed."""
    page.get_by_label("Recordings").set_input_files(SAMPLE)
    transcribe(page)
    expect_words(page, [word["text"] for word in sample_words])
    page.wait_for_function("document.querySelector('audio')?.readyState > 0")
    return page


def at(page: Page) -> float:
    return page.evaluate("document.querySelector('audio, video').currentTime")


def spoken(page: Page) -> str:
    return " ".join(page.locator(".word.spoken").all_inner_texts())


def test_click_a_word(done: Page, sample_words: list[dict]) -> None:
    player = done.get_by_role("region", name="Player")
    expect(player).to_be_visible()
    for number in (6, 2, 19):
        done.get_by_role("region", name="Transcript").get_by_text(sample_words[number]["text"], exact=True).click()
        assert at(done) == pytest.approx(sample_words[number]["start"], abs=0.2)
        assert spoken(done) == sample_words[number]["text"]


def test_the_word_being_spoken_is_marked(done: Page, sample_words: list[dict]) -> None:
    done.locator(".word").nth(3).click()
    done.keyboard.press("Space")
    expect(done.locator(".word.spoken")).to_have_text(sample_words[5]["text"], timeout=10_000)
    assert at(done) == pytest.approx(sample_words[5]["start"], abs=0.5)
    done.keyboard.press("Space")
    assert done.evaluate("document.querySelector('audio').paused")
    stopped = at(done)
    done.wait_for_timeout(300)
    assert at(done) == stopped


def test_the_keyboard(done: Page, sample_words: list[dict]) -> None:
    done.locator(".word").nth(0).click()
    start = at(done)
    done.keyboard.press("ArrowRight")
    assert at(done) == pytest.approx(start + 5, abs=0.01)
    done.keyboard.press("ArrowLeft")
    assert at(done) == pytest.approx(start, abs=0.01)
    done.keyboard.press("Shift+ArrowRight")
    assert spoken(done) == sample_words[1]["text"]
    done.keyboard.press("Shift+ArrowLeft")
    assert spoken(done) == sample_words[0]["text"]
    done.keyboard.press(">")
    assert done.evaluate("document.querySelector('audio').playbackRate") == 1.25
    done.keyboard.press("<")
    box = done.get_by_label("Path on this computer")
    box.fill("")
    box.press_sequentially("a b")
    done.keyboard.press("ArrowLeft")
    assert box.input_value() == "a b"
    assert done.evaluate("document.querySelector('audio').paused")


def test_the_waveform_goes_anywhere(done: Page, sample_audio: np.ndarray) -> None:
    wave = done.locator(".wave")
    done.wait_for_function("document.querySelector('.wave > div')?.shadowRoot?.querySelector('canvas')")
    box = wave.bounding_box()
    done.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    seconds = len(sample_audio) / RATE
    done.wait_for_function("document.querySelector('audio').currentTime > 0")
    assert at(done) == pytest.approx(seconds / 2, abs=0.3)
    drawn = done.evaluate(
        """() => {
        const canvas = document.querySelector('.wave > div').shadowRoot.querySelector('canvas');
        const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        return pixels.filter((_, place) => place % 4 === 3).reduce((sum, alpha) => sum + (alpha > 0), 0);
        }"""
    )
    assert drawn > 500


@pytest.fixture
def video(tmp_path: Path, sample_audio: np.ndarray) -> Iterator[Path]:
    """The sample under a moving grey."""
    path = tmp_path / "interview.webm"
    with av.open(str(path), "w") as container:
        pictures = container.add_stream("libvpx", rate=10)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
        sound = container.add_stream("libopus", rate=48_000, layout="mono")
        resampler = av.AudioResampler(format=sound.format.name, layout="mono", rate=48_000)
        number = 0
        for start in range(0, len(sample_audio), 1024):
            while number < start * 10 / RATE:  # side by side, as a browser needs them
                frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), number, np.uint8))
                container.mux(pictures.encode(frame))
                number += 1
            block = av.AudioFrame.from_ndarray(sample_audio[None, start : start + 1024], format="flt", layout="mono")
            block.sample_rate, block.pts = RATE, start
            for part in resampler.resample(block):
                container.mux(sound.encode(part))
        for stream in (pictures, sound):
            container.mux(stream.encode(None))
    yield path


def test_video_is_shown(page: Page, video: Path, sample_words: list[dict]) -> None:
    page.get_by_label("Recordings").set_input_files(video)
    transcribe(page)
    expect(page.locator(".status")).to_have_text(re.compile(r"interview\.webm: done"), timeout=60_000)
    expect_words(page, [word["text"] for word in sample_words])
    page.wait_for_function("document.querySelector('video')?.videoWidth === 64")
    page.locator(".word").nth(7).click()
    assert at(page) == pytest.approx(sample_words[7]["start"], abs=0.3)
