"""The view “Models”: configurations, models, verifying them, and setting them up, in a real browser.

The set-up program is the one that asks no network; the page starts it as it starts the real one.
"""

import re
import shutil
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.page import LONG, choose, expect_state, model_choice
from tests.support.page_program import Program, with_set_up
from tests.support.places import DEMO_MODELS, FAKE_SETUP

pytestmark = pytest.mark.logs("status of 409")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("models")
    shutil.copytree(DEMO_MODELS, folder / "models")
    with Program(folder / "data", folder / "models", with_set_up(FAKE_SETUP)) as program:
        yield program


@pytest.fixture(autouse=True)
def parakeet_is_active(program: Program) -> None:
    listed = httpx.get(f"{program.address}api/get_stt_models", trust_env=False).json()["models"]
    (number,) = (one["id"] for one in listed if one["name"] == "parakeet")
    httpx.post(f"{program.address}api/set_stt_model", json={"model_id": number}, trust_env=False).raise_for_status()


@pytest.fixture
def models(page: Page) -> Page:
    """A tab on the view “Models”, with its configurations."""
    show_models(page)
    return page


def show_models(page: Page) -> None:
    page.get_by_role("button", name="Models", exact=True).click()
    page.get_by_text("Device and precision").click()
    expect(configuration(page, "parakeet")).to_be_visible()


def show_more(page: Page) -> None:
    """The models that are not recommended."""
    page.get_by_role("button", name="more models").click()


def item(page: Page, where: str, name: str) -> Locator:
    return page.get_by_role("list", name=where, exact=True).get_by_role("listitem", name=name, exact=True)


def configuration(page: Page, name: str) -> Locator:
    return item(page, "Configurations", name)


def press(row: Locator, name: str) -> None:
    """A button that begins so: behind it is what it is for."""
    row.get_by_role("button", name=re.compile(f"^{name}")).click()


def test_the_list_says_what_each_configuration_is(models: Page) -> None:
    parakeet = configuration(models, "parakeet")
    expect(parakeet).to_contain_text("✓ Active")
    expect(parakeet).to_contain_text("Default")
    expect(parakeet).to_contain_text("Demo Parakeet: FastConformer with TDT, 20 words · nemo · automatic device")
    expect(parakeet).to_have_attribute("aria-current", "")
    tiny = configuration(models, "tiny")
    expect(tiny).to_contain_text("Fastest, lowest accuracy")
    expect(tiny).to_contain_text("processor, int8")
    expect(tiny).to_contain_text("Not usable")
    expect(tiny.get_by_role("button", name="Activate")).to_be_disabled()


def test_activating_one_is_seen_everywhere_at_once(models: Page, open_tab: Callable[[], Page]) -> None:
    other = open_tab()
    expect(model_choice(other)).to_have_value("parakeet")
    press(configuration(models, "whisper"), "Activate")
    expect(configuration(models, "whisper")).to_contain_text("✓ Active")
    expect(configuration(models, "parakeet")).not_to_contain_text("✓ Active")
    expect(model_choice(other)).to_have_value("whisper")
    expect(model_choice(models)).to_have_value("whisper")
    models.reload()
    expect(model_choice(models)).to_have_value("whisper")


def test_a_model_is_used_and_one_that_is_not_needed_deleted(models: Page, open_tab: Callable[[], Page]) -> None:
    """What is used is the active configuration, for everybody."""
    other = open_tab()
    here = item(models, "Models on this computer", "Demo Canary: FastConformer with a Transformer decoder, 20 words")
    press(here, "Use")
    expect(here).to_contain_text("In use")
    expect(configuration(models, "canary")).to_contain_text("✓ Active")
    expect(model_choice(other)).to_have_value("canary")
    choose(other, "Demo Whisper")
    expect(configuration(models, "whisper")).to_contain_text("✓ Active")
    expect(here.get_by_role("button", name="Use")).to_be_visible()
    press(configuration(models, "large"), "Delete")
    press(models.get_by_role("dialog"), "Delete")
    expect(configuration(models, "large")).to_have_count(0)
    expect(model_choice(other)).to_have_value("whisper")


def test_only_what_is_not_needed_can_be_deleted_and_that_is_asked(models: Page) -> None:
    expect(configuration(models, "parakeet").get_by_role("button", name="Delete")).to_be_hidden()
    press(configuration(models, "medium"), "Delete")
    dialog = models.get_by_role("dialog")
    expect(dialog).to_contain_text("Delete the configuration “medium”? Models and transcripts stay.")
    press(dialog, "Keep")
    expect(dialog).to_have_count(0)
    press(configuration(models, "medium"), "Delete")
    models.keyboard.press("Escape")
    expect(configuration(models, "medium")).to_be_visible()
    press(configuration(models, "medium"), "Delete")
    press(dialog, "Delete")
    expect(configuration(models, "medium")).to_have_count(0)


