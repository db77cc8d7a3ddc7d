"""The page in each of its languages: none lacks a text, and none says what belongs into another."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.places import PROJECT

STATIC = PROJECT / "transcriber" / "ui" / "static"
NAME = "Transcribe"
"""Of the program, in every language."""
LANGUAGES = {"en": "Add", "de": "Hinzufügen", "es": "Añadir", "fr": "Ajouter"}
FORMS = {"zero", "one", "two", "few", "many", "other"}
PLACEHOLDER = re.compile(r"\{(\w+)\}")
USED = re.compile(r"""\bt\(\s*(?:"([\w.]+)"|`([\w.]+)\$\{)""")
NAMED = re.compile(r"""["`]([a-z_]+\.[\w.]+)["`$]""")


@pytest.fixture(scope="module")
def texts(browser: Browser, program) -> dict[str, dict[str, object]]:
    """Of every language, by their keys, as "library.add"."""
    page = browser.new_page()
    page.goto(program.address)
    read = {
        code: page.evaluate(f"import('/page/languages/{code}.js').then((found) => found.default)") for code in LANGUAGES
    }
    page.close()
    return {code: dict(_flat(found)) for code, found in read.items()}


def _flat(found: dict, before: str = "") -> Iterator[tuple[str, object]]:
    """Forms for numbers belong to one text."""
    for name, value in found.items():
        if isinstance(value, dict) and (not value or set(value) - FORMS):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _placeholders(text: object) -> set[str]:
    forms = text.values() if isinstance(text, dict) else [text]
    return {name for form in forms for name in PLACEHOLDER.findall(str(form))}


@pytest.mark.parametrize("code", ["de", "es", "fr"])
def test_no_language_lacks_a_text(texts: dict[str, dict[str, object]], code: str) -> None:
    assert texts[code].keys() == texts["en"].keys()
    assert {key: _placeholders(text) - {"n"} for key, text in texts[code].items()} == {
        key: _placeholders(text) - {"n"} for key, text in texts["en"].items()
    }
    assert not [key for key, text in texts[code].items() if not text]


def test_every_text_is_used_and_every_used_one_is_there(texts: dict[str, dict[str, object]]) -> None:
    source = "\n".join(path.read_text("utf-8") for path in STATIC.rglob("*.js") if "vendor" not in path.parts)
    asked = {whole for whole, _ in USED.findall(source) if whole}
    assert not asked - texts["en"].keys() - {key.rpartition(".")[0] for key in texts["en"]}
    beginnings = tuple(part for _, part in USED.findall(source) if part)
    named = {name.rstrip(".") for name in NAMED.findall(source)}
    assert not [key for key in texts["en"] if key not in asked | named and not key.startswith((*beginnings, "keys."))]


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_page_speaks_the_language_of_the_browser(browser: Browser, program, texts, code: str) -> None:
    """And nothing on it is English, where English says it otherwise."""
    context = browser.new_context(locale=code)
    page = context.new_page()
    for view in ("add", "models", "settings", "help"):
        page.goto(f"{program.address}#/{view}")
        expect(page.get_by_role("button", name=LANGUAGES[code], exact=True).first).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", code)
        foreign = {str(text) for text in texts["en"].values()} - {str(text) for text in texts[code].values()}
        assert foreign & set(_shown(page)) <= {NAME}
    context.close()


def _shown(page: Page) -> list[str]:
    """What is written on the page, and what its elements are called."""
    return page.evaluate(
        """() => {
            const walker = document.createTreeWalker(document.querySelector(".app"), NodeFilter.SHOW_TEXT), found = [];
            while (walker.nextNode()) found.push(walker.currentNode.data.trim());
            for (const one of document.querySelectorAll(".app *"))
                for (const name of ["aria-label", "title", "placeholder"]) found.push(one.getAttribute(name) || "");
            return found;
        }"""
    )
