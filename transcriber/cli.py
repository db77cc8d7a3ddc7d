"""The command line: `python -m transcriber`."""

import argparse
import sys
from collections import Counter
from pathlib import Path

from transcriber import __version__, capabilities, catalog, languages, vocabulary
from transcriber.errors import TranscriberError
from transcriber.options import DEVICES, TranscribeOptions

FORMAT_NAMES = ("txt", "srt", "vtt", "json")
DONE, FAILED, USAGE = 0, 1, 2


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit status: 0 done, 1 a file failed, 2 wrong usage."""
    args = _parser().parse_args(argv)
    return args.run(args)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m transcriber", description="Transcribe recordings on this computer."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    transcribe = commands.add_parser(
        "transcribe", help="write the words of recordings", description="Write the words of audio and video files."
    )
    transcribe.add_argument("files", nargs="+", metavar="FILE", type=Path)
    transcribe.add_argument(
        "--model", default=TranscribeOptions.model, choices=[spec.name for spec in catalog.transcribing()]
    )
    transcribe.add_argument(
        "--format", default="txt", choices=FORMAT_NAMES, help="txt is the words alone; srt, vtt and json carry times"
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
    return parser


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


def _transcribe(args: argparse.Namespace) -> int:
    from transcriber.offline import deny_network, keep_quiet, refuse_egress

    keep_quiet()
    deny_network()
    refuse_egress()
    from transcriber.pipeline import Transcriber

    transcriber = Transcriber(args.models_dir)
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
    from transcriber import exports

    if target and target.exists() and not args.overwrite:
        print(f"kept: {target} is already there (--overwrite writes it anew)", file=sys.stderr)
        return
    transcript = transcriber.transcribe(file, options)
    for note in transcript.notes:
        print(f"note: {file}: {note}", file=sys.stderr)
    text = exports.render(transcript, args.format)
    if target:
        target.write_text(text, encoding="utf-8")
        print(
            f"wrote: {target} ({transcript.duration:.1f} s of audio on {transcript.device}, "
            f"{transcript.rtfx:.1f}× real time)",
            file=sys.stderr,
        )
    else:
        sys.stdout.write(text)
        sys.stdout.flush()
