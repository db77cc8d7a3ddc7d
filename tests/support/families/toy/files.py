"""A toy's file: a line that says so, then its words and a threshold as JSON."""

import json
from pathlib import Path
from typing import Any

from transcriber.engines.kind import Kind
from transcriber.frozen.archive import ModelFile
from transcriber.frozen.members import damaged

BEGIN = b"toy 1\n"


class ToyFile(Kind):
    name, title, suffix = "toy", "toy", ".toy"

    def recognises(self, file: ModelFile) -> bool:
        if not file.begin.startswith(BEGIN):
            return False
        read(file.path)
        return True


def read(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_bytes().removeprefix(BEGIN))
    except ValueError as error:
        raise damaged(path) from error


TOY = ToyFile()
KINDS = (TOY,)
