"""`diarize`: who spoke when in a recording, without its words."""

import argparse
from pathlib import Path

from transcriber import speaker_count
from transcriber.cli.progress_output import progress_output
from transcriber.cli.running import DONE, FAILED, add_device, add_models_dir, offline_transcriber
from transcriber.cli.transcribe import add_part, add_who_speaks, listening_options
from transcriber.errors import UnsupportedOptionError
from transcriber.exports import rttm
from transcriber.options import TranscribeOptions


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "diarize",
        help="say who speaks when in a recording",
        description="Write who speaks when in a recording to standard output, as RTTM: a line a turn. "
        "transcribe --speakers auto writes the words, too.",
    )
    parser.add_argument("recording", metavar="FILE", type=Path, help="audio or video")
    add_models_dir(parser)
    add_device(parser)
    add_part(parser)
    add_who_speaks(parser, speaker_count.AUTO)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    transcriber = offline_transcriber(args.models_dir)
    name, output = str(args.recording), progress_output(False)
    try:
        with output.attempt(name):
            output.begin(name)
            diarization = transcriber.diarize(
                args.recording,
                _options(args),
                lambda progress: output.progress(name, progress.done, progress.duration),
            )
            for line in rttm.rttm_lines(diarization, args.recording.stem):
                print(line)
    finally:
        output.close()
    return FAILED if output.has_failed else DONE


def _options(args: argparse.Namespace) -> TranscribeOptions:
    """Raises UnsupportedOptionError for what cannot be asked for."""
    if args.speakers == speaker_count.OFF:
        raise UnsupportedOptionError(
            "there is nothing to do with --speakers off", "leave it out, or say how many speak"
        )
    return listening_options(args)
