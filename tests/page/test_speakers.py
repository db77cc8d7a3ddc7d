"""Who spoke, on the page: asked for, read, named, undone; an engine in place of the real one hears a conversation."""

import json
import shutil
from collections.abc import Callable, Iterator

import httpx
import numpy as np
import pytest
from playwright.sync_api import Locator, Page, Response, expect

from tests.support.conversation import FIRST, SECOND, set_up_speakers
from tests.support.page import expect_state, save
from tests.support.page_program import SMALL_ENGINE, Program
from tests.support.places import DEMO_MODELS, SAMPLE
from transcriber.speakers.protocol import VECTOR_SIZE
from transcriber.speakers.remembered import RememberedVoices
from transcriber.system.user_folders import REMEMBERED_VOICES

NAME = "twenty_words.flac"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("speakers")
    shutil.copytree(DEMO_MODELS, folder / "models")
    set_up_speakers(folder / "models")
    program = Program(folder / "data", folder / "models", SMALL_ENGINE)
    yield program
    program.stop()


@pytest.fixture(autouse=True)
def nothing_stays(program: Program) -> Iterator[None]:
    yield
    for job in httpx.get(f"{program.address}jobs", trust_env=False).json()["jobs"]:
        httpx.delete(f"{program.address}jobs/{job['id']}", trust_env=False)


@pytest.fixture
def options(page: Page) -> Locator:
    """Those of a tab, opened."""
    options = page.locator("transcribe-options")
    expect(options.get_by_label("Speakers", exact=True)).to_be_enabled()
    options.locator("summary").click()
    return options


@pytest.fixture
def panel(page: Page, options: Locator) -> Locator:
    """The speakers of a conversation that was transcribed, opened."""
    options.get_by_label("Speakers", exact=True).select_option("find out how many")
    transcribe(page)
    expect_speakers(page, [FIRST, SECOND, FIRST])
    panel = page.locator("transcript-view .speakers")
    panel.locator("summary").click()
    return panel


def transcribe(page: Page) -> None:
    page.get_by_label("Recordings").set_input_files(SAMPLE)
    expect_state(page, NAME, "ready")
    page.get_by_role("button", name="Transcribe", exact=True).click()
    expect_state(page, NAME, "done")


def asked(program: Program) -> dict:
    """Of the engine, at last."""
    return json.loads((program.data_dir / "asked.jsonl").read_text().splitlines()[-1])


def expect_speakers(page: Page, names: list[str]) -> None:
    """Who speaks in the transcript, one paragraph after the other."""
    expect(page.get_by_role("region", name="Transcript").locator(".speaker")).to_have_text(names)


def rename(panel: Locator, before: str, name: str) -> None:
    field = panel.get_by_label(f"Name of {before}", exact=True)
    field.fill(name)
    with panel.page.expect_response("**/speakers"):
        field.press("Enter")


def test_how_many_are_asked_for(page: Page, options: Locator, program: Program) -> None:
    """Nobody unless somebody wants it."""
    speakers, people = options.get_by_label("Speakers", exact=True), options.get_by_label("How many speak")
    transcribe(page)
    assert asked(program)["speakers"] == "off"
    expect(page.locator("transcript-view .speakers")).to_be_hidden()
    expect(people).to_be_hidden()
    speakers.select_option("say how many")
    people.fill("many")
    people.blur()
    page.get_by_role("list", name="Jobs").get_by_role("button", name="Retry").click()
    expect(options.locator("#wrong-people")).to_have_text("Write a number such as 3, or two such as 2-4.")
    expect(people).to_be_focused()
    for wrong in ("0", "4-2", "2-4-6", "100", "-1"):
        people.fill(wrong)
        expect(people).to_have_attribute("aria-invalid", "true")
    people.fill(" 2 – 4 ")
    people.blur()
    expect(options.locator("summary")).to_have_text("Options2-4 speakers")
    page.get_by_role("list", name="Jobs").get_by_role("button", name="Retry").click()
    expect_speakers(page, [FIRST, SECOND, FIRST])
    assert asked(program)["speakers"] == "2-4"
    speakers.select_option("do not tell apart")
    expect(options.locator(".differs")).to_be_empty()


@pytest.fixture
def anna_is_remembered(program: Program) -> Iterator[None]:
    remembered = RememberedVoices(program.data_dir / REMEMBERED_VOICES)
    remembered.turn_on()
    remembered.remember("Anna", np.eye(VECTOR_SIZE)[0], 10.0)
    yield
    remembered.turn_off()


