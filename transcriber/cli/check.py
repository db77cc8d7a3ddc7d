"""`check`: whether the models are there, and whole."""

import argparse

from transcriber.cli.running import add_models_dir
from transcriber.errors import UnknownModelError
from transcriber.models import catalog
from transcriber.models.store import ModelStore


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "check",
        help="whether the models are there",
        description="Say which models are there. Exit status: 1 where one that was chosen is missing or damaged.",
    )
    parser.add_argument("models", nargs="*", metavar="MODEL", type=_model, help="all by default")
    parser.add_argument("--verify", action="store_true", help="read the files through and compare their checksums")
    add_models_dir(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from transcriber.freeze import commands

    command = commands.verify if args.verify else commands.check
    return command(ModelStore(args.models_dir), args.models)


def _model(name: str) -> str:
    try:
        return catalog.find(name).name
    except UnknownModelError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
