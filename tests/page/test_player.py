"""The recording beside its words: played, its waveform, its keys, a video in the panel."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.interview import NAME, SECONDS, interview, keep, stored
from tests.support.page import open_recording
from tests.support.page_program import SMALL_ENGINE, Program
from tests.support.places import RATE

VIDEO = "film.webm"
PEAKS = bytes(40 + 150 * (place % 7 > 2) for place in range(int(10 * SECONDS)))


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory, sample_audio: np.ndarray) -> Iterator[Program]:
    data = tmp_path_factory.mktemp("player") / "data"
    with stored(data) as (jobs, results):
        for name in (VIDEO, NAME):
            job = keep(jobs, results, name, interview())
            with results.database.transaction() as transaction:
                transaction.execute("INSERT INTO waveforms (job, peaks) VALUES (?, ?)", (job.id, PEAKS))
            if name == VIDEO:
                film(job.path, np.resize(sample_audio, int(SECONDS * RATE)))
                jobs.update(job.id, is_video=1)
    with Program(data, command=SMALL_ENGINE) as program:
        yield program


def film(path: Path, audio: np.ndarray) -> None:
    """The sound under a moving grey."""
    with av.open(str(path), "w") as container:
        pictures = container.add_stream("libvpx", rate=10)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
        sound = container.add_stream("libopus", rate=48_000, layout="mono")
        resampler = av.AudioResampler(format=sound.format.name, layout="mono", rate=48_000)
        number = 0
        for start in range(0, len(audio), 1024):
            while number < start * 10 / RATE:  # side by side, as a browser needs them
                frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), number % 256, np.uint8))
                container.mux(pictures.encode(frame))
                number += 1
            block = av.AudioFrame.from_ndarray(audio[None, start : start + 1024], format="flt", layout="mono")
            block.sample_rate, block.pts = RATE, start
            for part in resampler.resample(block):
                container.mux(sound.encode(part))
        for stream in (pictures, sound):
            container.mux(stream.encode(None))


@pytest.fixture
def player(page: Page) -> Locator:
    """With the interview open."""
    open_recording(page, NAME)
    page.wait_for_function("document.querySelector('audio')?.readyState > 0")
    expect(page.locator(".turn")).not_to_have_count(0)
    return page.get_by_role("region", name="Player")


def at(page: Page) -> float:
    return page.evaluate("document.querySelector('audio, video').currentTime")


def is_paused(page: Page) -> bool:
    return page.evaluate("document.querySelector('audio, video').paused")


def colours(page: Page) -> dict[str, int]:
    """How many pixels of the waveform have each of the colours of the page."""
    return page.evaluate(
        """() => {
        const canvas = document.querySelector(".wave canvas"), counts = {};
        const css = getComputedStyle(document.documentElement), hex = (two) => parseInt(two, 16);
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        for (const name of ["--s1", "--s2", "--amber"]) {
          const wanted = css.getPropertyValue(name).match(/[0-9a-f]{2}/gi).map(hex);
          const isNear = (part, value) => Math.abs(part - value) < 6;
          const isLike = (at) => data[at + 3] > 60 && wanted.every((part, place) => isNear(part, data[at + place]));
          counts[name] = 0;
          for (let at = 0; at < data.length; at += 4) counts[name] += isLike(at);
        }
        return counts;
        }"""
    )


def test_keys_play_and_go(page: Page, player: Locator) -> None:
    """Whoever pauses hears the last second and a half again; whoever goes elsewhere, what is there."""
    page.keyboard.press("l")
    page.keyboard.press("l")
    assert at(page) == pytest.approx(10, abs=0.1)
    page.keyboard.press("j")
    assert at(page) == pytest.approx(5, abs=0.1)
    page.locator("#main").focus()
    page.keyboard.press("Space")
    expect(player.get_by_role("button", name="Pause")).to_be_visible()
    page.wait_for_function("document.querySelector('audio').currentTime > 5.2")
    page.keyboard.press("k")
    expect(player.get_by_role("button", name="Play")).to_be_visible()
    page.evaluate(
        "audio = document.querySelector('audio'); audio.play = async () => { playedFrom = audio.currentTime; }"
    )
    stopped = at(page)
    page.keyboard.press("k")
    assert page.evaluate("playedFrom") == pytest.approx(stopped - 1.5, abs=0.05)
    page.keyboard.press(">")
    expect(player.get_by_label("Pace", exact=True)).to_have_value("1.25")
    assert page.evaluate("audio.playbackRate") == 1.25


def test_the_waveform_is_a_slider(page: Page, player: Locator) -> None:
    wave = player.get_by_role("slider", name="Place in the recording")
    wave.focus()
    page.keyboard.press("End")
    expect(wave).to_have_attribute("aria-valuenow", str(int(SECONDS)))
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(wave).to_have_attribute("aria-valuetext", "5 seconds")
    box = wave.bounding_box()
    assert box
    wave.click(position={"x": box["width"] / 2, "y": 20})
    assert at(page) == pytest.approx(SECONDS / 2, abs=0.5)


def test_the_waveform_is_drawn_anew_whenever_something_is_new(page: Page, player: Locator) -> None:
    """In the colours of those who speak, with a dot for each doubt, light and dark, wide and narrow."""
    wave = player.get_by_role("slider")
    wave.focus()
    page.keyboard.press("End")
    expected = "() => document.querySelector('.wave canvas').width > 100"
    page.wait_for_function(expected)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        expect(page.locator("html")).to_have_attribute("data-theme", scheme)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        found = colours(page)
        assert all(count > 5 for count in found.values()), (scheme, found)
    before = page.evaluate("document.querySelector('.wave canvas').width")
    page.set_viewport_size({"width": 900, "height": 700})
    page.wait_for_function(f"document.querySelector('.wave canvas').width < {before}")
    assert all(count > 5 for count in colours(page).values())


def test_a_passage_again_and_again(page: Page, player: Locator) -> None:
    loop = player.get_by_role("button", name="Loop this passage")
    page.keyboard.press("r")
    expect(loop).to_have_attribute("aria-pressed", "true")
    page.evaluate("document.querySelector('audio').currentTime = 3")
    page.wait_for_function("document.querySelector('audio').currentTime < 2")
    page.keyboard.press("r")
    expect(loop).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("k")


def test_following_and_loudness_are_kept(page: Page, player: Locator) -> None:
    follow = player.get_by_role("button", name="Follow the words")
    follow.click()
    expect(follow).to_have_attribute("aria-pressed", "false")
    player.get_by_role("button", name="Loudness").click()
    page.get_by_role("slider", name="Loudness").fill("0.5")
    page.wait_for_function("document.querySelector('audio').volume === 0.5")
    with page.expect_response(lambda response: "volume" in (response.request.post_data or "")):
        page.get_by_role("slider", name="Loudness").dispatch_event("change")
    page.reload()
    page.wait_for_function("document.querySelector('audio')?.volume === 0.5")
    expect(follow).to_have_attribute("aria-pressed", "false")


def test_a_video_is_in_the_panel(page: Page) -> None:
    open_recording(page, VIDEO)
    page.wait_for_function("document.querySelector('video-dock video')?.videoWidth === 64")
    page.get_by_role("region", name="Player").get_by_role("button", name="Forward").click()
    assert at(page) == pytest.approx(5, abs=0.3)
    page.get_by_role("radio", name="Subtitles").click()
    expect(page.locator("video-dock .caption")).to_contain_text("Hannah Weiss.")
    open_recording(page, NAME)
    expect(page.locator("video-dock")).to_be_hidden()
