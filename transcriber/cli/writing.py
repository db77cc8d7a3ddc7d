"""How results are written: which formats, where, and what is said of it."""

import argparse
import sys
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from transcriber.cli.progress_output import Lines
from transcriber.errors import StorageError, UnsupportedOptionError
from transcriber.system.atomic_file import write_whole
from transcriber.system.file_names import fitting

if TYPE_CHECKING:
    from transcriber.transcript import Transcript

# What --help lists; the tables themselves are imported where they are used.
FORMAT_NAMES = ("txt", "srt", "vtt", "json", "docx", "html", "md", "csv", "tsv", "lrc", "edl", "fcpxml")
PRESET_NAMES = ("netflix", "bbc", "youtube", "plain")
FRAME_RATES = ("25", "23.976", "24", "29.97", "30", "50", "59.94", "60")
SUBTITLES = ("srt", "vtt")


def add_output(parser: argparse.ArgumentParser, usual: str) -> None:
    """Options of what is written; `usual`: the format if none is asked for."""
    parser.add_argument(
        "--format",
        dest="formats",
        type=_formats,
        default=[usual],
        metavar="FORMAT[,FORMAT…]",
        help=f"{', '.join(FORMAT_NAMES)}: txt is the words alone, json is everything ({usual})",
    )
    parser.add_argument("--words", action="store_true", help="a cue, a row or a line for each word")
    parser.add_argument(
        "--subtitles", default=PRESET_NAMES[0], choices=PRESET_NAMES, help="whose limits srt and vtt keep to"
    )
    parser.add_argument(
        "--notes", action="store_true", help="list each cue of srt and vtt that does not keep a limit; otherwise a line"
    )
    parser.add_argument(
        "--frame-rate",
        default="",
        choices=FRAME_RATES,
        help=f"of edl and fcpxml; by default the recording's own, or {FRAME_RATES[0]} where it has none",
    )
    parser.add_argument(
        "--timecode",
        default="source",
        metavar="TIMECODE",
        help="with which edl and fcpxml begin: source (the default) is the recording's own time code, by which editors "
        "place it, or 01:00:00:00 where it has none; zero; HH:MM:SS:FF; or HH:MM:SS;FF to drop frames (29.97, 59.94)",
    )
    parser.add_argument(
        "--provenance", action="store_true", help="write beside each result where it came from; json has it inside"
    )
    parser.add_argument("--output-dir", type=Path, metavar="DIR", help="where to write; otherwise to standard output")
    parser.add_argument("--overwrite", action="store_true", help="write over results that are already there")


def _formats(text: str) -> list[str]:
    names = list(dict.fromkeys(filter(None, (name.strip() for name in text.split(",")))))
    for name in names:
        if name not in FORMAT_NAMES:
            known = ", ".join(FORMAT_NAMES)
            raise argparse.ArgumentTypeError(f"there is no format “{name}”: choose from {known}")
    if not names:
        raise argparse.ArgumentTypeError("name a format")
    return names


def refusal(args: argparse.Namespace) -> str:
    """Why nothing can be written so; empty if it can, or nothing is to be written."""
    if hasattr(args, "timecode") and (why := _no_timeline(args)):
        return why
    if not hasattr(args, "formats") or args.output_dir:
        return ""
    if args.provenance:
        return "--provenance needs --output-dir: there is no file to write it beside"
    if len(args.formats) > 1:
        return "several formats need --output-dir: standard output takes one"
    if args.formats == ["docx"] and sys.stdout.isatty():
        return "docx is no text that a terminal can show: choose --output-dir"
    return ""


def _no_timeline(args: argparse.Namespace) -> str:
    if args.timecode in ("source", "zero"):
        return ""
    from transcriber.exports.timeline import Timeline

    try:
        Timeline(args.frame_rate, args.timecode)
    except UnsupportedOptionError as error:
        return str(error)
    return ""


def targets(stem: str, args: argparse.Namespace) -> list[Path]:
    """The files that a recording's results are written to; none for standard output."""
    if not args.output_dir:
        return []
    place = PurePath(stem)
    return [args.output_dir / place.parent / fitting(place.name, f".{name}") for name in args.formats]


def missing(name: str, files: list[Path], args: argparse.Namespace, say: Lines) -> list[Path]:
    """Those that have to be written: not those that are there already, which is said."""
    kept = [] if args.overwrite else [file for file in files if file.exists()]
    for file in kept:
        say.kept(name, file)
    return [file for file in files if file not in kept]


def write(transcript: "Transcript", name: str, files: list[Path], args: argparse.Namespace, say: Lines) -> None:
    """Write a recording's transcript to files, each in the format that its suffix says, or to standard output.

    Raises StorageError for a file that cannot be written, after the others are.
    """
    from transcriber.exports.timing import by_word

    formats = [file.suffix[1:] for file in files] if files else args.formats[:1]
    for note in (*transcript.notes, *_limits_not_kept(transcript, formats, args)):
        say.note(name, note)
    shown = by_word(transcript) if args.words else transcript
    if files:
        written, problems = _write_files(shown, files, args)
        if written:
            say.wrote(name, written, transcript)
        if problems:
            raise problems[0]
    elif getattr(args, "json", False):
        say.transcript(name, shown)
    else:
        content = _render(shown, args.formats[0], args)
        say.transcript(name, shown)
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.flush()


def _write_files(
    transcript: "Transcript", files: list[Path], args: argparse.Namespace
) -> tuple[list[Path], list[Exception]]:
    """Those that are written, and why others are not."""
    written, problems = [], []
    for file in files:
        try:
            _write_file(transcript, file, args)
            written.append(file)
        except Exception as error:  # noqa: BLE001  (whatever it is, the others are written)
            problems.append(error)
    return written, problems


def _write_file(transcript: "Transcript", file: Path, args: argparse.Namespace) -> None:
    from transcriber.pipeline import provenance

    content = _render(transcript, file.suffix[1:], args)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, content)
        if args.provenance and file.suffix != ".json":
            write_whole(provenance.beside(file), provenance.sidecar(transcript, file.name, content))
    except OSError as error:
        raise StorageError(
            f"{file} cannot be written ({error.strerror or error})",
            "make room on its disk, and check its permissions; then run the same command again",
        ) from error


def _render(transcript: "Transcript", format_name: str, args: argparse.Namespace) -> bytes:
    from transcriber import exports
    from transcriber.exports.timeline import Timeline

    preset = "plain" if args.words else args.subtitles
    settings = exports.Settings(exports.PRESETS[preset], Timeline(args.frame_rate, args.timecode))
    return exports.render(transcript, format_name, settings)


def _limits_not_kept(transcript: "Transcript", formats: list[str], args: argparse.Namespace) -> list[str]:
    """What the reader should know of the preset's limits: a line, or with --notes and --json each cue that breaks one.

    srt and vtt are the same cues, but for the labels of speakers: what is true of both is said once.
    """
    from transcriber.exports.subtitles.cues import summary
    from transcriber.exports.subtitles.shaping import PRESETS, shape, violations

    limits = PRESETS[args.subtitles]
    notes: list[str] = []
    for format_name in () if args.words else [name for name in formats if name in SUBTITLES]:
        found = violations(shape(transcript, limits, labels=format_name == "srt"), limits)
        if args.notes or getattr(args, "json", False):
            notes += map(str, found)
        elif found:
            notes.append(f"{summary(found)}; --notes lists them")
    return list(dict.fromkeys(notes))
