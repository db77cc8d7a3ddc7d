"""The process that freezes one model and proves it, without a network.

    python -m transcriber.freeze.freeze_worker SOURCES TARGET [--as-is]

SOURCES is a folder with the publisher's files of one model. It writes one JSON object a line to standard output,
{"stage": "freezing"}, {"stage": "proving"} or {"error": "…", "message": "…", "hint": "…"}, and ends when
its standard input closes.
"""

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import Any

from transcriber import errors
from transcriber.audio.samples import SAMPLE_RATE
from transcriber.engines.loading import types
from transcriber.errors import ModelCorruptError, ModelRefusedError, TranscriberError
from transcriber.frozen.archive import Kind, is_ctranslate2, kind_of
from transcriber.frozen.members import open_archive
from transcriber.models import catalog, manifest
from transcriber.models.capabilities import AUTO
from transcriber.options import TranscribeOptions
from transcriber.system import child_process
from transcriber.system.offline import deny_network, keep_quiet, refuse_egress

LOST_BY_SAVE_TO = "timestamps_asr_model"
"""Members of Canary 1B v2's archive whose names begin so: NeMo's save_to() does not carry them over."""


def build(sources: Path, target: Path, as_is: bool) -> None:
    """Freeze what lies in `sources` into `target`; `as_is`: it is frozen already. Raises ModelError."""
    if (sources / "model.safetensors").exists():
        from transcriber.engines.canary_qwen import checkpoint

        (language_model,) = (path for path in sources.iterdir() if path.is_dir())
        checkpoint.pack(sources, language_model, target)
        return
    source = single_file(sources)
    if is_ctranslate2(source):
        from transcriber.engines.whisper import from_ctranslate2

        from_ctranslate2.convert(source, target, catalog.official_name(manifest.sha256(source)))
        return
    kind = kind_of(source)
    if as_is or kind in (Kind.WHISPER, Kind.NEMO_SALM) or loses_by_save_to(source):
        shutil.copyfile(source, target)
        return
    from transcriber.engines.nemo.checkpoint import restore

    restore(source, "cpu").save_to(str(target))


def prove(sources: Path, target: Path) -> None:
    """Load the frozen file as the program will: the weights are the source's, and it listens to a second of silence.

    Raises ModelError.
    """
    import numpy as np

    kind = kind_of(target)
    restored = _restore(target, kind)
    _compare(_weights(sources, kind), restored.state_dict(), target)
    engine_type = next((known for known in types().values() if known.kind is kind), None)
    if engine_type:
        engine = engine_type.engine(restored, "cpu", engine_type.compute_types["cpu"][0])
        able = engine.capabilities
        spoken = AUTO if able.detects_language else able.languages[0]  # some have to be told
        engine.transcribe([np.zeros(SAMPLE_RATE, np.float32)], TranscribeOptions(language=spoken))


def single_file(sources: Path) -> Path:
    files = [path for path in sources.iterdir() if path.is_file()]
    if len(files) != 1:
        raise ModelRefusedError(f"{sources} holds {len(files)} files instead of a model", "set the model up anew")
    return files[0]


def loses_by_save_to(archive: Path) -> bool:
    """Whether a .nemo holds what NeMo would not write again."""
    with open_archive(archive) as opened:
        return any(Path(name).name.startswith(LOST_BY_SAVE_TO) for name in opened.members)


def _restore(path: Path, kind: Kind) -> Any:
    if kind is Kind.WHISPER:
        from transcriber.engines.whisper import checkpoint as whisper

        return whisper.restore(path, "cpu")
    if kind is Kind.NEMO_SALM:
        from transcriber.engines.canary_qwen import checkpoint as canary_qwen

        return canary_qwen.restore(path, "cpu")
    from transcriber.engines.nemo import checkpoint as nemo

    return nemo.restore(path, "cpu")


def _weights(sources: Path, kind: Kind) -> dict[str, Any]:
    """The publisher's weights, by name."""
    if kind is Kind.NEMO_SALM and (sources / "model.safetensors").exists():
        from transcriber.frozen.mapped import map_safetensors

        with (sources / "model.safetensors").open("rb") as file:
            return map_safetensors(file)
    source = single_file(sources)
    if is_ctranslate2(source):
        from transcriber.engines.whisper import from_ctranslate2

        _, weights = from_ctranslate2.read(source)
        return {name: weight.float() for name, weight in weights.items()}  # as a checkpoint is restored
    return _restore(source, kind).state_dict()


def _compare(expected: dict[str, Any], restored: dict[str, Any], target: Path) -> None:
    """Raises ModelCorruptError unless all tensors are equal, bit by bit."""
    import torch

    for name, weight in expected.items():
        other = restored.get(name)
        if isinstance(weight, torch.Tensor) and not (
            isinstance(other, torch.Tensor) and weight.dtype == other.dtype and torch.equal(weight, other)
        ):
            raise ModelCorruptError(f"the frozen file {target.name} has another {name}", "run the same command again")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sources", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--as-is", action="store_true")
    args = parser.parse_args()
    output = child_process.own_output()
    child_process.read_input()
    keep_quiet()
    deny_network()
    refuse_egress()

    def say(**fields: object) -> None:
        print(json.dumps(fields), file=output, flush=True)

    try:
        say(stage="freezing")
        build(args.sources, args.target, args.as_is)
        say(stage="proving")
        prove(args.sources, args.target)
    except TranscriberError as error:
        say(**errors.to_dict(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
