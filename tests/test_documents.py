"""What the documents say of the models is what the catalogue says."""

from pathlib import Path

from tools import model_tables
from transcriber.models import catalog

PROJECT = Path(__file__).parent.parent


def test_the_tables_are_the_catalogues() -> None:
    assert model_tables.short() in (PROJECT / "README.md").read_text(encoding="utf-8")
    assert model_tables.full() in (PROJECT / "user-model-setup-guide.md").read_text(encoding="utf-8")


def test_the_size_of_the_set_up_is_right() -> None:
    size = sum(catalog.find(name).size or 0 for name in catalog.defaults())
    for document in ("README.md", "user-model-setup-guide.md"):
        assert f"{size / 1e9:.1f} GB" in (PROJECT / document).read_text(encoding="utf-8")
