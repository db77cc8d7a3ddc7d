"""Freezing NeMo's archives: restored, and written anew by save_to()."""

from pathlib import Path
from typing import Any

from transcriber.engines.freezer import Freezer
from transcriber.engines.kind import Kind
from transcriber.engines.nemo.files import KINDS
from transcriber.frozen.members import open_archive

LOST_BY_SAVE_TO = "timestamps_asr_model"
"""Members of Canary 1B v2's archive whose names begin so: NeMo's save_to() does not carry them over."""


class ArchiveFreezer(Freezer):
    """The same file where save_to() would lose something."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def restore(self, path: Path) -> Any:
        from transcriber.engines.nemo import checkpoint

        return checkpoint.restore(path, "cpu")

    def freeze(self, source: Path, target: Path) -> None:
        if loses_by_save_to(source):
            super().freeze(source, target)
        else:
            self.restore(source).save_to(str(target))


def loses_by_save_to(path: Path) -> bool:
    """Whether a .nemo holds what NeMo would not write again."""
    with open_archive(path) as archive:
        return any(Path(name).name.startswith(LOST_BY_SAVE_TO) for name in archive.members)


FREEZERS = tuple(map(ArchiveFreezer, KINDS))
