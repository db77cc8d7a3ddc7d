"""What can be asked of a transcription on the page, and that it reaches the engine: a small one that writes it down."""

import json
import re
import shutil
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.fakes import pretend
from tests.support.page import LONG, add, begin, choose, expect_state, model_choice, show_adding, show_whole, until
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
    with Program(folder / "data", folder / "models", SMALL_ENGINE) as program:
        yield program


@pytest.fixture(autouse=True)
def as_at_first(program: Program) -> Iterator[None]:
    """What a test has chosen, and what it added, does not stay."""
    yield
    usual = {"language": "auto", "translate_to": "", "second_model": "", "speakers": "off"}
    httpx.patch(f"{program.address}settings/page", json={"ask_first": False, "choice": usual}, trust_env=False)
    httpx.put(f"{program.address}vocabulary", json={"terms": []}, trust_env=False)
    for job in httpx.get(f"{program.address}jobs", trust_env=False).json()["jobs"]:
        httpx.delete(f"{program.address}jobs/{job['id']}", trust_env=False)


def spoken(page: Page) -> Locator:
    return page.locator("add-view").get_by_label("Spoken language")


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def field(page: Page, label: str) -> Locator:
    return dialog(page).get_by_label(label, exact=True)


def press(page: Page, name: str) -> None:
    """In the dialog."""
    dialog(page).get_by_role("button", name=name, exact=True).click()


def more(page: Page) -> None:
    page.locator("add-view .pick.quiet").click()
    expect(dialog(page)).to_be_visible()


def asked(program: Program) -> list[dict]:
    """Of the engine, so far."""
    path = program.data_dir / "asked.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def asked_for(page: Page, program: Program) -> dict:
    """What the engine is asked for the sample."""
    before = len(asked(program))
    add(page, SAMPLE)
    until(page, lambda: len(asked(program)) > before)
    return asked(program)[-1]


def write_terms(page: Page, *terms: str) -> None:
    page.locator("add-view").get_by_role("button", name="names or terms").or_(
        page.locator("add-view").get_by_role("button", name=re.compile("name or term|names and terms"))
    ).click()
    field(page, "Names and terms").fill("\n".join(terms))


def test_what_is_missing_is_asked_for_and_reaches_the_engine(page: Page, program: Program) -> None:
    """The model cannot find the language out: the recording waits until it is said, and it is kept then."""
    write_terms(page, "Łódź", "", "  Aiko   Tanaka ")
    press(page, "Done")
    expect(page.locator("add-view .how")).to_contain_text("2 names and terms")
    choose(page, "Canary 1B v2")
    expect(spoken(page).locator("option:checked")).to_have_text("choose…")
    before = len(asked(program))
    add(page, SAMPLE)
    expect(dialog(page)).to_contain_text("Say which language is spoken: this model cannot find out.")
    expect(field(page, "Spoken language")).to_be_focused()
    expect_state(page, "twenty_words.flac", "ready")
    field(page, "Spoken language").select_option("German")
    expect(dialog(page)).not_to_contain_text("Say which language")
    assert field(page, "Write in").locator("option").all_inner_texts() == ["the same language", "English"]
    field(page, "Write in").select_option("English")
    field(page, "From").fill("10:00")
    field(page, "To").fill("5:00")
    field(page, "Sound track").fill("two")
    press(page, "Transcribe")
    expect(dialog(page)).to_contain_text("This is not after From.")
    expect(dialog(page)).to_contain_text("Write a number such as 2")
    expect(field(page, "To")).to_have_attribute("aria-invalid", "true")
    expect(field(page, "Sound track")).to_be_focused()
    field(page, "To").fill("1:02:03.5")
    field(page, "Sound track").fill("2")
    press(page, "Transcribe")
    expect(dialog(page)).to_have_count(0)
    expect_state(page, "twenty_words.flac", "done")
    first = {"language": "de", "translate_to": "en", "start": 600, "end": 3723.5, "stream": 2, "second_model": ""}
    first |= {"model": "canary-1b-v2", "vocabulary": ["Łódź", "Aiko Tanaka"]}
    (found,) = asked(program)[before:]
    assert found.items() >= first.items()
    again = {"language": "de", "translate_to": "", "start": 0, "end": None, "stream": None}
    assert asked_for(page, program).items() >= again.items()


def test_models_are_asked_only_for_what_they_can(page: Page, program: Program) -> None:
    write_terms(page, "Valletta")
    press(page, "Done")
    choose(page, "Parakeet TDT 0.6B v3")
    assert spoken(page).locator("option").all_inner_texts()[:3] == ["found automatically", "Bulgarian", "Croatian"]
    spoken(page).select_option("Maltese")
    more(page)
    expect(field(page, "Write in")).to_be_hidden()
    second = field(page, "If speech stays without words")
    assert second.locator("option").all_inner_texts() == ["leave it so", "NVIDIA Canary 1B v2 – 25 languages"]
    second.select_option("canary-1b-v2")
    press(page, "Done")
    expect(page.locator("add-view .how")).to_contain_text("with a second model")
    last = asked_for(page, program)
    assert (last["language"], last["second_model"], last["vocabulary"]) == ("mt", "canary-1b-v2", ["Valletta"])
    choose(page, "Canary-Qwen")
    show_adding(page)
    assert spoken(page).locator("option").all_inner_texts() == ["English"]
    expect(page.locator("add-view .said")).to_have_text(
        "The chosen model takes no names and terms: they are kept, not used."
    )
    last = asked_for(page, program)
    assert (last["model"], last["language"], last["vocabulary"]) == ("canary", "en", [])
    choose(page, "Parakeet TDT 0.6B v3")
    assert (asked_for(page, program)["language"], spoken(page).input_value()) == ("mt", "mt")


