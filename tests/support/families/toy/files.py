"""A toy's file: a line that says so, then its words and a threshold as JSON. It is published as two text files."""

import json
from pathlib import Path
from typing import Any

from transcriber.engines.kind import Conversion, Kind
from transcriber.frozen.archive import ModelFile
from transcriber.frozen.members import damaged

BEGIN = b"toy 1\n"
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


class ToyFile(Kind):
    name, title, suffix = "toy", "toy", ".toy"
    conversion = FromTexts()

    def recognises(self, file: ModelFile) -> bool:
        if not file.begin.startswith(BEGIN):
            return False
        _read(file.path)
        return True

    def restore(self, path: Path) -> Any:
        import torch

        self.require(path)
        content = _read(path)
        model = torch.nn.Module()
        model.register_buffer("threshold", torch.tensor(content["threshold"]))
        model.words = content["words"]
        return model


def _read(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_bytes().removeprefix(BEGIN))
    except ValueError as error:
        raise damaged(path) from error


TOY = ToyFile()
KINDS = (TOY,)
