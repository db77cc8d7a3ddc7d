"""What commands share: exit statuses, the options of a model, and a process without a network."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from transcriber.errors import UnsupportedOptionError
from transcriber.models import catalog
from transcriber.models.devices import limit_thread_spinning, use_expandable_segments
from transcriber.models.store import ModelStore
from transcriber.options import DEVICES, TranscribeOptions, is_device

if TYPE_CHECKING:
    from transcriber.pipeline.transcriber import Transcriber

DONE, FAILED, INTERRUPTED = 0, 1, 130


@contextmanager
def refusals_as_usage() -> Iterator[None]:
    """What cannot be asked for is wrong usage, where argparse reads it."""
    try:
        yield
    except UnsupportedOptionError as error:
        raise argparse.ArgumentTypeError(f"{error.message}: {error.hint}") from error


def add_models_dir(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--models-dir", type=Path, metavar="DIR", default=Path("local_models"))


def add_model(parser: argparse.ArgumentParser) -> None:
    """Options of the model, and of where it runs."""
    names = [spec.name for spec in catalog.transcribing()]
    default = f"{TranscribeOptions.model}, or else the first model that the set-up was asked for"
    parser.add_argument(
        "--model", choices=names, metavar="MODEL", help=f"by default {default}; one of {', '.join(names)}"
    )
    add_models_dir(parser)
    add_device(parser)


def add_device(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--device",
        default=TranscribeOptions.device,
        type=_device,
        metavar="DEVICE",
        help=f"{', '.join(DEVICES)}, or cuda:1 for a second card",
    )


def model_of(args: argparse.Namespace) -> str:
    """The model that was asked for, or else the usual one of the models folder."""
    return args.model or ModelStore(args.models_dir).usual()


def _device(name: str) -> str:
    if not is_device(name):
        raise argparse.ArgumentTypeError(f"there is no device “{name}”: choose one of {', '.join(DEVICES)}, cuda:1")
    return name


def offline_transcriber(models_dir: Path) -> "Transcriber":
    """A Transcriber, in a process that has no network from here on."""
    from transcriber.system.offline import deny_network, keep_quiet, refuse_egress

    keep_quiet()
    use_expandable_segments()
    limit_thread_spinning()
    deny_network()
    refuse_egress()
    from transcriber.pipeline.transcriber import Transcriber
    from transcriber.system import user_folders

    try:
        remembered_voices = user_folders.data() / user_folders.REMEMBERED_VOICES
    except RuntimeError:  # nobody knows the user's home: nothing is remembered there
        remembered_voices = None
    return Transcriber(models_dir, remembered_voices)