@pytest.mark.usefixtures("anna_is_remembered")
def test_names_hold_on_the_page_and_in_what_is_saved(page: Page, panel: Locator) -> None:
    """Enter saves and keeps the focus; a name is text, whatever it looks like."""
    rename(panel, FIRST, "<img src=x onerror=alert(1)>")
    field = panel.get_by_label("Name of <img src=x onerror=alert(1)>", exact=True)
    expect(field).to_be_focused()
    rename(panel, "<img src=x onerror=alert(1)>", "  Łukasz O’Neill ")
    expect_speakers(page, ["Łukasz O’Neill", SECOND, "Łukasz O’Neill"])
    panel.get_by_role("button", name="Yes, this is Anna").click()
    expect_speakers(page, ["Łukasz O’Neill", "Anna", "Łukasz O’Neill"])
    expect(panel.get_by_role("button", name="Yes, this is Anna")).to_be_hidden()
    expect(panel.locator("summary")).to_have_text("Speakers: Łukasz O’Neill, Anna")
    assert "Anna: It is me." in save(page, "txt")[1]
    page.get_by_role("button", name="Copy text").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "Łukasz O’Neill: Who is there?\n\nAnna: It is me.\n\nŁukasz O’Neill: Come in."
    page.reload()
    expect_speakers(page, ["Łukasz O’Neill", "Anna", "Łukasz O’Neill"])


def test_what_is_no_name_is_said_and_changes_nothing(page: Page, panel: Locator) -> None:
    rename(panel, FIRST, SECOND)
    expect(panel.get_by_role("alert")).to_contain_text(SECOND)
    expect_speakers(page, [FIRST, SECOND, FIRST])
    panel.get_by_label(f"Name of {SECOND}", exact=True).focus()
    expect(panel.get_by_label(f"Name of {FIRST}", exact=True)).to_have_value(FIRST)
    rename(panel, SECOND, "Anna")
    expect(panel.get_by_role("alert")).to_be_hidden()


def test_a_name_that_is_left_is_saved(page: Page, panel: Locator) -> None:
    """By the tab key, which goes on to what follows."""
    first = panel.get_by_label(f"Name of {FIRST}", exact=True)
    first.fill("Tom")
    first.press("Tab")
    expect_speakers(page, ["Tom", SECOND, "Tom"])
    expect(panel.get_by_role("button", name="Tom: two people?")).to_be_focused()


def test_the_same_person_and_back(page: Page, panel: Locator) -> None:
    undo = panel.get_by_role("button", name="Undo the last change")
    expect(undo).to_be_disabled()
    expect(panel.locator("li").first).to_contain_text("speaks 0:02")
    panel.get_by_role("button", name="Merge").click()
    expect_speakers(page, [FIRST])
    expect(panel.get_by_role("button", name="Merge")).to_be_hidden()
    undo.click()
    expect_speakers(page, [FIRST, SECOND, FIRST])
    expect(undo).to_be_disabled()


def test_without_voices_no_other_count(page: Page, panel: Locator) -> None:
    panel.get_by_label("How many people speak").fill("3")
    panel.get_by_label("How many people speak").press("Enter")
    expect(panel.get_by_role("alert")).to_contain_text("transcribe it again with speakers")
    expect_speakers(page, [FIRST, SECOND, FIRST])


def test_doubt_is_said_in_words(panel: Locator) -> None:
    facts = panel.locator(".facts")
    expect(facts).to_have_text(["speaks 0:02", "speaks 0:01, not surely told from the others"])


def test_narrow_and_dark(page: Page, panel: Locator) -> None:
    rename(panel, FIRST, "x" * 100)
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        expect(panel.get_by_role("button", name="Merge")).to_be_visible()


def is_chosen(response: Response) -> bool:
    return response.url.endswith("/settings/voices") and response.request.method == "PUT"


def test_voices_are_remembered_only_where_that_is_wanted(page: Page, program: Program) -> None:
    page.get_by_role("button", name="Voices", exact=False).click()
    box = page.get_by_label("Remember voices that I name")
    expect(box).not_to_be_checked()
    file = program.data_dir / "remembered-voices.json"
    assert not file.exists()
    with page.expect_response(is_chosen):
        box.check()
    assert file.exists()
    page.reload()
    page.get_by_role("button", name="Voices", exact=False).click()
    expect(box).to_be_checked()
    with page.expect_response(is_chosen):
        box.uncheck()
    assert not file.exists()


def test_without_the_model_the_page_says_how_to_set_it_up(program: Program, open_tab: Callable[[], Page]) -> None:
    (model,) = [path for path in (program.models_dir).iterdir() if path.read_bytes() == b"a model"]
    model.unlink()
    try:
        options = open_tab().locator("transcribe-options")
        options.locator("summary").click()
        expect(options.get_by_label("Speakers", exact=True)).to_be_disabled()
        expect(options.locator("#about-speakers")).to_contain_text(f"python setup_local_models.py {model.stem}")
    finally:
        model.write_bytes(b"a model")
