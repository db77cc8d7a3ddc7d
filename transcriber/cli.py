"""The command line: `python -m transcriber`."""

import argparse
import sys
from collections import Counter
from pathlib import Path

from transcriber import __version__, capabilities, catalog, languages, vocabulary
from transcriber.errors import AudioError, TranscriberError
from transcriber.options import DEVICES, TranscribeOptions
from transcriber.transcript import Transcript

# What --help lists; the tables themselves are imported where they are used.
FORMAT_NAMES = ("txt", "srt", "vtt", "json", "docx", "html", "md", "csv", "tsv", "lrc", "edl", "fcpxml")
PRESET_NAMES = ("netflix", "bbc", "youtube", "plain")
FRAME_RATES = ("25", "23.976", "24", "29.97", "30", "50", "59.94", "60")
DONE, FAILED, USAGE = 0, 1, 2
SAME, DIFFERENT, TROUBLE = 0, 1, 2
"""Exit statuses of `reproduce`, as diff has them."""
SUBTITLES = ("srt", "vtt")
LISTED = 10
"""Violations of a subtitle preset that are listed."""


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit status: 0 done, 1 a file failed, 2 wrong usage. Of `reproduce`: SAME and so on."""
    parser = _parser()
    args = parser.parse_args(argv)
    if args.run is _transcribe and args.provenance and not args.output_dir:
        parser.error("--provenance needs --output-dir: there is no file to write it beside")
    if args.run is _transcribe and args.format == "docx" and not args.output_dir and sys.stdout.isatty():
        parser.error("docx is no text that a terminal can show: choose --output-dir")
    return args.run(args)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m transcriber", description="Transcribe recordings on this computer."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_transcribe(commands)
    _add_align(commands)
    _add_reproduce(commands)
    return parser


def _add_transcribe(commands: argparse._SubParsersAction) -> None:
    transcribe = commands.add_parser(
        "transcribe", help="write the words of recordings", description="Write the words of audio and video files."
    )
    transcribe.add_argument("files", nargs="+", metavar="FILE", type=Path)
    transcribe.add_argument(
        "--model", default=TranscribeOptions.model, choices=[spec.name for spec in catalog.transcribing()]
    )
    transcribe.add_argument(
        "--format", default="txt", choices=FORMAT_NAMES, help="txt is the words alone; json is everything"
    )
    transcribe.add_argument(
        "--subtitles", default=PRESET_NAMES[0], choices=PRESET_NAMES, help="whose limits srt and vtt keep to"
    )
    transcribe.add_argument(
        "--frame-rate", default=FRAME_RATES[0], choices=FRAME_RATES, help="of edl and fcpxml (%(default)s)"
    )
    transcribe.add_argument(
        "--provenance", action="store_true", help="write beside each result where it came from; json has it inside"
    )
    transcribe.add_argument(
        "--output-dir", type=Path, metavar="DIR", help="where to write; otherwise to standard output"
    )
    transcribe.add_argument("--overwrite", action="store_true", help="write over results that are already there")
    transcribe.add_argument("--models-dir", type=Path, metavar="DIR", default=Path("local_models"))
    transcribe.add_argument("--device", default=TranscribeOptions.device, choices=DEVICES)
    transcribe.add_argument("--engine", default=TranscribeOptions.engine, metavar="TYPE", help="such as faster-whisper")
    transcribe.add_argument(
        "--compute-type", default=TranscribeOptions.compute_type, metavar="TYPE", help="such as int8"
    )
    transcribe.add_argument(
        "--language",
        default=TranscribeOptions.language,
        type=_language,
        metavar="LANGUAGE",
        help="what is spoken, such as de or German; by default the model finds out, where it can",
    )
    transcribe.add_argument(
        "--translate-to",
        default=TranscribeOptions.translate_to,
        type=_language,
        metavar="LANGUAGE",
        help="the language to write in, where the model translates",
    )
    transcribe.add_argument(
        "--vocabulary", type=Path, metavar="FILE", help="names and terms that are likely to be said, one a line"
    )
    transcribe.add_argument("--term", action="append", default=[], metavar="TERM", help="one more of these")
    transcribe.set_defaults(run=_transcribe)


def _add_reproduce(commands: argparse._SubParsersAction) -> None:
    reproduce = commands.add_parser(
        "reproduce",
        help="transcribe again, and compare",
        description="Transcribe again what a transcript was made of, with the same options, and say what is different. "
        "Exit status: 0 the same words, 1 others, 2 trouble.",
    )
    reproduce.add_argument("file", metavar="FILE.json", type=Path, help="a transcript that was saved as json")
    reproduce.add_argument(
        "recording", nargs="?", metavar="RECORDING", type=Path, help="otherwise that of the same name beside FILE.json"
    )
    reproduce.add_argument("--models-dir", type=Path, metavar="DIR", default=Path("local_models"))
    reproduce.set_defaults(run=_reproduce)


def _add_align(commands: argparse._SubParsersAction) -> None:
    align = commands.add_parser(
        "align",
        help="give a written text its times in a recording",
        description="Make subtitles of a script: find where each of its words is said. "
        "Each line stays a cue, unless it is too long for one.",
    )
    align.add_argument("recording", metavar="RECORDING", type=Path)
    align.add_argument("text", metavar="TEXT", type=Path, help=".txt, or the words of .srt, .vtt or our .json")
    align.add_argument(
        "--model", default=TranscribeOptions.model, choices=[spec.name for spec in catalog.transcribing()]
    )
    align.add_argument("--format", default="srt", choices=FORMAT_NAMES)
    align.add_argument("--output-dir", type=Path, metavar="DIR", help="where to write; otherwise to standard output")
    align.add_argument("--overwrite", action="store_true", help="write over a result that is already there")
    align.add_argument("--models-dir", type=Path, metavar="DIR", default=Path("local_models"))
    align.add_argument("--device", default=TranscribeOptions.device, choices=DEVICES)
    align.set_defaults(run=_align)


def _language(text: str) -> str:
    """The code of a language that is given by its code or its name."""
    code = text if text in (TranscribeOptions.language, TranscribeOptions.translate_to) else languages.find(text)
    if code is None:
        raise argparse.ArgumentTypeError(f"there is no language “{text}”: write a code such as de, or its English name")
    return code


def result_names(files: list[Path], suffix: str) -> list[str]:
    """The name of each file's result: its stem, or its whole name where another input has the same stem."""
    stems = Counter(file.stem for file in files)
    return [f"{file.stem if stems[file.stem] == 1 else file.name}.{suffix}" for file in files]


