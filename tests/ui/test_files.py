"""The page's own files as the browser gets them."""

import os
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from transcriber.ui.files import PageFiles


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in (("page.js", "a = 1;"), ("css/page.css", "a {}"), ("LICENSE.fonts", "free")):
        path = tmp_path / "static" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (tmp_path / "secret.js").write_text("not for you")
    return tmp_path / "static"


@pytest.fixture
def browser(folder: Path) -> TestClient:
    return TestClient(Starlette(routes=[Mount("/page", PageFiles(folder))]))


@pytest.mark.parametrize(
    ("name", "content_type", "content"),
    [
        ("page.js", "text/javascript; charset=utf-8", "a = 1;"),
        ("css/page.css", "text/css; charset=utf-8", "a {}"),
        ("LICENSE.fonts", "text/plain; charset=utf-8", "free"),
    ],
)
def test_each_has_its_type(browser: TestClient, name: str, content_type: str, content: str) -> None:
    answer = browser.get(f"/page/{name}")
    assert (answer.status_code, answer.headers["content-type"], answer.text) == (200, content_type, content)


def test_what_the_browser_has_is_not_sent_again(browser: TestClient, folder: Path) -> None:
    first = browser.get("/page/page.js")
    again = browser.get("/page/page.js", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["cache-control"]) == (304, b"", "no-cache")
    (folder / "page.js").write_text("a = 2;")
    os.utime(folder / "page.js", ns=(1, 1))
    changed = browser.get("/page/page.js", headers={"if-none-match": first.headers["etag"]})
    assert (changed.status_code, changed.text) == (200, "a = 2;")


@pytest.mark.parametrize("name", ["../secret.js", "..%2Fsecret.js", "css", "", "none.js", "//etc/passwd"])
def test_nothing_else_is_read(browser: TestClient, name: str) -> None:
    assert browser.get(f"/page/{name}").status_code == 404


def test_one_that_went_is_not_found(browser: TestClient, folder: Path) -> None:
    (folder / "page.js").unlink()
    assert browser.get("/page/page.js").status_code == 404


def test_nothing_is_written(browser: TestClient) -> None:
    assert browser.put("/page/page.js", content="b").status_code == 405