def test_the_choice_is_kept_but_not_the_part_of_one_recording(page: Page, program: Program) -> None:
    choose(page, "Parakeet TDT 0.6B v3")
    with page.expect_response("**/settings/page"):
        spoken(page).select_option("Polish")
    more(page)
    field(page, "From").fill("1:30")
    field(page, "To").fill("soon")
    press(page, "Done")
    expect(dialog(page)).to_contain_text("Write a time such as 1:02:03, 62:03 or 90 (seconds).")
    field(page, "To").fill("2:00")
    press(page, "Done")
    expect(page.locator("add-view .how")).to_contain_text("from 00:01:30 to 00:02:00")
    first = asked_for(page, program)
    assert (first["language"], first["start"], first["end"]) == ("pl", 90, 120)
    page.reload()
    show_adding(page)
    expect(spoken(page)).to_have_value("pl")
    second = asked_for(page, program)
    assert (second["model"], second["language"], second["start"], second["end"]) == ("parakeet-v3", "pl", 0, None)


def test_terms_survive_a_reload_and_what_is_none_is_said(page: Page, program: Program) -> None:
    choose(page, "Demo Parakeet")
    write_terms(page, "Łódź", "C# ", "AT&T # the company")
    press(page, "Done")
    page.reload()
    show_adding(page)
    write_terms(page, "x" * 101)
    press(page, "Done")
    expect(dialog(page)).to_contain_text("line 1 of the vocabulary is no name or term")
    page.keyboard.press("Escape")
    assert (program.data_dir / "vocabulary.txt").read_text(encoding="utf-8").splitlines()[1:] == ["Łódź", "C#", "AT&T"]
    assert asked_for(page, program)["vocabulary"] == ["Łódź", "C#", "AT&T"]


def test_who_wants_to_be_asked_first_is(page: Page, program: Program) -> None:
    """Also for the next time; what is put off waits in the list."""
    choose(page, "Parakeet TDT 0.6B v3")
    page.get_by_role("button", name="Settings").click()
    with page.expect_response("**/settings/page"):
        page.get_by_label("Ask before transcribing").check()
    page.reload()
    before = len(asked(program))
    add(page, SAMPLE)
    expect(dialog(page)).to_contain_text("How is it to be transcribed?")
    press(page, "Not now")
    expect_state(page, "twenty_words.flac", "ready")
    begin(page, "twenty_words.flac")
    field(page, "Model").select_option("canary")
    press(page, "Transcribe")
    expect_state(page, "twenty_words.flac", "done")
    (found,) = asked(program)[before:]
    assert found["model"] == "canary"
    expect(model_choice(page)).to_have_value("parakeet-v3")


@pytest.mark.parametrize("asks", [False, True])
def test_a_path_on_this_computer(page: Page, program: Program, asks: bool) -> None:
    choose(page, "Demo Parakeet")
    if asks:
        httpx.patch(f"{program.address}settings/page", json={"ask_first": True}, trust_env=False)
        page.reload()
        show_adding(page)
    page.get_by_role("button", name="From a path").click()
    path, begin = page.get_by_label("Path on this computer"), page.locator("path-field").get_by_role("button")
    expect(path).to_be_focused()
    path.press("Enter")
    expect(page.locator("path-field .error")).to_contain_text("Write the path of a recording")
    path.fill("/nowhere/talk.wav")
    begin.last.click()
    if asks:
        press(page, "Transcribe")
    expect(page.locator("path-field .error")).to_contain_text("There is no file")
    path.fill(str(SAMPLE))
    path.press("Enter")
    if asks:
        press(page, "Transcribe")
    page.wait_for_url("**/#/r/*")
    expect_state(page, "twenty_words.flac", "done")
    expect(path).to_have_value("")


def test_narrow_screens_need_no_sideways_scrolling(page: Page) -> None:
    page.set_viewport_size({"width": 380, "height": 844})
    choose(page, "Canary 1B v2")
    more(page)
    field(page, "From").fill("soon")
    press(page, "Done")
    expect(dialog(page)).to_contain_text("Write a time")
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    assert dialog(page).evaluate("(one) => one.scrollWidth <= one.clientWidth")
    assert page.locator("add-view").evaluate("(one) => one.scrollWidth <= one.clientWidth")


@pytest.mark.logs("net::ERR_")
def test_it_is_said_that_a_model_is_being_loaded(program: Program, page: Page) -> None:
    hint = page.locator("add-view .said")
    hold = program.data_dir.with_name("hold")
    hold.touch()
    show_whole(page)
    program.stop()
    program.start()
    expect(hint).to_have_text(re.compile("is being loaded. What is started now"), timeout=LONG)
    hold.unlink()
    expect(hint).not_to_contain_text("is being loaded")
