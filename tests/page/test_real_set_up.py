"""A model from a hub of our own to words, all on the page: the real set-up program, started by the real page."""

import json
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.hub import Hub, start
from tests.support.page import LONG, expect_words, transcribe
from tests.support.page_program import Program, with_set_up
from tests.support.places import DEMO_MODELS, PROJECT, SAMPLE
from tests.support.published import demo
from tests.support.small_set_up import write_rows

SET_UP = """
import sys
sys.path.insert(0, {project!r})
sys.argv = ["", {rows!r}, *sys.argv[1:], "--endpoint", {hub!r}, "--whisper-endpoint", {hub!r}]
from tests.support.small_set_up import main
sys.exit(main())
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder, hub = tmp_path_factory.mktemp("set-up"), Hub(pause=0.02)
    server = start(hub)
    rows = write_rows(folder / "rows.json", demo(hub, "whisper-base.en", "whisper.pt"))
    script = folder / "set_up.py"
    script.write_text(SET_UP.format(project=str(PROJECT), rows=str(rows), hub=hub.address))
    models = folder / "models"
    models.mkdir()
    for name in ("parakeet.nemo", "parakeet.json"):
        shutil.copy(DEMO_MODELS / name, models)
    (models / "chosen.json").write_text(json.dumps(["parakeet"]))
    with Program(folder / "data", models, with_set_up(script)) as program:
        yield program
    server.shutdown()


def test_download_and_use(page: Page, program: Program, sample_words: list[dict]) -> None:
    page.get_by_role("button", name="Models").click()
    page.get_by_role("button", name="more models").click()
    row = page.get_by_role("listitem", name="OpenAI Whisper base.en", exact=True)
    row.get_by_role("button", name="Download").click()
    expect(row).to_contain_text("Downloading", timeout=LONG)
    here = page.get_by_role("list", name="Models on this computer").get_by_role(
        "listitem", name="OpenAI Whisper base.en"
    )
    expect(here.get_by_role("button", name="Use")).to_be_visible(timeout=2 * LONG)
    assert (program.models_dir / "whisper-base.en.pt").read_bytes() == (DEMO_MODELS / "whisper.pt").read_bytes()
    transcribe(page, SAMPLE, model="OpenAI Whisper base.en")
    expect_words(page, [word["text"] for word in sample_words])
