"""`speakers`: who spoke in a transcript, by other names or told apart otherwise; and the voices that are remembered."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from transcriber import speaker_count
from transcriber.cli.progress_output import LineOutput
from transcriber.cli.running import DONE, FAILED, refusals_as_usage
from transcriber.cli.writing import add_output, missing, targets, write
from transcriber.clock import clock
from transcriber.errors import StorageError, TranscriberError, TranscriptReadError, UnsupportedOptionError
from transcriber.speakers.naming import checked_name
from transcriber.speakers.voices import beside
from transcriber.system.user_folders import REMEMBERED_VOICES
from transcriber.unexpected import map_and_log_error

if TYPE_CHECKING:
    from transcriber.speakers.protocol import Voices
    from transcriber.speakers.remembered import RememberedVoices
    from transcriber.transcript import Transcript


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "speakers",
        help="name, merge, split or count anew who speaks in a transcript",
        description="Who speaks in a transcript that was made with --speakers. Without changes they are listed, with "
        "their numbers; with changes FILE.json is written anew, without listening again. Voices that you name can be "
        "remembered, so that their names are suggested in other recordings: then a file in the data folder holds for "
        "each the name, the last day, and for each recording its checksum, 192 numbers that are the mean of the voice, "
        "and of how many seconds. It stays on this computer, and nothing is remembered unless you turn it on.",
    )
    parser.add_argument("file", nargs="?", metavar="FILE.json", type=Path, help="a transcript that was saved as json")
    _add_changes(parser)
    _add_remembering(parser)
    add_output(parser, "")
    parser.set_defaults(run=run, parser=parser)


def _add_changes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--count",
        type=_count,
        metavar="COUNT",
        help="tell so many apart: auto, or a number, such as 2 or 2-4. Done first: other options then mean the new "
        "numbers. Needs FILE.voices, which transcribe writes beside FILE.json",
    )
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        type=_name,
        metavar="NUMBER=NAME",
        help="who a speaker is, such as 1=Anna, or Anna=Anne; may be given several times",
    )
    parser.add_argument(
        "--merge",
        action="append",
        default=[],
        type=_several,
        metavar="NUMBER,NUMBER…",
        help="speakers who are one person, such as 2,3; may be given several times",
    )
    parser.add_argument(
        "--split",
        action="append",
        default=[],
        type=_speaker,
        metavar="NUMBER",
        help="a speaker who is two people; needs FILE.voices",
    )


def _add_remembering(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--remember",
        action="store_true",
        help="remember the voices of those who have names now; needs FILE.voices, and --remember-voices on once",
    )
    parser.add_argument("--remembered", action="store_true", help="list whose voices are remembered")
    parser.add_argument(
        "--forget", action="append", default=[], metavar="NAME", help="remember somebody's voice no longer"
    )
    parser.add_argument(
        "--remember-voices",
        choices=("on", "off"),
        help="whether voices may be remembered (off); turning it off deletes all that are",
    )
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="where they are remembered; default: as for serve")


def _count(text: str) -> str:
    with refusals_as_usage():
        if speaker_count.parse(text) is None:
            raise argparse.ArgumentTypeError(
                "speakers are told apart already: write auto, a number, or two such as 2-4"
            )
    return text


def _name(text: str) -> tuple[int | str, str]:
    speaker, separator, name = text.partition("=")
    if not (speaker.strip() and separator and name.strip()):
        raise argparse.ArgumentTypeError(f"“{text}” names nobody: write a number and a name, such as 1=Anna")
    with refusals_as_usage():
        return _speaker(speaker), checked_name(name)


def _several(text: str) -> list[int | str]:
    speakers = [_speaker(part) for part in text.split(",") if part.strip()]
    if len(speakers) < 2:
        raise argparse.ArgumentTypeError(f"“{text}” is not two speakers: write their numbers, such as 2,3")
    return speakers


def _speaker(text: str) -> int | str:
    """By number, where it is one, or by name."""
    return int(text) if text.strip().isdecimal() else text.strip()


def run(args: argparse.Namespace) -> int:
    is_about_remembered = args.remembered or args.forget or args.remember_voices
    if not (args.file or is_about_remembered):
        args.parser.error("name a transcript, or --remembered, --forget or --remember-voices")
    try:
        if is_about_remembered:
            _change_remembered(args)
        if args.file:
            _change_speakers(args)
    except (TranscriberError, OSError) as error:
        print(f"error: {map_and_log_error(error)}", file=sys.stderr)
        return FAILED
    return DONE


def _change_speakers(args: argparse.Namespace) -> None:
    """Do what is asked for, write it, and list the speakers unless standard output is for a format."""
    from transcriber.pipeline import reproduce
    from transcriber.speakers.regrouping import listed

    if args.remember:
        _remembered(args).require_on()
    written = _content(args.file)
    before = reproduce.read(args.file)
    transcript = _changed(before, args)
    listed(transcript)
    output = LineOutput()
    if transcript != before:
        if _content(args.file) != written:
            raise StorageError(f"another program has changed {args.file} meanwhile", "run the same command again")
        _write_anew(transcript, args.file.resolve())
        output.line(f"wrote: {args.file}")
    if args.remember:
        output.line(f"remembered: {', '.join(_remember(transcript, args))}")
    files = targets(args.file.stem, args)
    if args.formats and (not files or (files := missing(str(args.file), files, args, output))):
        write(transcript, str(args.file), files, args, output)
    if not args.formats or args.output_dir:
        for line in _table(transcript, _remembered_names(args)):
            print(line)


def _changed(transcript: "Transcript", args: argparse.Namespace) -> "Transcript":
    from transcriber.speakers import regrouping

    if args.count:
        transcript = regrouping.recount(transcript, _voices(args.file), args.count, _remembered(args))
        wanted, told = speaker_count.parse(args.count), len(regrouping.listed(transcript))
        if wanted and not wanted.least <= told <= (wanted.most or told):
            LineOutput().note(str(args.file), f"{told} voices were told apart, not as many as asked for")
    if args.name:
        transcript = regrouping.rename(transcript, dict(args.name))
    groups = [[regrouping.voice_of(transcript, speaker).speaker for speaker in group] for group in args.merge]
    parted = [regrouping.voice_of(transcript, speaker).speaker for speaker in args.split]
    for group in groups:
        transcript = regrouping.merge(transcript, group)
    for name in parted:
        transcript = regrouping.split(transcript, _voices(args.file), name)
    return regrouping.renumbered(transcript) if groups or parted else transcript


def _voices(file: Path) -> "Voices":
    """What was heard of the recording. Raises StorageError where it was not kept."""
    from transcriber.speakers import voices

    kept = beside(file.resolve())
    try:
        return voices.read(kept.read_bytes())
    except OSError as error:
        if isinstance(error, StorageError):
            raise StorageError(f"{kept}: {error.message}", error.hint) from error
        raise StorageError(
            f"{kept}, which has the voices of this recording, cannot be read ({error.strerror or error})",
            "transcribe the recording again with --speakers auto --format json --output-dir DIR --overwrite, "
            "which keeps the voices beside the transcript",
        ) from error


def _write_anew(transcript: "Transcript", file: Path) -> None:
    from transcriber.exports import json
    from transcriber.system.atomic_file import write_whole

    try:
        is_private = not file.stat().st_mode & 0o077
        write_whole(file, json.render(transcript).encode(), is_private)
    except OSError as error:
        raise StorageError(
            f"{file} cannot be written ({error.strerror or error}), and is as it was",
            "make room on its disk, and check its permissions; then run the same command again",
        ) from error


def _table(transcript: "Transcript", remembered: list[str]) -> Iterator[str]:
    """A line for each speaker; whoever is forgotten by now is suggested no more."""
    from transcriber.speakers.regrouping import listed

    voices = listed(transcript)
    wide = max((len(voice.speaker) for voice in voices), default=0)
    for number, voice in enumerate(voices, start=1):
        quality = "" if voice.quality is None else f"  quality {voice.quality:.2f}"
        is_suggested = voice.suggestion in remembered
        suggestion = f"  may be {voice.suggestion} (--name {number}={voice.suggestion!r})" if is_suggested else ""
        yield f"{number:>2}  {voice.speaker:<{wide}}  {clock(round(voice.seconds))}{quality}{suggestion}"
    if not voices:
        yield "Nobody speaks."


def _remember(transcript: "Transcript", args: argparse.Namespace) -> list[str]:
    """Remember the voices of those with names; returns their names."""
    from transcriber.speakers import regrouping

    remembered, voices = _remembered(args), _voices(args.file)
    done = []
    for voice in filter(regrouping.has_name, regrouping.listed(transcript)):
        vector = regrouping.vector_of(transcript, voices, voice.speaker)
        if vector is not None:
            source = transcript.source
            remembered.remember(voice.speaker, vector, voice.seconds, source.sha256 if source else "")
            done.append(voice.speaker)
    if not done:
        raise UnsupportedOptionError(
            f"nobody in {args.file} has a name and a voice to be remembered", "name them with --name, such as 1=Anna"
        )
    return done


def _remembered(args: argparse.Namespace) -> "RememberedVoices":
    from transcriber.server.serving import usual_data_dir
    from transcriber.speakers.remembered import RememberedVoices

    return RememberedVoices((args.data_dir or usual_data_dir()) / REMEMBERED_VOICES)


def _remembered_names(args: argparse.Namespace) -> list[str]:
    """None where they cannot be read: who speaks is listed all the same."""
    try:
        return _remembered(args).names()
    except StorageError as error:
        LineOutput().note(str(args.file), f"No names are suggested: {error}.")
        return []


def _content(file: Path) -> bytes:
    """Raises TranscriptReadError for what is no file, or cannot be read."""
    try:
        if file.exists() and not file.is_file():
            raise TranscriptReadError(f"{file} is no file, but a folder, a pipe or a device", "choose a file")
        return file.read_bytes()
    except OSError as error:
        raise TranscriptReadError(f"{file} cannot be read ({error.strerror or error})", "check the path") from error


def _change_remembered(args: argparse.Namespace) -> None:
    remembered = _remembered(args)
    if args.remember_voices == "on":
        remembered.turn_on()
        print(f"From now on voices can be remembered, with --remember: in {remembered.path}, on this computer alone.")
    if args.remember_voices == "off":
        remembered.turn_off()
        print(f"No voices are remembered any more: {remembered.path} is deleted.")
    for name in args.forget:
        remembered.forget(name)
        print(f"The voice of {name} is forgotten.")
    if args.remembered:
        voices = remembered.voices()
        for voice in voices:
            recordings = f"{len(voice.heard)} recording{'s' * (len(voice.heard) > 1)}"
            print(f"{voice.name}  {clock(round(voice.seconds))} of {recordings}, last on {voice.last}")
        if not voices:
            print("Nobody's voice is remembered." if remembered.is_on else "Remembering voices is off.")
