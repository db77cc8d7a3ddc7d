"""What a person does and sees on the page."""

import re
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

LONG = 120_000
"""Milliseconds that anything may take which loads a model: two tests share two cores."""
SPOKEN_SECONDS = 5


def show(tab: Page, address: str) -> None:
    """The page where recordings are added, once it knows which models there are."""
    tab.goto(address)
    expect(tab.get_by_label("Recordings")).to_be_attached(timeout=LONG)
    expect(tab.locator("add-view select[name=model] option")).not_to_have_count(0, timeout=LONG)


def show_whole(page: Page) -> None:
    """Waits for Gradio's own scripts, which come last, and would miss a program that ends before they are there."""
    expect(page.locator(".gradio-container")).to_be_attached(timeout=LONG)
    page.evaluate(
        """async () => {
            const asked = () => performance.getEntriesByType("resource");
            const theirs = () => asked().filter(({ name }) => name.includes("/assets/"));
            for (let before = -1; before !== theirs().length;) {
                before = theirs().length;
                await new Promise((resolve) => setTimeout(resolve, 1000));
            }
        }"""
    )


def show_adding(page: Page) -> None:
    page.evaluate("location.hash = '#/add'")
    expect(page.get_by_role("heading", name="Drop a recording anywhere")).to_be_visible()


def add(page: Page, *recordings: Path | dict) -> None:
    """Choose files: they are transcribed at once, and the page goes to the first of them."""
    page.get_by_label("Recordings").set_input_files(list(recordings))


def transcribe(page: Page, *recordings: Path | dict, model: str = "Parakeet") -> None:
    """With a model of this name."""
    choose(page, model)
    add(page, *recordings)
    page.wait_for_url("**/#/r/*", timeout=LONG)


def choose(page: Page, model: str) -> None:
    """Have what is added transcribed with another model from now on."""
    choice = model_choice(page)
    value = choice.locator("option").filter(has_text=model).first.get_attribute("value")
    if choice.input_value() == value:
        return
    show_adding(page)
    with page.expect_response("**/use"):
        choice.select_option(value)
    page.wait_for_function("([select, value]) => select.value === value", arg=[choice.element_handle(), value])


def model_choice(page: Page) -> Locator:
    return page.locator("add-view select[name=model]")


def job(page: Page, name: str) -> Locator:
    """The newest item of that name in the list of jobs."""
    return page.get_by_role("list", name="Jobs").get_by_role("listitem").filter(has_text=name).first


def open_recording(page: Page, name: str) -> None:
    """From the list."""
    job(page, name).get_by_text(name, exact=True).first.click()
    page.wait_for_url("**/#/r/*")


def press(page: Page, name: str, entry: str) -> None:
    """In the menu of the newest recording of that name."""
    job(page, name).get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name=entry, exact=True).click()


def again(page: Page, name: str) -> None:
    """Transcribe the newest recording of that name once more, with what is chosen for new ones."""
    press(page, name, "Transcribe again…")
    page.get_by_role("dialog").get_by_role("button", name="Transcribe", exact=True).click()


def begin(page: Page, name: str) -> None:
    """Transcribe the newest recording of that name, which has not been yet."""
    press(page, name, "Transcribe")


def remove(page: Page, name: str) -> None:
    """Move the newest recording of that name to the bin."""
    row = job(page, name)
    press(page, name, "Move to the bin")
    expect(row).to_have_count(0)


def empty_bin(page: Page) -> None:
    """Delete for good what was removed."""
    headers = {"content-type": "application/json"}
    asked = {"method": "POST", "body": "{}", "headers": headers}
    assert page.evaluate("async (asked) => (await fetch('/bin/empty', asked)).status", asked) == 200


def told(page: Page, name: str) -> dict:
    """What the program says of the newest recording of that name."""
    jobs = page.evaluate("async () => (await (await fetch('/jobs')).json()).jobs")
    named = [job for job in jobs if job["name"] == name]
    assert named, name
    return max(named, key=lambda job: job["created_at"])


def until(page: Page, condition: Callable[[], bool], milliseconds: int = LONG) -> None:
    """Asks again and again."""
    ends = time.monotonic() + milliseconds / 1000
    while not condition():
        assert time.monotonic() < ends
        page.wait_for_timeout(50)


def expect_state(page: Page, name: str, state: str) -> None:
    """The newest recording whose name begins so, as the list has it; `state` is a pattern."""
    expect(job(page, name)).to_have_attribute("data-state", re.compile(state), timeout=LONG)


def text(page: Page) -> list[str]:
    return page.get_by_role("region", name="Transcript").locator(".word").all_text_contents()


def expect_words(page: Page, words: list[str]) -> None:
    """Of a transcript that is finished."""
    expect(page.get_by_role("region", name="Transcript").locator(".word")).to_have_text(words, timeout=LONG)


def exported(page: Page, name: str = "txt") -> str:
    """The open recording in a format, as a program gets it."""
    return page.evaluate(
        "async (name) => (await fetch(`/jobs/${location.hash.slice(4).split('?')[0]}/transcript.${name}`)).text()", name
    )


def save(page: Page, name: str) -> tuple[str, str]:
    """The name and the text of the transcript in a format."""
    path = saved(page, name)
    return path.name, path.read_text(encoding="utf-8")


def saved(page: Page, *names: str) -> Path:
    """The open transcript in these formats, as a file of the name that the page gives it."""
    expect(page.get_by_role("button", name="Other formats")).to_be_enabled()
    page.keyboard.press("Control+e")
    dialog = page.get_by_role("dialog")
    for place, name in enumerate(names):
        option = dialog.locator(f"[role=option][data-format={name.lower()}]")
        option.click(modifiers=["Control"] if place else [])
    with page.expect_download() as download:
        dialog.get_by_role("button", name=re.compile("^Save ")).click()
    expect(dialog).to_have_count(0)
    return Path(download.value.path()).rename(download.value.path().with_name(download.value.suggested_filename))


def long_words(sample_words: list[dict]) -> list[str]:
    """Of eight minutes."""
    return [word["text"] for word in sample_words] * 24