def _offline_transcriber(models_dir: Path):
    from transcriber.offline import deny_network, keep_quiet, refuse_egress

    keep_quiet()
    deny_network()
    refuse_egress()
    from transcriber.pipeline import Transcriber

    return Transcriber(models_dir)


def _transcribe(args: argparse.Namespace) -> int:
    transcriber = _offline_transcriber(args.models_dir)
    try:
        options = _options(args)
        transcriber.store.require(options.model)
        capabilities.check_known(options, transcriber.store)
        if args.output_dir:
            args.output_dir.mkdir(parents=True, exist_ok=True)
    except (TranscriberError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILED
    status = DONE
    for file, name in zip(args.files, result_names(args.files, args.format)):
        try:
            _transcribe_file(transcriber, file, args.output_dir and args.output_dir / name, args, options)
        except (TranscriberError, OSError) as error:
            print(f"error: {file}: {error}", file=sys.stderr)
            status = FAILED
    return status


def _options(args: argparse.Namespace) -> TranscribeOptions:
    """Raises StorageError or UnsupportedOptionError for a vocabulary that cannot be used."""
    listed = vocabulary.read(args.vocabulary) if args.vocabulary else ()
    return TranscribeOptions(
        args.model,
        args.device,
        args.engine,
        args.compute_type,
        language=args.language,
        translate_to=args.translate_to,
        vocabulary=vocabulary.parse("\n".join((*args.term, *listed))),
    )


def _transcribe_file(
    transcriber, file: Path, target: Path | None, args: argparse.Namespace, options: TranscribeOptions
) -> None:
    """Write one result; an existing one is kept, and that is said."""
    if not _is_kept(target, args):
        _write(transcriber.transcribe(file, options), file, target, args)


def _align(args: argparse.Namespace) -> int:
    transcriber = _offline_transcriber(args.models_dir)
    from transcriber import script

    target = args.output_dir and args.output_dir / f"{args.recording.stem}.{args.format}"
    try:
        lines = script.read(args.text)
        if args.output_dir:
            args.output_dir.mkdir(parents=True, exist_ok=True)
        if not _is_kept(target, args):
            options = TranscribeOptions(args.model, args.device)
            transcript = script.align_script(transcriber, args.recording, lines, options)
            _write(transcript, args.recording, target, args)
    except (TranscriberError, OSError) as error:
        of_recording = f"{args.recording}: " if isinstance(error, AudioError) else ""
        print(f"error: {of_recording}{error}", file=sys.stderr)
        return FAILED
    return DONE


def _is_kept(target: Path | None, args: argparse.Namespace) -> bool:
    is_kept = target is not None and target.exists() and not args.overwrite
    if is_kept:
        print(f"kept: {target} is already there (--overwrite writes it anew)", file=sys.stderr)
    return is_kept


def _write(transcript: Transcript, file: Path, target: Path | None, args: argparse.Namespace) -> None:
    """Write a recording's transcript to `target`, or to standard output."""
    from transcriber import exports, provenance
    from transcriber.exports.timeline import Timeline

    for note in transcript.notes:
        print(f"note: {file}: {note}", file=sys.stderr)
    settings = exports.Settings(exports.PRESETS[args.subtitles], Timeline(args.frame_rate))
    content = exports.render(transcript, args.format, settings)
    if args.format in SUBTITLES:
        _report_violations(transcript, file, args)
    if target:
        target.write_bytes(content)
        if args.provenance and args.format != "json":
            beside = target.with_name(target.name + provenance.SUFFIX)
            beside.write_bytes(provenance.sidecar(transcript, target.name, content))
        print(
            f"wrote: {target} ({transcript.duration:.1f} s of audio on {transcript.device}, "
            f"{transcript.rtfx:.1f}× real time)",
            file=sys.stderr,
        )
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.flush()


def _report_violations(transcript: Transcript, file: Path, args: argparse.Namespace) -> None:
    """Say which of the preset's limits could not be kept."""
    from transcriber.exports.shaping import PRESETS, shape, violations

    limits = PRESETS[args.subtitles]
    found = violations(shape(transcript, limits, labels=args.format == "srt"), limits)
    for violation in found[:LISTED]:
        print(f"note: {file}: {violation}", file=sys.stderr)
    if found[LISTED:]:
        print(f"note: {file}: and {len(found) - LISTED} more beyond the limits of {args.subtitles}", file=sys.stderr)


def _reproduce(args: argparse.Namespace) -> int:
    from transcriber import reproduce

    try:
        before = reproduce.read(args.file)
        recording = args.recording or reproduce.recording_of(before, args.file)
        options = reproduce.options_of(before)
        transcriber = _offline_transcriber(args.models_dir)
        for change in reproduce.changes(before, recording, transcriber.store):
            print(f"note: {change}", file=sys.stderr)
        now = transcriber.transcribe(recording, options)
    except (TranscriberError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return TROUBLE
    found = reproduce.differences(before, now)
    for difference in found:
        print(difference)
    count = len(before.text.split())
    if found:
        print(f"{len(found)} difference{'s' * (len(found) > 1)} in {count} words")
        return DIFFERENT
    print(f"same words ({count}); their times differ by {reproduce.drift(before, now):.3f} s at most")
    return SAME
