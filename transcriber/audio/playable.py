"""A copy of a recording in which a browser finds every place, as plain samples on the same clock as the words.

A browser guesses where a place lies in a file that does not say it: in an mp3 of a variable rate even the index of a
Xing header is off by up to 1/256 of the length (measured with Chromium 150: 8 s in half an hour).
"""

import uuid
import wave
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np

from transcriber.audio import mpeg
from transcriber.audio.opening import open_container, open_file
from transcriber.audio.pieces import pieces_of
from transcriber.audio.recording import Recording
from transcriber.audio.samples import SAMPLE_RATE
from transcriber.errors import StorageError

WITHOUT_INDEX = ("aac", "loas")
"""Formats as FFmpeg calls them, whose length, too, a browser only guesses."""
TOLERANCE_SECONDS = 0.2
"""By which the stated length of an mp3 may differ from the counted one."""
MAX_WAV_SECONDS = (0xFFFFFFFF - 36) // (2 * SAMPLE_RATE)
"""What a wav file can hold: 37 hours."""


def is_needed(path: Path) -> bool:
    """Whether browsers miss places in this recording, as far as its format tells."""
    with open_file(path) as file:
        first, *others = pieces_of(file)
        if others or first.start or first.patches:  # what FFmpeg cannot read as it is, no browser can
            return True
        with open_container(file) as container:
            name, stated = container.format.name, (container.duration or 0) / av.time_base
        return name in WITHOUT_INDEX or (name == "mp3" and not _is_computed(file, stated))


def _is_computed(file: BinaryIO, stated: float) -> bool:
    """Whether the place of every second of an mp3 can be computed from its size and from the `stated` length."""
    pieces = mpeg.pieces(file)
    counted = sum(piece.seconds or 0.0 for piece in pieces)
    return len(pieces) == 1 and abs(stated - counted) < TOLERANCE_SECONDS and pieces[0].is_constant


def write(path: Path, stream: int | None, target: Path) -> Iterator[None]:
    """Write the copy to `target`, a block a step; the file is there as a whole after the last step, or not at all.

    Raises what Recording does, and StorageError.
    """
    unfinished = target.with_name(f"{target.name}.{uuid.uuid4().hex}.part")
    try:
        with Recording(path, stream) as recording, unfinished.open("wb") as file, wave.open(file, "wb") as copy:
            copy.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
            for block in recording.blocks(end=MAX_WAV_SECONDS):
                copy.writeframesraw((np.clip(block, -1, 1) * 32767).astype("<i2").tobytes())
                yield
        unfinished.replace(target)
    except OSError as error:
        if not error.errno:  # it is an error of ours, such as AudioNotFoundError
            raise
        raise StorageError(
            f"the copy that the player needs cannot be written ({error.strerror})",
            "make room on the disk of the data folder; the transcript is not affected",
        ) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
