"""`live`: what somebody says, while it is said."""

import argparse
import os
import queue
import signal
import sys
import threading
import wave
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from transcriber.cli.running import DONE, add_model, model_of, offline_transcriber
from transcriber.cli.transcribe import add_spoken, spoken_of
from transcriber.clock import clock
from transcriber.engines import model_capabilities
from transcriber.errors import AudioDecodeError, EngineUnavailableError, StorageError
from transcriber.live.captions import Captions
from transcriber.options import TranscribeOptions
from transcriber.readable import print_json
from transcriber.segmentation import finished
from transcriber.transcript import Word

if TYPE_CHECKING:
    from transcriber.live.session import CaptionSession

BLOCK_BYTES = 3200
"""Of a tenth of a second."""
LOOK_SECONDS = 0.1
"""Between two looks whether Ctrl+C was pressed."""
MOST_BLOCKS = 600
"""Of standard input that wait to be heard: a file that is read faster than it is heard has to wait, and nobody speaks
so far ahead."""


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "live",
        help="write what somebody says while it is said",
        description="Write what is said into the microphone, a line at a time, while it is said; a line that was "
        "written never changes. Ends with Ctrl+C, or with the sound.",
    )
    parser.add_argument(
        "sound",
        nargs="?",
        choices=["-"],
        help="- is standard input: mono, signed 16-bit integers, little-endian, 16 kHz, as from `arecord -t raw -f "
        "S16_LE -r 16000` or `ffmpeg -f s16le -ac 1 -ar 16000`; by default the microphone, which needs the package "
        "sounddevice",
    )
    parser.add_argument("--input", metavar="DEVICE", help="the microphone: its number, or a part of its name")
    parser.add_argument("--save", type=Path, metavar="FILE.wav", help="keep the sound, too; no file is overwritten")
    parser.add_argument("--json", action="store_true", help="write what is new as JSON lines, for programs")
    add_model(parser)
    add_spoken(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    options = TranscribeOptions(model_of(args), args.device, **spoken_of(args))
    with ExitStack() as stack:
        keep = stack.enter_context(_kept(args.save))
        blocks: queue.Queue[bytes] = queue.Queue(MOST_BLOCKS if args.sound else 0)
        # Before the process gives up its sockets: by one of them the system's sound is reached.
        stack.enter_context(_standard_input(blocks) if args.sound else _microphone(args.input, blocks))
        transcriber = offline_transcriber(args.models_dir)
        transcriber.store.require(options)
        model_capabilities.check_known(options, transcriber.store.find(options.model))
        from transcriber.live.session import CaptionSession

        session = CaptionSession(lambda: transcriber.load_models(options), options)
        printer = _print_captions if args.json else LinePrinter().print
        for captions in _captions(session, blocks, keep):
            printer(captions)
    return DONE


def _captions(
    session: "CaptionSession", blocks: "queue.Queue[bytes]", keep: Callable[[bytes], None]
) -> Iterator[Captions]:
    """Until the sound ends, or Ctrl+C: then what was said until then is settled, too. The next Ctrl+C ends all."""
    from transcriber.audio.samples import samples_of

    interrupts: list[int] = []

    def interrupted(number: int, _: object) -> None:
        interrupts.append(number)
        if len(interrupts) > 1:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupted)
    while not session.is_settled:
        while not interrupts and (not blocks.empty() or not session.is_due):
            with suppress(queue.Empty):
                block = blocks.get(timeout=LOOK_SECONDS)
                keep(block)
                if block:
                    session.add(samples_of(block))
                else:
                    session.finish()
        if interrupts:
            session.finish()
        yield session.step()


class LinePrinter:
    """Prints a sentence, or what was said between two pauses, once all of it is settled."""

    def __init__(self) -> None:
        self._words: tuple[Word, ...] = ()
        """Of the line that is not over."""

    def print(self, captions: Captions) -> None:
        following = captions.unsettled[0].start if captions.unsettled else None
        until = captions.end if following is None else following
        lines, self._words = finished((*self._words, *captions.settled), until)
        for line in lines:
            print(f"[{clock(line.start)}] {line.text}", flush=True)


def _print_captions(captions: Captions) -> None:
    print_json(asdict(captions))


@contextmanager
def _standard_input(blocks: "queue.Queue[bytes]") -> Iterator[None]:
    """Its sound in blocks of whole samples, as it comes; an empty one at its end."""

    def read() -> None:
        held = b""  # half a sample
        # Not by sys.stdin.buffer: a thread that waits in it keeps Python from ending.
        while block := os.read(sys.stdin.fileno(), BLOCK_BYTES):
            held += block
            whole = len(held) // 2 * 2
            if whole:
                blocks.put(held[:whole])
            held = held[whole:]
        blocks.put(b"")

    threading.Thread(target=read, daemon=True).start()
    yield


@contextmanager
def _microphone(device: str | None, blocks: "queue.Queue[bytes]") -> Iterator[None]:
    """What a microphone hears, in blocks. Raises EngineUnavailableError, and AudioDecodeError where there is none."""
    try:
        import sounddevice
    except (ImportError, OSError) as error:  # the package is missing, or the system's library below it
        raise EngineUnavailableError(
            f"the microphone needs the package sounddevice and PortAudio ({error})",
            "run `pip install sounddevice`, on Linux with the system's libportaudio2, or give the sound on standard "
            "input: live -",
        ) from error
    from transcriber.audio.samples import SAMPLE_RATE

    number = int(device) if device and device.isdigit() else device
    try:
        stream = sounddevice.RawInputStream(
            SAMPLE_RATE,
            BLOCK_BYTES // 2,
            number,
            1,
            "int16",
            callback=lambda sound, *_: blocks.put_nowait(bytes(sound)),
        )
    except (sounddevice.PortAudioError, ValueError) as error:
        raise AudioDecodeError(
            f"there is no microphone to listen to ({error})", "plug one in, or choose one with --input"
        ) from error
    with stream:
        yield


@contextmanager
def _kept(path: Path | None) -> Iterator[Callable[[bytes], None]]:
    """Writes the sound to a file, if one is wanted. Raises StorageError."""
    if path is None:
        yield lambda block: None
        return
    from transcriber.audio.samples import SAMPLE_RATE

    try:
        with path.open("xb") as file, wave.open(file, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(SAMPLE_RATE)
            yield sound.writeframes
    except OSError as error:
        why = "it is already there" if isinstance(error, FileExistsError) else error.strerror
        raise StorageError(f"{path} cannot be written ({why})", "choose another file with --save") from error
