"""Gradio, patched and plain: the same page, and the same answers from its queue."""

import json

import pytest

from tests.support.programs import run_program

PAGE = """\
import json, sys
from transcriber.patches import gradio_import, gradio_queue
is_patched = {is_patched}
if is_patched:
    gradio_import.install()
import gradio as gr
assert (type(sys.modules["pandas"]).__name__ == "_LazyModule") is is_patched
def reverse(given: str) -> str: return given[::-1]
with gr.Blocks() as page:
    name = gr.Textbox(label="name", value="a")
    kind = gr.Dropdown(["x", "y"], label="kind")
    table = gr.Dataframe([[1, 2], [3, 4]])
    gr.api(reverse, api_name="reversed")
    kind.change(lambda one: one * 2, kind, name)
page.queue()
if is_patched:
    gradio_queue.rest_when_free(page)
config = page.get_config_file()
components = [(one["type"], one["props"].get("label"), one["props"].get("value")) for one in config["components"]]
_, url, _ = page.launch(prevent_thread_lock=True, quiet=True, ssr_mode=False)
from gradio_client import Client
client = Client(url, verbose=False)
answers = [client.predict("abc"[: count], api_name="/reversed") for count in range(4)]
import pandas
print(json.dumps([components, config["dependencies"], answers, int(pandas.DataFrame([1, 2]).sum().iloc[0])]))
page.close()
"""


@pytest.fixture
def pages() -> list[object]:
    return [
        json.loads(run_program("-c", PAGE.format(is_patched=patched)).stdout.splitlines()[0])
        for patched in (False, True)
    ]


def test_the_patched_page_is_the_plain_one(pages: list[list]) -> None:
    plain, patched = pages
    assert patched == plain
    assert plain[2] == ["", "a", "ba", "cba"] and plain[3] == 3
    assert len(plain[0]) >= 3
