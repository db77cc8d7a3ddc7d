"""A hub of our own, and models small enough to go through it."""

import os
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from tests.support import package_index
from tests.support.hub import Hub, start
from tests.support.package_index import Index
from transcriber.freeze.hub import Publishers
from transcriber.models import catalog
from transcriber.models.catalog import ModelSpec


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """An empty hub, and no pauses between a client's attempts."""
    from huggingface_hub import constants
    from huggingface_hub.utils import _http

    from transcriber.freeze import download

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path_factory.mktemp("hub-cache")))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setattr(_http, "time", SimpleNamespace(**vars(time) | {"sleep": lambda seconds: None}))
    monkeypatch.setattr(download, "MAX_PAUSE_SECONDS", 0.0)
    hub = Hub()
    server = start(hub)
    yield hub
    server.shutdown()
    server.server_close()


@pytest.fixture
def publishers(hub: Hub) -> Publishers:
    return Publishers(endpoint=hub.address, whisper_endpoint=hub.address, timeout=5)


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """An empty package index, for which alone pip is configured."""
    for name in os.environ:
        if name.startswith("PIP_"):
            monkeypatch.delenv(name)
    index = Index()
    server = package_index.start(index)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", index.address)
    yield index
    server.shutdown()
    server.server_close()


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts rows into the catalogue until the test ends."""
    monkeypatch.setattr(catalog, "ROWS", catalog.ROWS)
    monkeypatch.setattr(catalog, "MODELS", dict(catalog.MODELS))
    monkeypatch.setattr(catalog, "_BY_ALIAS", dict(catalog._BY_ALIAS))

    def put(*specs: ModelSpec) -> None:
        for spec in specs:
            catalog.ROWS = tuple(spec if row.name == spec.name else row for row in catalog.ROWS)
            catalog.MODELS[spec.name] = spec
            catalog._BY_ALIAS.update(dict.fromkeys((spec.name, *spec.aliases), spec))

    return put
