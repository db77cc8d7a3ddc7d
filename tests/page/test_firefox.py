"""The main way in Firefox: from a recording to its words, a correction and a file."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.firefox import FIREFOX, Firefox
from tests.support.page_program import Program
from tests.support.places import SAMPLE


@pytest.fixture
def firefox(tmp_path: Path) -> Iterator[Firefox]:
    if not FIREFOX:
        if os.environ.get("CI"):
            pytest.fail("CI needs a Firefox")
        pytest.skip("no Firefox on this machine")
    firefox = Firefox(tmp_path)
    yield firefox
    firefox.close()


def test_the_main_way(firefox: Firefox, program: Program, sample_words: list[dict]) -> None:
    words = [word["text"] for word in sample_words]
    shown = "return [...document.querySelectorAll('.turn .word')].map((word) => word.textContent).join(' ')"
    firefox.open(program.address)
    firefox.wait_for("return document.querySelector('add-view select[name=model] option')")
    firefox.write("input[aria-label=Recordings]", str(SAMPLE))
    firefox.wait_for(f"{shown} === arguments[0]", " ".join(words))
    firefox.run("document.querySelector('.turn .words').dispatchEvent(new MouseEvent('dblclick', { bubbles: true }))")
    field = "[contenteditable='plaintext-only'], [contenteditable='true']"
    firefox.wait_for("return document.querySelector(arguments[0])", field)
    firefox.run("getSelection().selectAllChildren(document.querySelector(arguments[0]))", field)
    firefox.write(field, "Firefox hears")
    firefox.run("document.activeElement.blur()")
    firefox.wait_for(f"const now = (() => {{ {shown} }})(); return now.startsWith('Firefox hears')")
    text = firefox.wait_for(
        """
        const id = location.hash.slice(4).split("?")[0], request = new XMLHttpRequest();
        request.open("GET", `/jobs/${id}/transcript.txt`, false);
        request.send();
        return request.responseText.includes("Firefox hears") && request.responseText;
        """
    )
    assert text.strip() == "Firefox hears"
    assert not firefox.run(
        "return performance.getEntries().some(({ name }) => /^https?:/.test(name) && !name.startsWith(location.origin))"
    )
