"""`align`: a written text gets the times at which it is said."""

import argparse
import sys
from pathlib import Path

from transcriber.cli.progress_output import LineOutput
from transcriber.cli.running import DONE, FAILED, add_model, model_of, offline_transcriber
from transcriber.cli.writing import add_output, missing, targets, write
from transcriber.errors import AudioError, TranscriberError
from transcriber.options import TranscribeOptions
from transcriber.unexpected import map_and_log_error


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "align",
        help="give a written text its times in a recording",
        description="Make subtitles of a script: find where each of its words is said. "
        "Each line stays a cue, unless it is too long for one.",
    )
    parser.add_argument("recording", metavar="RECORDING", type=Path)
    parser.add_argument("text", metavar="TEXT", type=Path, help=".txt, or the words of .srt, .vtt or our .json")
    add_model(parser)
    add_output(parser, "srt")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    transcriber = offline_transcriber(args.models_dir)
    from transcriber.pipeline import script

    name, output = str(args.recording), LineOutput()
    result_files = targets(args.recording.stem, args)
    try:
        lines = script.read(args.text)
        files = missing(name, result_files, args, output)
        if files or not result_files:
            options = TranscribeOptions(model_of(args), args.device)
            write(script.align_script(transcriber, args.recording, lines, options), name, files, args, output)
    except (TranscriberError, OSError) as error:
        of_recording = f"{args.recording}: " if isinstance(error, AudioError) else ""
        print(f"error: {of_recording}{map_and_log_error(error)}", file=sys.stderr)
        return FAILED
    return DONE
