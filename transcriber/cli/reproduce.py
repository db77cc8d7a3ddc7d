"""`reproduce`: transcribe again what a transcript was made of, and compare."""

import argparse
import sys
from pathlib import Path

from transcriber.cli import running
from transcriber.errors import TranscriberError
from transcriber.unexpected import map_and_log_error

SAME, DIFFERENT, TROUBLE = 0, 1, 2
"""Exit statuses, as diff has them."""


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "reproduce",
        help="transcribe again, and compare",
        description="Transcribe again what a transcript was made of, with the same options, and say what is different. "
        "Exit status: 0 the same words, 1 others, 2 trouble.",
    )
    parser.add_argument("file", metavar="FILE.json", type=Path, help="a transcript that was saved as json")
    parser.add_argument(
        "recording", nargs="?", metavar="RECORDING", type=Path, help="otherwise that of the same name beside FILE.json"
    )
    running.add_models_dir(parser)
    parser.set_defaults(run=run, trouble=TROUBLE)


def run(args: argparse.Namespace) -> int:
    from transcriber.pipeline import reproduce

    try:
        before = reproduce.read(args.file)
        recording = args.recording or reproduce.recording_of(before, args.file)
        options = reproduce.options_of(before)
        transcriber = running.offline_transcriber(args.models_dir)
        for change in reproduce.changes(before, recording, transcriber.store):
            print(f"note: {change}", file=sys.stderr)
        now = transcriber.transcribe(recording, options)
    except (TranscriberError, OSError) as error:
        print(f"error: {map_and_log_error(error)}", file=sys.stderr)
        return TROUBLE
    differences = reproduce.differences(before, now)
    for difference in differences:
        print(difference)
    count = sum(len(segment.words) for segment in before.segments)
    if differences:
        print(f"{len(differences)} difference{'s' * (len(differences) > 1)} in {count} words")
        return DIFFERENT
    print(f"same words ({count}); their times differ by {reproduce.drift(before, now):.3f} s at most")
    return SAME