def test_adding_one_is_validated_as_it_is_filled_in(models: Page) -> None:
    models.get_by_text("Add a configuration").click()
    form = models.locator("new-configuration")
    said, add = form.get_by_role("status"), form.get_by_role("button", name="Add")
    expect(said).to_contain_text("20 words can be used, on the processor. Give it a name.")
    expect(add).to_be_disabled()
    form.get_by_label("Name").fill("CANARY")
    expect(said).to_contain_text("There is a configuration “CANARY” already")
    form.get_by_label("Name").fill("Whisper on the processor")
    form.get_by_label("Type").select_option("whisper")
    expect(said).to_contain_text("is no model for OpenAI Whisper; choose the type nemo.")
    expect(add).to_be_disabled()
    form.get_by_label("Model").select_option("whisper")
    expect(form.get_by_label("Type")).to_have_value("whisper")
    form.get_by_label("Device").select_option("cuda")
    expect(said).to_contain_text("the processor will be used")
    form.get_by_label("Device").select_option("cpu")
    form.get_by_label("Computes in").select_option("float16")
    expect(said).to_contain_text("OpenAI Whisper cannot compute in “float16” on cpu")
    form.get_by_label("Computes in").select_option("float32")
    expect(said).to_have_text("Demo Whisper: 20 words can be used, on the processor.")
    form.get_by_label("Description").fill("slow and sure")
    add.click()
    expect(said).to_contain_text("Whisper on the processor was added")
    made = configuration(models, "Whisper on the processor")
    expect(made).to_contain_text("slow and sure")
    press(made, "Activate")
    expect(model_choice(models)).to_have_value("Whisper on the processor")


def test_one_that_is_not_set_up_may_be_added_and_says_what_to_do(models: Page) -> None:
    models.get_by_text("Add a configuration").click()
    form = models.locator("new-configuration")
    form.get_by_label("Name").fill("Later")
    form.get_by_label("Model").select_option("canary-1b-flash")
    expect(form.get_by_role("status")).to_contain_text(
        "canary-1b-flash.nemo is missing; run `python setup_local_models.py"
    )
    form.get_by_role("button", name="Add").click()
    expect(configuration(models, "Later").get_by_role("button", name="Activate")).to_be_disabled()


def test_models_say_what_they_are_and_are_verified(models: Page, program: Program) -> None:
    here = item(models, "Models on this computer", "Demo Canary: FastConformer with a Transformer decoder, 20 words")
    here.get_by_text("Details").click()
    for text in ("✓ Frozen", "English", "CC BY-SA 4.0", "7.7 MB", "days ago"):
        expect(here).to_contain_text(text)
    press(here, "Verify")
    expect(here.get_by_role("status")).to_have_text("Verified: every byte is as it was frozen.")
    path = program.models_dir / "canary.nemo"
    content = bytearray(path.read_bytes())
    content[-5000] ^= 1
    path.write_bytes(content)
    models.get_by_role("button", name="Verify files").click()
    expect(here.get_by_role("status")).to_contain_text("is not the one that was frozen; delete it and run")
    expect(here).to_contain_text("✗ Damaged")
    shutil.copy(DEMO_MODELS / "canary.nemo", path)
    expect(item(models, "Models on this computer", "Silero VAD")).to_contain_text("✓ Built in")


def test_download_with_progress_cancel_and_resume(models: Page, program: Program) -> None:
    show_more(models)
    large, small = (
        models.get_by_role("listitem", name=f"OpenAI Whisper {size}", exact=True) for size in ("large-v2", "small")
    )
    large.get_by_text("Details").click()
    expect(large).to_contain_text("MIT")
    expect(large).to_contain_text("very good")
    expect(models.get_by_text("It goes online for this model and then ends")).to_be_visible()
    press(large, "Download")
    expect(large.get_by_role("progressbar")).to_have_js_property("value", 0.3)
    expect(large).to_contain_text("Downloading · 6 MB of 20 MB")
    press(small, "Download")
    expect(small).to_contain_text("Waits for its turn")
    press(large, "Cancel")
    expect(large.get_by_role("status")).to_contain_text("kept for the next time")
    expect(item(models, "Models on this computer", "whisper-small, as good as real")).to_contain_text("is set up")
    press(large, "Download")
    expect(item(models, "Models on this computer", "whisper-large-v2, as good as real")).to_be_visible()
    log = (program.data_dir / "setup.log").read_text().splitlines()
    assert set(log) == {f"whisper-{size}: hub offline: None" for size in ("large-v2", "small")}
    expect(configuration(models, "small")).to_contain_text("whisper-small, as good as real")
    choose(models, "whisper-large-v2")


def test_a_download_that_fails_says_why(models: Page) -> None:
    show_more(models)
    canary = models.get_by_role("listitem", name="NVIDIA Canary 1B v2", exact=True)
    press(canary, "Download")
    expect(canary.get_by_role("status")).to_have_text("Canary 1B v2 could not be downloaded; check the connection.")
    expect(canary.get_by_role("button", name="Download")).to_be_enabled()


def test_a_recording_goes_on_while_models_are_looked_at(page: Page) -> None:
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_label("Recording time")).to_have_text("0:01", timeout=LONG)
    show_models(page)
    page.get_by_role("link", name="Recording: 0:0").click()
    expect(page.get_by_label("Recording time")).to_have_text(re.compile("0:0[3-9]"), timeout=LONG)
    page.get_by_role("button", name="Stop", exact=True).click()
    expect_state(page, "Microphone", "queued|running|done")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_narrow_screens_need_no_sideways_scrolling(models: Page, scheme: str) -> None:
    models.emulate_media(color_scheme=scheme)
    models.set_viewport_size({"width": 390, "height": 844})
    models.get_by_text("Add a configuration").click()
    show_more(models)
    models.get_by_text("Details").first.click()
    assert models.evaluate("document.documentElement.scrollWidth") <= 390
    assert models.locator("models-view").evaluate("(one) => one.scrollWidth <= one.clientWidth")
