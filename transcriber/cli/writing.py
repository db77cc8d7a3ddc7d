"""How results are written: which format, where, and what is said of it."""

import argparse
import sys
from pathlib import Path

from transcriber.transcript import Transcript
from transcriber.whole_file import write_whole

# What --help lists; the tables themselves are imported where they are used.
FORMAT_NAMES = ("txt", "srt", "vtt", "json", "docx", "html", "md", "csv", "tsv", "lrc", "edl", "fcpxml")
PRESET_NAMES = ("netflix", "bbc", "youtube", "plain")
FRAME_RATES = ("25", "23.976", "24", "29.97", "30", "50", "59.94", "60")
SUBTITLES = ("srt", "vtt")
LISTED = 10
"""Violations of a subtitle preset that are listed."""


def add_output(parser: argparse.ArgumentParser, usual: str) -> None:
    """Options of what is written; `usual`: the format if none is asked for."""
    parser.add_argument(
        "--format", default=usual, choices=FORMAT_NAMES, help="txt is the words alone; json is everything (%(default)s)"
    )
    parser.add_argument(
        "--subtitles", default=PRESET_NAMES[0], choices=PRESET_NAMES, help="whose limits srt and vtt keep to"
    )
    parser.add_argument(
        "--frame-rate", default=FRAME_RATES[0], choices=FRAME_RATES, help="of edl and fcpxml (%(default)s)"
    )
    parser.add_argument(
        "--provenance", action="store_true", help="write beside each result where it came from; json has it inside"
    )
    parser.add_argument("--output-dir", type=Path, metavar="DIR", help="where to write; otherwise to standard output")
    parser.add_argument("--overwrite", action="store_true", help="write over results that are already there")


def refusal(args: argparse.Namespace) -> str:
    """Why nothing can be written so; empty if it can, or nothing is to be written."""
    if not hasattr(args, "format"):
        return ""
    if args.provenance and not args.output_dir:
        return "--provenance needs --output-dir: there is no file to write it beside"
    if args.format == "docx" and not args.output_dir and sys.stdout.isatty():
        return "docx is no text that a terminal can show: choose --output-dir"
    return ""


def is_kept(target: Path | None, args: argparse.Namespace) -> bool:
    """Whether a result is there already and stays; that is said."""
    is_there = target is not None and target.exists() and not args.overwrite
    if is_there:
        print(f"kept: {target} is already there (--overwrite writes it anew)", file=sys.stderr)
    return is_there


def write(transcript: Transcript, recording: Path, target: Path | None, args: argparse.Namespace) -> None:
    """Write a recording's transcript to `target`, or to standard output."""
    from transcriber import exports, provenance
    from transcriber.exports.timeline import Timeline

    for note in transcript.notes:
        print(f"note: {recording}: {note}", file=sys.stderr)
    settings = exports.Settings(exports.PRESETS[args.subtitles], Timeline(args.frame_rate))
    content = exports.render(transcript, args.format, settings)
    if args.format in SUBTITLES:
        _report_violations(transcript, recording, args)
    if not target:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    write_whole(target, content)
    if args.provenance and args.format != "json":
        beside = target.with_name(target.name + provenance.SUFFIX)
        write_whole(beside, provenance.sidecar(transcript, target.name, content))
    print(
        f"wrote: {target} ({transcript.duration:.1f} s of audio on {transcript.device}, "
        f"{transcript.rtfx:.1f}× real time)",
        file=sys.stderr,
    )


def _report_violations(transcript: Transcript, recording: Path, args: argparse.Namespace) -> None:
    """Say which of the preset's limits could not be kept."""
    from transcriber.exports.shaping import PRESETS, shape, violations

    limits = PRESETS[args.subtitles]
    found = violations(shape(transcript, limits, labels=args.format == "srt"), limits)
    more = f"and {len(found) - LISTED} more beyond the limits of {args.subtitles}"
    for line in (*found[:LISTED], *[more] * bool(found[LISTED:])):
        print(f"note: {recording}: {line}", file=sys.stderr)
