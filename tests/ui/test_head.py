"""What the browser is told at once, in Gradio's own document."""

import re

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from transcriber.ui.files import STATIC
from transcriber.ui.head import STYLES, OurHead, modules

DOCUMENT = (
    '<html><head><link rel="manifest" href="/manifest.json" /><script src="theirs.js"></script></head>'
    '<body><gradio-app control_page_title="true"></body></html>'
)


@pytest.fixture
def browser() -> TestClient:
    routes = [Route("/", lambda _: HTMLResponse(DOCUMENT)), Route("/other", lambda _: PlainTextResponse("<head>"))]
    return TestClient(Starlette(routes=[Mount("/", OurHead(Starlette(routes=routes)))]))


def test_our_scripts_come_before_theirs_and_our_styles_after(browser: TestClient) -> None:
    answer = browser.get("/")
    text = answer.text
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert (
        text.index("/page/page.js")
        < text.index("theirs.js")
        < text.index("/page/css/tokens.css")
        < text.index("</head>")
    )
    assert 'control_page_title="false"' in text
    assert "manifest" not in text


def test_nothing_else_is_touched(browser: TestClient) -> None:
    assert browser.get("/other").text == "<head>"
    head = browser.head("/")
    assert (head.status_code, head.content) == (200, b"")


def test_every_module_that_the_page_needs_is_named() -> None:
    """Each import of each of them is one of them; and what is fetched later is none."""
    named = {path.relative_to(STATIC).as_posix() for path in modules()}
    for name in named:
        source = (STATIC / name).read_text("utf-8")
        wanted = re.findall(r'(?:from|^import) "(\.[^"]+)"', source, re.MULTILINE)
        assert {((STATIC / name).parent / path).resolve().relative_to(STATIC).as_posix() for path in wanted} <= named
    assert "document/view.js" in named
    assert not named & {"models/view.js", "settings/view.js", "help/view.js", "add/view.js", "languages/en.js"}


def test_every_style_is_linked() -> None:
    assert sorted(STYLES) == sorted(path.stem for path in (STATIC / "css").glob("*.css"))
