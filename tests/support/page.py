"""What a person does and sees on the page."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

LONG = 120_000
"""Milliseconds that anything may take which loads a model: two tests share two cores."""
SPOKEN_SECONDS = 5


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


def long_words(sample_words: list[dict]) -> list[str]:
    """Of eight minutes."""
    return [word["text"] for word in sample_words] * 24
