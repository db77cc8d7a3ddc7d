"""Engine types whose libraries are here, as new files would register them."""

import json

from transcriber.engines.kind import Kind
from transcriber.engines.protocol import EngineType
from transcriber.engines.whisper.files import WHISPER


def engine_type(name: str, kind: Kind, **known: object) -> EngineType:
    """One whose libraries are here."""
    fields = {
        "title": name.capitalize(),
        "packages": ("json",),
        "install": f"pip install {name}",
        "compute_types": {"cpu": ("float32",), "cuda": ("float32",)},
        "restore": json.loads,
        "engine": json.loads,
    }
    return EngineType(name=name, kind=kind, **{**fields, **known})


LIGHT = {"cpu": ("int8", "float32"), "cuda": ("float16", "int8")}
FASTER = engine_type("faster-whisper", WHISPER, title="faster-whisper (CTranslate2)", compute_types=LIGHT, order=9)
