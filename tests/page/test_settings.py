"""What is chosen for all recordings, and for the page: kept by the program, and seen after a reload."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.support.page import LONG, add, expect_state, until
from tests.support.page_program import SMALL_ENGINE, Program
from tests.support.places import SAMPLE


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """With a small engine: what is transcribed does not matter here."""
    folder = tmp_path_factory.mktemp("settings")
    with Program(folder / "data", command=SMALL_ENGINE) as program:
        yield program


@pytest.fixture(autouse=True)
def as_at_first(program: Program) -> Iterator[None]:
    yield
    changed = {"theme": "auto", "language": "auto"}
    httpx.patch(f"{program.address}settings/page", json=changed, trust_env=False).raise_for_status()


@pytest.fixture
def settings(page: Page) -> Page:
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    return page


def test_finished_transcripts_are_saved_in_the_chosen_formats(settings: Page, program: Program, tmp_path: Path) -> None:
    expect(settings.get_by_text(str(program.data_dir / "transcripts"))).to_be_visible()
    for name, wanted in (("TXT", False), ("SRT", False), ("VTT", True), ("JSON", False), ("DOCX", True)):
        settings.get_by_label(name, exact=True).set_checked(wanted)
    with settings.expect_response(lambda response: '"sidecars":true' in (response.request.post_data or "")):
        settings.get_by_label("With a record of where each came from").check()
    settings.reload()
    expect(settings.get_by_label("VTT", exact=True)).to_be_checked()
    expect(settings.get_by_label("TXT", exact=True)).not_to_be_checked()
    shutil.copy(SAMPLE, tmp_path / "kept.flac")
    add(settings, tmp_path / "kept.flac")
    expect_state(settings, "kept.flac", "done")
    endings = ["docx", "docx.provenance.json", "vtt", "vtt.provenance.json"]
    folder = program.data_dir / "transcripts"
    until(settings, lambda: [path.name.partition("kept.")[2] for path in sorted(folder.glob("* kept.*"))] == endings)
    (subtitles,) = folder.glob("* kept.vtt")
    assert subtitles.read_text().startswith("WEBVTT")


def test_the_colours_are_those_of_the_system_or_chosen(settings: Page) -> None:
    theme = "document.documentElement.dataset.theme"
    for scheme in ("light", "dark"):
        settings.emulate_media(color_scheme=scheme)
        settings.wait_for_function(f"{theme} === '{scheme}'")
    with settings.expect_response("**/settings/page"):
        settings.get_by_label("Colours").select_option("Light")
    assert settings.evaluate(theme) == "light"
    settings.reload()
    expect(settings.get_by_label("Colours")).to_have_value("light")
    assert settings.evaluate(theme) == "light"


def test_the_page_speaks_the_chosen_language(settings: Page) -> None:
    settings.get_by_label("Language of the page").select_option("Deutsch")
    expect(settings.get_by_role("heading", name="Einstellungen")).to_be_visible(timeout=LONG)
    assert settings.evaluate("document.documentElement.lang") == "de"
    settings.get_by_label("Sprache der Seite").select_option("Français")
    expect(settings.get_by_role("heading", name="Réglages")).to_be_visible(timeout=LONG)


def test_what_cannot_be_kept_is_said(settings: Page) -> None:
    refused = '{"detail": "make room on the disk"}'
    settings.route("**/settings/page", lambda route: route.fulfill(status=400, body=refused))
    settings.get_by_label("Colours").select_option("Dark")
    expect(settings.get_by_role("alert").filter(has_text="make room on the disk")).to_be_visible()


def test_names_and_terms_are_the_same_everywhere(settings: Page, program: Program) -> None:
    with settings.expect_response("**/vocabulary"):
        settings.get_by_label("Names and terms").fill("Aiko Tanaka\nŁódź")
        settings.get_by_label("Names and terms").blur()
    settings.get_by_role("button", name="Add", exact=True).click()
    expect(settings.locator("add-view .how")).to_contain_text("2 names and terms")
    kept = (program.data_dir / "vocabulary.txt").read_text(encoding="utf-8").splitlines()
    assert kept[1:] == ["Aiko Tanaka", "Łódź"]


def test_the_room_that_is_used_is_said(settings: Page) -> None:
    used = settings.locator("storage-used")
    for name in ("Recordings", "Transcripts", "Models", "Bin", "Free on this disk"):
        expect(used).to_contain_text(name)
    expect(used).to_contain_text("MB")


def test_help_says_how_it_is_used_and_what_keeps_it_offline(page: Page) -> None:
    page.get_by_role("button", name="Help", exact=True).click()
    for title in ("How to use", "Privacy & performance", "Model information"):
        expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.locator("help-view")).to_contain_text("Drop audio or video files")
    table = page.get_by_role("table")
    expect(table.get_by_role("row", name="Demo Parakeet")).to_contain_text("CC BY-SA 4.0")
    page.get_by_role("button", name="Show all keys").click()
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Play, pause")


@pytest.mark.parametrize("view", ["settings", "help"])
def test_narrow_screens_need_no_sideways_scrolling(page: Page, view: str) -> None:
    page.set_viewport_size({"width": 380, "height": 844})
    page.goto(f"{page.url.partition('#')[0]}#/{view}")
    shown = page.locator(f"{view}-view")
    expect(shown).to_be_visible()
    assert shown.evaluate("(one) => one.scrollWidth <= one.clientWidth")
    page.get_by_role("button", name="Back to the list").click()
    expect(page.get_by_role("list", name="Jobs")).to_be_attached()
    expect(shown).to_be_hidden()
