"""`transcribe`: the words of audio and video files."""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from transcriber import languages, speaker_count, vocabulary
from transcriber.cli import inputs
from transcriber.cli.inputs import Input
from transcriber.cli.progress_output import LineOutput, progress_output
from transcriber.cli.running import DONE, FAILED, add_model, model_of, offline_transcriber, refusals_as_usage
from transcriber.cli.writing import add_output, missing, targets, write
from transcriber.clock import seconds_of
from transcriber.engines import model_capabilities
from transcriber.errors import TranscriberError
from transcriber.models import catalog
from transcriber.options import TranscribeOptions
from transcriber.speakers.naming import checked_name
from transcriber.unexpected import map_and_log_error

if TYPE_CHECKING:
    from transcriber.pipeline.transcriber import Transcriber
    from transcriber.transcript import Transcript

DEFAULTS = TranscribeOptions()


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "transcribe", help="write the words of recordings", description="Write the words of audio and video files."
    )
    parser.add_argument(
        "recordings",
        nargs="+",
        metavar="FILE",
        help="audio or video; a folder is all recordings in it, a pattern such as 'talks/**/*.mp3' those that fit, "
        "- is standard input",
    )
    add_options(parser)
    add_output(parser, "txt")
    parser.add_argument("--json", action="store_true", help="say what happens as JSON lines, for programs")
    parser.set_defaults(run=run)


def add_options(parser: argparse.ArgumentParser) -> None:
    """How to transcribe; options_of() reads them."""
    add_model(parser)
    parser.add_argument("--engine", default=DEFAULTS.engine, metavar="TYPE", help="such as faster-whisper")
    parser.add_argument(
        "--compute-type", default=DEFAULTS.compute_type, metavar="TYPE", help="such as bfloat16 or int8"
    )
    parser.add_argument(
        "--temperature", type=float, default=DEFAULTS.temperature, help="0 to 1, at which Whisper begins (%(default)s)"
    )
    parser.add_argument(
        "--beam-size",
        type=int,
        metavar="N",
        help="texts that Whisper follows at once, 1 to 20: more find better words and take longer (default: 5)",
    )
    _add_what_to_hear(parser)


def _add_what_to_hear(parser: argparse.ArgumentParser) -> None:
    add_spoken(parser)
    add_part(parser)
    add_who_speaks(parser)
    names = [spec.name for spec in catalog.transcribing()]
    parser.add_argument(
        "--second-model",
        default=DEFAULTS.second_model,
        choices=names,
        metavar="MODEL",
        help="another frozen model, for speech that the first one leaves without words",
    )


def add_spoken(parser: argparse.ArgumentParser) -> None:
    """What is spoken; spoken_of() reads it."""
    parser.add_argument(
        "--language",
        default=DEFAULTS.language,
        type=_spoken,
        help="what is spoken, such as de or German; by default the model finds out, where it can",
    )
    parser.add_argument(
        "--translate-to",
        default=DEFAULTS.translate_to,
        type=_written,
        metavar="LANGUAGE",
        help="the language to write in, where the model translates",
    )
    parser.add_argument(
        "--vocabulary", type=Path, metavar="FILE", help="names and terms that are likely to be said, one a line"
    )
    parser.add_argument("--term", action="append", default=[], help="one more of these")


def add_part(parser: argparse.ArgumentParser) -> None:
    """What of a recording is listened to."""
    parser.add_argument(
        "--start", type=_seconds, default=DEFAULTS.start, metavar="TIME", help="such as 1:02:03, or 90 (s)"
    )
    parser.add_argument("--end", type=_seconds, metavar="TIME", help="where to stop")
    parser.add_argument(
        "--track",
        type=int,
        metavar="NUMBER",
        help="which of several sound tracks, from 1; by default the usual one, or that on which somebody speaks",
    )


def add_who_speaks(parser: argparse.ArgumentParser, default: str = DEFAULTS.speakers) -> None:
    """How many people speak, who may be among them, and what tells them apart."""
    parser.add_argument(
        "--speakers",
        default=default,
        type=_speakers,
        metavar="COUNT",
        help=f"tell who says what: auto, or how many people speak, such as 2 or 2-4; {default} is the default",
    )
    parser.add_argument(
        "--speaker-model",
        default=DEFAULTS.speaker_model,
        choices=[spec.name for spec in catalog.diarizing()],
        metavar="MODEL",
        help="the frozen model that tells speakers apart; by default the first of "
        f"{', '.join(spec.name for spec in catalog.diarizing())} that there is",
    )
    parser.add_argument(
        "--known-speaker",
        action="append",
        default=[],
        type=_known_speaker,
        metavar="NAME=FILE",
        help="somebody who may speak, and a recording of 2 to 30 seconds in which nobody else does; with --speakers",
    )


