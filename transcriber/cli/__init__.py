"""The command line: `python -m transcriber`, a file a command."""

import argparse

from transcriber import __version__
from transcriber.cli import align, reproduce, transcribe, writing


def main(argv: list[str] | None = None) -> int:
    """Run one command. The exit status: 0 done, 1 a file failed, 2 wrong usage; of `reproduce` that of diff."""
    whole = parser()
    args = whole.parse_args(argv)
    if why := writing.refusal(args):
        whole.error(why)
    return args.run(args)


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(prog="python -m transcriber", description="Transcribe recordings on this computer.")
    whole.add_argument("--version", action="version", version=__version__)
    commands = whole.add_subparsers(required=True, metavar="COMMAND")
    for command in (transcribe, align, reproduce):
        command.add(commands)
    return whole
