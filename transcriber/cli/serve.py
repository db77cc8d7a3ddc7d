"""`serve`: the page and the interface for programs, without opening a browser."""

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

from transcriber.cli.running import FAILED


def add(commands: argparse._SubParsersAction) -> None:
    from transcriber.server import serving

    parser = commands.add_parser(
        "serve",
        help="answer other programs, by OpenAI's audio API",
        description="Serve the page and OpenAI's audio API (/v1) on this computer. With --host, /v1 alone is open to "
        "other computers, for those who send the token.",
    )
    serving.add_arguments(parser, Path("local_models"))
    serving.add_arguments_of_programs(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from transcriber.jobs.validation import complaint
    from transcriber.models.store import ModelStore
    from transcriber.server.serving import serving_of
    from transcriber.system.offline import keep_quiet

    serving = serving_of(args)
    if serving.token and not serving.is_open:
        print("error: --token is for other computers; open the interface to them with --host", file=sys.stderr)
        return FAILED
    if why := complaint(ModelStore(args.models_dir)):
        print(why, file=sys.stderr)
        return FAILED
    keep_quiet()
    from transcriber.ui.launch import launch

    launch(replace(serving, token=serving.token or os.environ.get("TRANSCRIBER_TOKEN", "")))
    return 0
