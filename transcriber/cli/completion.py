"""`completion`: what a shell needs to complete these commands."""

import argparse
from pathlib import Path
from typing import Any

from transcriber.cli.running import DONE

SHELLS = ("bash", "zsh", "fish", "tcsh", "powershell")


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "completion",
        help="completion for your shell",
        description="Print a script that completes commands and options. For bash: "
        'eval "$(transcriber completion bash)" in ~/.bashrc.',
    )
    parser.add_argument("shell", choices=SHELLS)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    import shtab

    from transcriber import cli

    parser = cli.parser()
    _complete_paths(parser, shtab.FILE, shtab.DIRECTORY)
    print(shtab.complete(parser, args.shell))
    return DONE


def _complete_paths(parser: argparse.ArgumentParser, file: Any, folder: Any) -> None:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                _complete_paths(command, file, folder)
        elif action.metavar == "DIR":
            action.complete = folder  # type: ignore[attr-defined]
        elif action.type is Path or action.metavar == "FILE":
            action.complete = file  # type: ignore[attr-defined]
