"""What the tests of frozen files share."""

from typing import Any

import pytest


@pytest.fixture
def nothing_is_run(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Any:
    """No pickle ran, and nothing was written where a test stands."""
    folder = tmp_path_factory.mktemp("here")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("EVIL", str(folder / "evil"))
    yield
    assert not list(folder.iterdir())
