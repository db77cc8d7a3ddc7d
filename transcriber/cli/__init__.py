"""The command line: `python -m transcriber`, or `transcriber` where it is installed; a file a command."""

import argparse
import os
import sys
from pathlib import Path

from transcriber import __version__
from transcriber.cli import (
    align,
    bench,
    check,
    completion,
    diarize,
    live,
    models,
    reproduce,
    serve,
    speakers,
    transcribe,
    watch,
    writing,
)
from transcriber.cli.running import FAILED, INTERRUPTED
from transcriber.readable import let_console_show_all
from transcriber.unexpected import map_and_log_error

NAME = "transcriber"
COMMANDS = (transcribe, live, watch, serve, diarize, speakers, align, reproduce, models, check, bench, completion)


def main(argv: list[str] | None = None) -> int:
    """Run one command. The exit status: 0 done, 1 a file failed, 2 wrong usage, 130 interrupted; `reproduce` has
    that of diff."""
    let_console_show_all()
    command_parser = parser(NAME if Path(sys.argv[0]).stem == NAME else f"python -m {NAME}")
    args = command_parser.parse_args(argv)
    if why := writing.refusal(args):
        command_parser.error(why)
    try:
        status = args.run(args)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # nobody reads what is written: nor what Python would write when it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:  # noqa: BLE001  (a person is told it, and its traceback is kept)
        print(f"error: {map_and_log_error(error)}", file=sys.stderr)
        return getattr(args, "trouble", FAILED)
    except KeyboardInterrupt:
        print("\nInterrupted. What is finished stays; the same command goes on with the rest.", file=sys.stderr)
        return INTERRUPTED


def parser(program: str = NAME) -> argparse.ArgumentParser:
    command_parser = argparse.ArgumentParser(prog=program, description="Transcribe recordings on this computer.")
    command_parser.add_argument("--version", action="version", version=__version__)
    commands = command_parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return command_parser
