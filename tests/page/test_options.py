"""What can be asked of a transcription on the page, and that it reaches the engine: a small one that writes it down."""

import json
import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.fakes import pretend
from tests.support.page import LONG, expect_state, model_choice, press
from tests.support.page_program import SMALL_ENGINE, Program
from tests.support.places import DEMO_MODELS, SAMPLE
from transcriber.models.store import ModelStore


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("options")
    for name in ("parakeet-v3", "canary-1b-v2", "canary"):
        pretend(ModelStore(folder / "models"), name)
    for name in ("parakeet.nemo", "parakeet.json"):
        shutil.copy(DEMO_MODELS / name, folder / "models")
    ModelStore(folder / "models").choose(["parakeet"])
    program = Program(folder / "data", folder / "models", SMALL_ENGINE)
    yield program
    program.stop()


@pytest.fixture
def options(page: Page) -> Locator:
    """Those of a tab, opened."""
    options = page.locator("transcribe-options")
    expect(field(options, "Spoken language").locator("option")).not_to_have_count(0)
    if not options.locator("details").evaluate("(details) => details.open"):
        options.locator("summary").click()
    return options


def field(options: Locator, label: str) -> Locator:
    return options.get_by_label(label, exact=True)


def press_transcribe(page: Page) -> None:
    page.get_by_role("button", name="Transcribe", exact=True).click()


def retry(page: Page) -> None:
    """Until the engine has been asked."""
    with page.expect_response("**/retry"):
        press(page, "twenty_words.flac", "Retry")


def asked(program: Program) -> list[dict]:
    """Of the engine, so far."""
    path = program.data_dir / "asked.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def write_terms(options: Locator, *terms: str) -> None:
    field(options, "Names and terms").fill("\n".join(terms))
    with options.page.expect_response("**/vocabulary"):
        field(options, "Names and terms").blur()


def test_what_is_asked_for_reaches_the_engine(page: Page, options: Locator, program: Program) -> None:
    before = len(asked(program))
    write_terms(options, "Łódź", "", "  Aiko   Tanaka ")
    expect(field(options, "Names and terms")).to_have_value("Łódź\nAiko Tanaka")
    model_choice(page).select_option("canary-1b-v2")
    expect(options.locator("summary")).to_have_text("Optionschoose the spoken language, 2 terms")
    page.get_by_label("Recordings").set_input_files(SAMPLE)
    expect_state(page, "twenty_words.flac", "ready")
    press_transcribe(page)
    expect(options.locator("#wrong-language")).to_have_text("Say which language is spoken: this model cannot find out.")
    expect(field(options, "Spoken language")).to_be_focused()
    field(options, "Spoken language").select_option("German")
    expect(options.locator("#wrong-language")).to_be_hidden()
    assert field(options, "Write in").locator("option").all_inner_texts() == ["the same language", "English"]
    field(options, "Write in").select_option("English")
    field(options, "From").fill("10:00")
    field(options, "To").fill("5:00")
    field(options, "Sound track").fill("two")
    press_transcribe(page)
    expect(options.locator("#wrong-end")).to_have_text("This is not after From.")
    expect(options.locator("#wrong-stream")).to_contain_text("Write a number such as 2")
    expect(field(options, "To")).to_have_attribute("aria-invalid", "true")
    expect_state(page, "twenty_words.flac", "press Transcribe")
    field(options, "To").fill("1:02:03.5")
    field(options, "Sound track").fill("2")
    field(options, "Sound track").blur()
    expect(options.get_by_role("alert").filter(visible=True)).to_have_count(0)
    summary = "OptionsGerman → English, from 00:10:00 to 01:02:03.5, sound track 2, 2 terms"
    expect(options.locator("summary")).to_have_text(summary)
    press_transcribe(page)
    expect_state(page, "twenty_words.flac", "done")
    first = {"language": "de", "translate_to": "en", "start": 600, "end": 3723.5, "stream": 2, "second_model": ""}
    first |= {"model": "canary-1b-v2", "vocabulary": ["Łódź", "Aiko Tanaka"]}
    (found,) = asked(program)[before:]
    assert found.items() >= first.items()
    for label in ("From", "To", "Sound track"):
        field(options, label).fill("")
    model_choice(page).select_option("parakeet-v3")
    retry(page)
    again = {"model": "parakeet-v3", "language": "de", "translate_to": "", "start": 0, "end": None, "stream": None}
    assert asked(program)[-1].items() >= again.items()


