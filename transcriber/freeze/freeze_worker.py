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
from typing import TYPE_CHECKING, Any

from transcriber import errors
from transcriber.audio.samples import SAMPLE_RATE
from transcriber.engines.families import conversion_of, diarizer_type_of, freezer_of, kind_of, types_of
from transcriber.errors import ModelCorruptError, ModelRefusedError, TranscriberError
from transcriber.languages import AUTO
from transcriber.options import TranscribeOptions
from transcriber.speakers.protocol import Diarizer
from transcriber.system import child_process
from transcriber.system.offline import deny_network, keep_quiet, refuse_egress

if TYPE_CHECKING:
    import numpy as np

NOISE_SECONDS = 12
"""More than a window of those that tell speakers apart."""


def build(sources: Path, target: Path, as_is: bool) -> None:
    """Freeze what lies in `sources` into `target`; `as_is`: it is frozen already. Raises ModelError."""
    if conversion := conversion_of(sources):
        conversion.convert(sources, target)
        return
    source = _single_file(sources)
    kind = kind_of(source)
    if as_is:
        shutil.copyfile(source, target)
    else:
        freezer_of(kind).freeze(source, target)


def prove(sources: Path, target: Path) -> None:
    """Load the frozen file as the program will: the weights are the source's, and it listens to a second of silence.

    What tells speakers apart listens to noise, too. Raises ModelError.
    """
    import numpy as np

    kind, conversion = kind_of(target), conversion_of(sources)
    restore = freezer_of(kind).restore
    restored = restore(target)
    published = conversion.weights(sources) if conversion else restore(_single_file(sources)).state_dict()
    _compare(published, restored.state_dict(), target)
    for engine_type in types_of(kind)[:1]:
        engine = engine_type.engine(restored, "cpu", engine_type.compute_types["cpu"][0])
        capabilities = engine.capabilities
        spoken = AUTO if capabilities.detects_language else capabilities.languages[0]  # some have to be told
        engine.transcribe([np.zeros(SAMPLE_RATE, np.float32)], TranscribeOptions(language=spoken))
    if diarizer_type := diarizer_type_of(kind):
        diarizer = diarizer_type.diarizer(diarizer_type.restore(target, "cpu"), "cpu")
        noise = np.random.default_rng(0).normal(0, 0.1, NOISE_SECONDS * SAMPLE_RATE)
        for samples in (np.zeros(SAMPLE_RATE), noise):
            _listen(diarizer, samples.astype(np.float32))


def _listen(diarizer: Diarizer, samples: "np.ndarray") -> None:
    listener = diarizer.listener()
    try:
        listener.hear(samples)
        listener.finish().people()
    finally:
        listener.close()


def _single_file(sources: Path) -> Path:
    files = [path for path in sources.iterdir() if path.is_file()]
    if len(files) != 1:
        raise ModelRefusedError(f"{sources} holds {len(files)} files instead of a model", "set the model up anew")
    return files[0]


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
