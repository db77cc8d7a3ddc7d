"""Every patch names a library and the versions that it was tested with; with any other nothing is changed."""

import importlib
import logging
import pkgutil
import sys
from types import ModuleType
from typing import Any

import gradio
import pytest
import torch
from nemo.collections.common.tokenizers.aggregate_tokenizer import AggregateTokenizer
from omegaconf import ListConfig, OmegaConf

from transcriber import patches
from transcriber.patches import (
    gradio_import,
    gradio_queue,
    lhotse_home,
    nemo_import,
    nemo_tokenizer,
    omegaconf_lists,
    versions,
)

PARTS = {"late_import", "numba_cache", "omegaconf_words", "versions"}
"""What the patches are made with, and what sets a documented variable."""
PATCHES = [
    importlib.import_module(f"{patches.__name__}.{module.name}")
    for module in pkgutil.iter_modules(patches.__path__)
    if module.name not in PARTS
]


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.__name__.rpartition(".")[2])
def test_a_patch_is_tested_with_what_is_installed(patch: ModuleType) -> None:
    """Here, by the tests beside this one: after an upgrade this fails until somebody has looked."""
    assert versions.is_tested(patch.LIBRARY, patch.TESTED)
    assert "Gain: " in patch.__doc__


@pytest.fixture(params=[True, False], ids=["tested", "another version"])
def is_tested(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    if not request.param:
        for patch in PATCHES:
            monkeypatch.setattr(patch, "TESTED", ("0.0",))
    return request.param


def test_import_hooks_of_gradio(is_tested: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    before = list(sys.meta_path)
    monkeypatch.setattr(sys, "meta_path", list(before))
    gradio_import.install()
    assert (sys.meta_path == before) is not is_tested


def test_the_queue_of_gradio(is_tested: bool) -> None:
    with gradio.Blocks() as page:
        page.queue()
    seconds = page._queue.sleep_when_free
    gradio_queue.rest_when_free(page)
    assert (page._queue.sleep_when_free > seconds) is is_tested


def changed_inside(patch: Any, read: Any) -> bool:
    """Whether what is read is another thing inside; afterwards it is what it was."""
    before = read()
    with patch:
        inside = read()
    assert read() == before
    return inside != before


def test_what_is_replaced_inside(is_tested: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, lhotse_home.MODULE, raising=False)
    for patch, read in (
        (nemo_import.quick_import(), lambda: (torch.compile, len(sys.meta_path))),
        (nemo_tokenizer.quick_tokenizer(), lambda: AggregateTokenizer._calculate_offsets),
        (omegaconf_lists.quick_lists(), lambda: ListConfig.__getitem__),
        (lhotse_home.home_left_alone(), lambda: lhotse_home.MODULE in sys.modules),
    ):
        assert changed_inside(patch, read) is is_tested


def test_a_configuration_is_the_same(is_tested: bool) -> None:
    content = b"target: nemo\nlabels: [a, b]\nrate: 1e-5\n"
    assert omegaconf_lists.load_yaml(content) == OmegaConf.create(
        {"target": "nemo", "labels": ["a", "b"], "rate": 1e-5}
    )


def test_the_log_says_it_once(caplog: pytest.LogCaptureFixture) -> None:
    versions.is_tested.cache_clear()
    with caplog.at_level(logging.WARNING):
        assert [versions.is_tested("omegaconf", ("0.1", "0.2")) for _ in range(3)] == [False] * 3
        assert not versions.is_tested("no-such-package", ("1.0",))
    (line,) = caplog.messages
    assert line.startswith("omegaconf ") and line.endswith("0.1 and 0.2")