def test_models_are_asked_only_for_what_they_can(page: Page, options: Locator, program: Program) -> None:
    write_terms(options, "Valletta")
    spoken, into, second = (
        field(options, label) for label in ("Spoken language", "Write in", "If speech stays without words")
    )
    model_choice(page).select_option("parakeet-v3")
    assert spoken.locator("option").all_inner_texts()[:3] == ["find out", "Bulgarian", "Croatian"]
    expect(into).to_be_hidden()
    spoken.select_option("Maltese")
    assert second.locator("option").all_inner_texts() == ["leave it so", "NVIDIA Canary 1B v2 – 25 languages"]
    second.select_option("canary-1b-v2")
    page.get_by_label("Recordings").set_input_files(SAMPLE)
    before = len(asked(program))
    press_transcribe(page)
    while len(asked(program)) == before:  # not until a row says “done”: one of another test's does already
        page.wait_for_timeout(50)
    expect_state(page, "twenty_words.flac", "done")
    last = asked(program)[-1]
    assert (last["language"], last["second_model"], last["vocabulary"]) == ("mt", "canary-1b-v2", ["Valletta"])
    model_choice(page).select_option("canary")
    assert spoken.locator("option").all_inner_texts() == ["English"]
    expect(options.locator("#about-vocabulary")).to_have_text("The chosen model takes none: they are kept, not used.")
    retry(page)
    last = asked(program)[-1]
    assert (last["model"], last["language"], last["vocabulary"]) == ("canary", "en", [])
    model_choice(page).select_option("parakeet")
    assert spoken.locator("option").all_inner_texts() == ["English"]
    expect(into).to_be_hidden()


def test_terms_survive_a_reload_and_what_is_none_is_said(page: Page, options: Locator, program: Program) -> None:
    model_choice(page).select_option("parakeet")
    write_terms(options, "Łódź", "C# ", "AT&T # the company")
    expect(options.locator("summary")).to_have_text("Options3 terms")
    page.reload()
    expect(options.locator("summary")).to_have_text("Options3 terms")
    expect(options.locator("details")).not_to_have_attribute("open", "")
    options.locator("summary").press("Enter")
    expect(field(options, "Names and terms")).to_have_value("Łódź\nC#\nAT&T")
    assert (program.data_dir / "vocabulary.txt").read_text(encoding="utf-8").splitlines()[1:] == ["Łódź", "C#", "AT&T"]
    field(options, "Names and terms").fill("x" * 101)
    page.get_by_label("Path on this computer").fill(str(SAMPLE))
    press_transcribe(page)
    expect(options.locator("#wrong-vocabulary")).to_contain_text("line 1 of the vocabulary is no name or term")
    expect(field(options, "Names and terms")).to_be_focused()
    expect(page.get_by_label("Path on this computer")).to_have_value(str(SAMPLE))


def test_narrow_screens_need_no_sideways_scrolling(page: Page, options: Locator) -> None:
    page.set_viewport_size({"width": 380, "height": 844})
    model_choice(page).select_option("canary-1b-v2")
    field(options, "From").fill("soon")
    field(options, "From").blur()
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= 380


@pytest.mark.logs("net::ERR_")
def test_it_is_said_that_a_model_is_being_loaded(program: Program, page: Page) -> None:
    hint = page.locator("model-choice .hint")
    expect(hint).to_be_hidden()
    hold = program.data_dir.with_name("hold")
    hold.touch()
    program.stop()
    program.start()
    expect(hint).to_have_text(re.compile("^Demo Parakeet.* is being loaded. What is started now"), timeout=LONG)
    hold.unlink()
    expect(hint).to_be_hidden()
