"""`check`: whether the models are there, and whole."""

import argparse
import sys

from transcriber import catalog
from transcriber.cli.running import WRONG_USAGE, add_models_dir
from transcriber.errors import UnknownModelError
from transcriber.store import ModelStore


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "check",
        help="whether the models are there",
        description="Say which models are there. Exit status: 1 where one that was chosen is missing or damaged.",
    )
    parser.add_argument("models", nargs="*", metavar="MODEL", help="all by default")
    parser.add_argument("--verify", action="store_true", help="read the files through and compare their checksums")
    add_models_dir(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from transcriber.freeze import commands

    try:
        names = [catalog.find(name).name for name in args.models]
    except UnknownModelError as error:
        print(f"error: {error}", file=sys.stderr)
        return WRONG_USAGE
    return (commands.verify if args.verify else commands.check)(ModelStore(args.models_dir), names)