def _speakers(text: str) -> str:
    with refusals_as_usage():
        speaker_count.parse(text)
    return text


def _known_speaker(text: str) -> tuple[str, str]:
    name, separator, path = text.partition("=")
    if not (name.strip() and separator and path):
        raise argparse.ArgumentTypeError(f"“{text}” names nobody: write a name and a recording, such as Anna=anna.wav")
    with refusals_as_usage():
        return checked_name(name), path


def _spoken(text: str) -> str:
    return _known(languages.spoken(text), text)


def _written(text: str) -> str:
    return _known(languages.written(text), text)


def _known(code: str | None, text: str) -> str:
    if code is None:
        raise argparse.ArgumentTypeError(f"there is no language “{text}”: write a code such as de or de-AT, or a name")
    return code


def _seconds(text: str) -> float:
    seconds = seconds_of(text)
    if seconds is None:
        raise argparse.ArgumentTypeError(f"“{text}” is no time: write 1:02:03, 62:03 or 90")
    return seconds


def run(args: argparse.Namespace) -> int:
    transcriber = offline_transcriber(args.models_dir)
    with TemporaryDirectory(prefix="transcriber-") as temporary:
        try:
            options = options_of(args)
            transcriber.store.require(options)
            model_capabilities.check_known(options, transcriber.store.find(options.model))
            recordings = inputs.find(args.recordings, Path(temporary))
        except (TranscriberError, OSError) as error:
            print(f"error: {map_and_log_error(error)}", file=sys.stderr)
            return FAILED
        output = progress_output(args.json)
        try:
            return _transcribe(transcriber, options, recordings, args, output)
        finally:
            output.close()


def _transcribe(
    transcriber: "Transcriber",
    options: TranscribeOptions,
    recordings: list[Input],
    args: argparse.Namespace,
    output: LineOutput,
) -> int:
    """The exit status. Files are written as soon as they can be, standard output in the order of the inputs."""
    from transcriber.pipeline.transcriber import in_order

    pending = []
    for recording, stem in zip(recordings, inputs.stems(recordings), strict=True):
        with output.attempt(recording.name):
            if recording.error:
                raise recording.error
            files = missing(recording.name, targets(stem, args), args, output)
            if files or not args.output_dir:
                pending.append((recording, files))
    voices: defaultdict[int, bytearray] = defaultdict(bytearray)
    results = _results(transcriber, [recording for recording, _ in pending], options, output, voices)
    for index, result in results if args.output_dir else in_order(results):
        recording, files = pending[index]
        with output.attempt(recording.name):
            if isinstance(result, TranscriberError):
                raise result
            write(result, recording.name, files, args, output, bytes(voices.pop(index, b"")))
    return FAILED if output.has_failed else DONE


def _results(
    transcriber: "Transcriber",
    recordings: list[Input],
    options: TranscribeOptions,
    output: LineOutput,
    voices: defaultdict[int, bytearray],
) -> Iterator["tuple[int, Transcript | TranscriberError]"]:
    """(index, transcript or error) of each recording as soon as it is there; progress goes to `output`, and what is
    heard of the voices to `voices`."""
    from transcriber.pipeline.events import Progress, Started

    for index, event in transcriber.transcribe_events([recording.path for recording in recordings], options):
        if isinstance(event, Started):
            output.begin(recordings[index].name)
        elif isinstance(event, Progress):
            voices[index] += event.voices
            output.progress(recordings[index].name, event.done, event.duration)
        else:
            yield index, event


def options_of(args: argparse.Namespace) -> TranscribeOptions:
    """Raises StorageError or UnsupportedOptionError for what cannot be asked for."""
    return replace(
        listening_options(args),
        model=model_of(args),
        engine=args.engine,
        compute_type=args.compute_type,
        **spoken_of(args),
        second_model=args.second_model,
        temperature=args.temperature,
        beam_size=args.beam_size,
    )


def spoken_of(args: argparse.Namespace) -> dict[str, Any]:
    """What add_spoken() asks for, as options. Raises StorageError."""
    terms = vocabulary.read(args.vocabulary) if args.vocabulary else ()
    return {
        "language": args.language,
        "translate_to": args.translate_to,
        "vocabulary": vocabulary.parse("\n".join((*args.term, *terms))),
    }


def listening_options(args: argparse.Namespace) -> TranscribeOptions:
    """What add_device(), add_part() and add_who_speaks() ask for. Raises UnsupportedOptionError."""
    return TranscribeOptions(
        device=args.device,
        start=args.start,
        end=args.end,
        stream=args.track,
        speakers=args.speakers,
        speaker_model=args.speaker_model,
        known_speakers=args.known_speaker,
    )
