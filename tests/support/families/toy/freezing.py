"""Freezing a toy: it is published as two text files."""

import json
from pathlib import Path
from typing import Any

from transcriber.engines.toy.files import BEGIN, TOY  # type: ignore[import-not-found]

from transcriber.engines.freezer import Conversion, Freezer

WORDS, THRESHOLD = "words.txt", "threshold.txt"


class FromTexts(Conversion):
    def recognises(self, sources: Path) -> bool:
        return (sources / WORDS).is_file()

    def convert(self, sources: Path, target: Path) -> None:
        words, threshold = ((sources / name).read_text("utf-8") for name in (WORDS, THRESHOLD))
        content = {"words": words.split(), "threshold": float(threshold)}
        target.write_bytes(BEGIN + json.dumps(content).encode())

    def weights(self, sources: Path) -> dict[str, Any]:
        import torch

        return {"threshold": torch.tensor(float((sources / THRESHOLD).read_text("utf-8")))}


class ToyFreezer(Freezer):
    kind = TOY
    conversion = FromTexts()

    def restore(self, path: Path) -> Any:
        from transcriber.engines.toy import checkpoint  # type: ignore[import-not-found]

        return checkpoint.restore(path)


FREEZERS = (ToyFreezer(),)
