"""`transcribe`: the words of audio and video files."""

import argparse
import sys
from collections import Counter
from pathlib import Path

from transcriber import capabilities, catalog, languages, vocabulary
from transcriber.cli.running import DONE, FAILED, add_model, offline_transcriber
from transcriber.cli.writing import add_output, is_kept, write
from transcriber.clock import seconds_of
from transcriber.errors import TranscriberError
from transcriber.options import TranscribeOptions
from transcriber.transcript import Transcript

USUAL = TranscribeOptions()


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "transcribe", help="write the words of recordings", description="Write the words of audio and video files."
    )
    parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
    add_model(parser)
    parser.add_argument("--engine", default=USUAL.engine, metavar="TYPE", help="such as faster-whisper")
    parser.add_argument("--compute-type", default=USUAL.compute_type, metavar="TYPE", help="such as bfloat16 or int8")
    _add_what_to_hear(parser)
    add_output(parser, "txt")
    parser.set_defaults(run=run)


def _add_what_to_hear(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--language",
        default=USUAL.language,
        type=_language,
        help="what is spoken, such as de or German; by default the model finds out, where it can",
    )
    parser.add_argument(
        "--translate-to",
        default=USUAL.translate_to,
        type=_language,
        metavar="LANGUAGE",
        help="the language to write in, where the model translates",
    )
    parser.add_argument(
        "--vocabulary", type=Path, metavar="FILE", help="names and terms that are likely to be said, one a line"
    )
    parser.add_argument("--term", action="append", default=[], help="one more of these")
    parser.add_argument(
        "--start", type=_seconds, default=USUAL.start, metavar="TIME", help="such as 1:02:03, or 90 (s)"
    )
    parser.add_argument("--end", type=_seconds, metavar="TIME", help="where to stop")
    parser.add_argument("--track", type=int, metavar="NUMBER", help="which of several sound tracks, from 1")
    names = [spec.name for spec in catalog.transcribing()]
    parser.add_argument(
        "--second-model",
        default=USUAL.second_model,
        choices=names,
        metavar="MODEL",
        help="another frozen model, for speech that the first one leaves without words",
    )


def _language(text: str) -> str:
    """The code of a language that is given by its code or its name."""
    code = text if text in (USUAL.language, USUAL.translate_to) else languages.find(text)
    if code is None:
        raise argparse.ArgumentTypeError(f"there is no language “{text}”: write a code such as de, or its English name")
    return code


def _seconds(text: str) -> float:
    seconds = seconds_of(text)
    if seconds is None:
        raise argparse.ArgumentTypeError(f"“{text}” is no time: write 1:02:03, 62:03 or 90")
    return seconds


def run(args: argparse.Namespace) -> int:
    transcriber = offline_transcriber(args.models_dir)
    try:
        options = options_of(args)
        transcriber.store.require(options.model)
        capabilities.check_known(options, transcriber.store)
        if args.output_dir:
            args.output_dir.mkdir(parents=True, exist_ok=True)
    except (TranscriberError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILED
    names = result_names(args.files, args.format)
    targets = [(file, args.output_dir and args.output_dir / name) for file, name in zip(args.files, names)]
    wanted = [(file, target) for file, target in targets if not is_kept(target, args)]
    ended = transcriber.transcribe_all([file for file, _ in wanted], options)
    return max((_end(one, file, target, args) for one, (file, target) in zip(ended, wanted, strict=True)), default=DONE)


def _end(ended: Transcript | TranscriberError, file: Path, target: Path | None, args: argparse.Namespace) -> int:
    try:
        if isinstance(ended, TranscriberError):
            raise ended
        write(ended, file, target, args)
    except (TranscriberError, OSError) as error:
        print(f"error: {file}: {error}", file=sys.stderr)
        return FAILED
    return DONE


def options_of(args: argparse.Namespace) -> TranscribeOptions:
    """Raises StorageError or UnsupportedOptionError for what cannot be asked for."""
    listed = vocabulary.read(args.vocabulary) if args.vocabulary else ()
    return TranscribeOptions(
        args.model,
        args.device,
        args.engine,
        args.compute_type,
        args.language,
        args.translate_to,
        vocabulary.parse("\n".join((*args.term, *listed))),
        args.start,
        args.end,
        args.track,
        args.second_model,
    )


def result_names(files: list[Path], suffix: str) -> list[str]:
    """The name of each file's result: its stem, or its whole name where another input has the same stem."""
    stems = Counter(file.stem for file in files)
    return [f"{file.stem if stems[file.stem] == 1 else file.name}.{suffix}" for file in files]
