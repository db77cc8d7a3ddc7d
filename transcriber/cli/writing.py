"""Writing results: formats, places, and what is reported of them."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from transcriber import exports
from transcriber.cli.progress_output import LineOutput
from transcriber.errors import StorageError, UnsupportedOptionError
from transcriber.exports import FORMATS, PRESETS
from transcriber.exports.subtitles.cues import summary
from transcriber.exports.subtitles.shaping import shape, violations
from transcriber.exports.timeline import RATES, USUAL_RATE, Timeline
from transcriber.exports.timing import by_word
from transcriber.speakers.voices import beside
from transcriber.system.atomic_file import write_whole
from transcriber.system.file_names import fitted

if TYPE_CHECKING:
    from transcriber.transcript import Transcript

FRAME_RATES = (USUAL_RATE, *(rate for rate in RATES if rate != USUAL_RATE))
SUBTITLES = ("srt", "vtt")


def add_output(parser: argparse.ArgumentParser, default: str) -> None:
    """Options of what is written; `default`: the format if none is asked for, "" for nothing."""
    parser.add_argument(
        "--format",
        dest="formats",
        type=_formats,
        default=[default] if default else [],
        metavar="FORMAT[,FORMAT…]",
        help=f"{', '.join(FORMATS)}: txt is the words alone, json is everything ({default or 'none'})",
    )
    parser.add_argument("--words", action="store_true", help="a cue, a row or a line for each word")
    parser.add_argument(
        "--subtitles", default="netflix", choices=tuple(PRESETS), help="whose limits srt and vtt keep to"
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
        if name not in FORMATS:
            known = ", ".join(FORMATS)
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
    return [args.output_dir / place.parent / fitted(place.name, f".{name}") for name in args.formats]


def missing(name: str, files: list[Path], args: argparse.Namespace, output: LineOutput) -> list[Path]:
    """Those that have to be written: not those that are there already, which is said."""
    kept = [] if args.overwrite else [file for file in files if file.exists()]
    for file in kept:
        output.kept(name, file)
    return [file for file in files if file not in kept]


def write(  # noqa: PLR0913, PLR0917  (what there is, and where it goes)
    transcript: "Transcript",
    name: str,
    files: list[Path],
    args: argparse.Namespace,
    output: LineOutput,
    voices: bytes = b"",
) -> None:
    """Write a recording's transcript to files, each in the format that its suffix says, or to standard output.

    Its voices, where there are any, are kept beside json: with them `transcriber speakers` tells others apart.
    Raises StorageError for a file that cannot be written, after the others are.
    """
    formats = [file.suffix[1:] for file in files] if files else args.formats[:1]
    suggestions = _suggestions(transcript) if voices else ()
    for note in (*transcript.notes, *suggestions, *_limits_not_kept(transcript, formats, args)):
        output.note(name, note)
    shown = by_word(transcript) if args.words else transcript
    if files:
        written, problems = _write_files(shown, files, args, bytes(voices) if transcript.diarization else b"")
        if written:
            output.wrote(name, written, transcript)
        if problems:
            raise problems[0]
    elif getattr(args, "json", False):
        output.transcript(name, shown)
    else:
        content = _render(shown, args.formats[0], args)
        output.transcript(name, shown)
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.flush()


def _suggestions(transcript: "Transcript") -> Iterator[str]:
    """Whose remembered voices were heard."""
    for voice in transcript.diarization.voices if transcript.diarization else ():
        if voice.suggestion:
            yield f"{voice.speaker} may be {voice.suggestion}, whose voice is remembered."


def _write_files(
    transcript: "Transcript", files: list[Path], args: argparse.Namespace, voices: bytes
) -> tuple[list[Path], list[Exception]]:
    """Those that are written, and why others are not."""
    written, problems = [], []
    for file in files:
        try:
            _write_file(transcript, file, args, voices)
            written.append(file)
        except Exception as error:  # noqa: BLE001  (whatever it is, the others are written)
            problems.append(error)
    return written, problems


def _write_file(transcript: "Transcript", file: Path, args: argparse.Namespace, voices: bytes) -> None:
    from transcriber.pipeline import provenance

    content = _render(transcript, file.suffix[1:], args)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, content)
        if file.suffix == ".json" and transcript.diarization is None:
            beside(file).unlink(missing_ok=True)  # another recording's
        if file.suffix == ".json" and voices:
            write_whole(beside(file), voices, is_private=True)
        if args.provenance and file.suffix != ".json":
            write_whole(provenance.beside(file), provenance.sidecar(transcript, file.name, content))
    except OSError as error:
        raise StorageError(
            f"{file} cannot be written ({error.strerror or error})",
            "make room on its disk, and check its permissions; then run the same command again",
        ) from error


def _render(transcript: "Transcript", format_name: str, args: argparse.Namespace) -> bytes:
    preset = "plain" if args.words else args.subtitles
    settings = exports.Settings(PRESETS[preset], Timeline(args.frame_rate, args.timecode))
    return exports.render(transcript, format_name, settings)


def _limits_not_kept(transcript: "Transcript", formats: list[str], args: argparse.Namespace) -> list[str]:
    """What the reader should know of the preset's limits: a line, or with --notes and --json each cue that breaks one.

    srt and vtt are the same cues, but for the labels of speakers: what is true of both is said once.
    """
    limits = PRESETS[args.subtitles]
    notes: list[str] = []
    for format_name in () if args.words else [name for name in formats if name in SUBTITLES]:
        broken = violations(shape(transcript, limits, labels=format_name == "srt"), limits)
        if args.notes or getattr(args, "json", False):
            notes += map(str, broken)
        elif broken:
            notes.append(f"{summary(broken)}; --notes lists them")
    return list(dict.fromkeys(notes))
