"""With nothing but a starter model the page says so, and offers what is better, until something better is there.

The set-up program is the one that asks no network.
"""

import dataclasses
import json
import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.page import LONG, model_choice
from tests.support.page_program import Program, with_set_up
from tests.support.places import DEMO_MODELS, FAKE_SETUP
from transcriber.models import manifest


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The demo Whisper in the starter's place, as if it were no demo."""
    folder = tmp_path_factory.mktemp("starter")
    models = folder / "models"
    models.mkdir()
    shutil.copy(DEMO_MODELS / "whisper.pt", models / "whisper-base.pt")
    made = manifest.read(DEMO_MODELS / "whisper.json")
    assert made
    named = dataclasses.replace(made, title="OpenAI Whisper base", demo=False)
    manifest.write(models / "whisper-base.json", named)
    (models / "chosen.json").write_text(json.dumps(["whisper-base"]))
    with Program(folder / "data", models, with_set_up(FAKE_SETUP)) as program:
        yield program


def test_the_page_says_what_a_starter_is_and_offers_better_ones(page: Page) -> None:
    """Before and while a better model is downloaded; once it is there, the page says nothing of it any more."""
    note = page.get_by_role("note")
    expect(note).to_contain_text("OpenAI Whisper base is a starter model")
    expect(page.locator(".banner")).to_be_empty()
    expect(model_choice(page).locator("option:checked")).to_have_text(re.compile("OpenAI Whisper base"))
    note.get_by_role("link", name="See models").click()
    expect(note).to_be_visible()
    here = page.get_by_role("list", name="Models on this computer")
    expect(here.get_by_role("listitem", name="OpenAI Whisper base")).to_contain_text("starter model")
    offers = page.get_by_role("list", name="Models that can be added").get_by_role("listitem")
    better = offers.filter(has_text=re.compile(r"Parakeet.*recommended here.*2\.5 GB", re.DOTALL)).first
    better.get_by_role("button", name="Download").click()
    expect(here.get_by_role("listitem", name="as good as real")).to_be_visible(timeout=LONG)
    expect(note).to_be_hidden()
