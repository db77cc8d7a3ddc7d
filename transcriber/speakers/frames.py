"""What is kept of a recording by a diarizer that says of four people how likely each speaks, and its bytes.

The bytes are records (records.py) behind a header, so that parts that were taken one after another are joined by
writing them behind each other (little-endian):
    header   b"sortformer\\n"
    frames   "F", first frame u32, frames u16; probabilities [frames, PEOPLE] u8, 255 is 1
    end      "E", samples of the recording u64
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from transcriber.audio.samples import SAMPLE_RATE
from transcriber.errors import UnsupportedOptionError
from transcriber.speaker_count import SpeakerCount
from transcriber.speakers import turns
from transcriber.speakers.protocol import Activity
from transcriber.speakers.records import CHECKSUM_BYTES, checked, damaged, require_whole

NAME = "sortformer"
HEADER = f"{NAME}\n".encode()
PEOPLE = 4
FRAME_SECONDS = 0.08
ONSET = 0.56
"""A person speaks where the probability is above it. This and what speaks() does with it is NeMo's post-processing with
the parameters that the model's publisher found best on DIHARD III, in whole frames. Source: NeMo,
examples/speaker_tasks/diarization/conf/post_processing/diar_streaming_sortformer_4spk-v2_dihard3-dev.yaml."""
MIN_SPOKEN_SECONDS = 0.5
"""Who speaks for less in the whole recording is nobody, unless so many people are asked for."""
_FRAMES, _END = struct.Struct("<cIH"), struct.Struct("<cQ")


def frames_bytes(first: int, probabilities: np.ndarray) -> bytes:
    """The record of some frames [frames, PEOPLE] uint8, of which the first is the recording's frame `first`."""
    return checked(_FRAMES.pack(b"F", first, len(probabilities)) + probabilities.tobytes())


def end_bytes(samples: int) -> bytes:
    """The record that ends a recording of so many samples."""
    return checked(_END.pack(b"E", samples))


def read_frames(heard: bytes) -> tuple[np.ndarray, int | None]:
    """The probabilities [frames, PEOPLE] uint8, and the samples of the recording where it was heard to its end.

    `heard` are records behind a header, or nothing. Raises StorageError where they are damaged, or of another kind.
    """
    if heard and not heard.startswith(HEADER):
        raise damaged()
    at, known, samples, parts = len(HEADER), 0, None, [np.zeros((0, PEOPLE), np.uint8)]
    while at < len(heard):
        is_end = heard[at : at + 1] == b"E"
        head = _END if is_end else _FRAMES
        if samples is not None or len(heard) < at + head.size:
            raise damaged()
        tag, first, *count = head.unpack_from(heard, at)
        size = head.size + sum(count) * PEOPLE
        require_whole(heard, at, size)
        if is_end:
            samples = first
        elif tag != b"F" or first != known:
            raise damaged()
        else:
            parts.append(np.frombuffer(heard, np.uint8, size - head.size, at + head.size).reshape(-1, PEOPLE))
            known += len(parts[-1])
        at += size + CHECKSUM_BYTES
    return np.concatenate(parts), samples


def read_voices(heard: bytes) -> "FrameVoices":
    """The voices that were kept. Raises StorageError where they are damaged, or of another kind."""
    probabilities, samples = read_frames(heard)
    return FrameVoices(probabilities, len(probabilities) * FRAME_SECONDS if samples is None else samples / SAMPLE_RATE)


def speaks(probabilities: np.ndarray) -> np.ndarray:
    """Who speaks in each frame [frames, people] bool: from a frame before the first that is above ONSET, over gaps of
    up to two frames below it."""
    above = probabilities > ONSET
    above[:-1] |= above[1:]
    above[1:-1] |= above[:-2] & above[2:]
    return above


@dataclass(frozen=True)
class FrameVoices:
    """How likely each of four people speaks in each frame of a recording."""

    probabilities: np.ndarray
    """[frames, PEOPLE] uint8, 255 is 1."""
    duration: float
    """Seconds of the recording that were listened to."""
    most: int | None = PEOPLE

    def people(self, count: SpeakerCount = SpeakerCount()) -> Activity:
        """Who the people are, and when each speaks; where fewer are asked for than speak, those who speak most.

        What the others say is given to the likeliest of these. Raises UnsupportedOptionError for more than PEOPLE.
        """
        if count.least > PEOPLE:
            raise UnsupportedOptionError(
                f"the model that listened tells {PEOPLE} people apart at most, not {count.least}",
                "choose the model speakers, which tells apart any number",
                "speakers",
            )
        probabilities = self.probabilities.astype(np.float32) / 255
        everybody = speaks(probabilities)
        chosen = _chosen(everybody, count)
        own, active = probabilities[:, chosen], everybody[:, chosen]
        if len(chosen):
            left = np.flatnonzero(everybody.any(1) & ~active.any(1))
            active[left, own[left].argmax(1)] = True
        exclusive = _exclusive(own, active)
        order = turns.in_order_of_words(active, exclusive)
        numbers = np.append(np.argsort(order), -1)  # the last one, found by -1, is nobody
        quality = _quality(probabilities, chosen, active)
        return Activity(active[:, order], numbers[exclusive], None, quality[order], FRAME_SECONDS, 0.0, self.duration)

    def split(self, stretches: Iterable[tuple[float, float]]) -> Activity:
        """Whoever speaks as one person in stretches (start, end) of seconds, as the two who speak most in them."""
        is_within = np.zeros(len(self.probabilities), bool)
        for start, end in stretches:
            is_within[max(0, round(start / FRAME_SECONDS)) : max(0, round(end / FRAME_SECONDS))] = True
        within = np.where(is_within[:, None], self.probabilities, 0).astype(np.uint8)
        return replace(self, probabilities=within).people(SpeakerCount(2, 2))

    def voice(self, stretches: Iterable[tuple[float, float]]) -> None:
        """None: Sortformer knows people by the order in which they speak, and no voices beyond a recording."""


def _chosen(active: np.ndarray, count: SpeakerCount) -> np.ndarray:
    """The columns of those who are people, by how much they speak."""
    frames = active.sum(0)
    likely = int((frames * FRAME_SECONDS >= MIN_SPOKEN_SECONDS).sum())
    number = min(max(likely, count.least), count.most or PEOPLE, int((frames > 0).sum()))
    return np.argsort(-frames, kind="stable")[:number]


def _exclusive(probabilities: np.ndarray, active: np.ndarray) -> np.ndarray:
    """[frames] the likeliest of those who speak in a frame, -1 where nobody does."""
    exclusive = np.full(len(active), -1)
    spoken = np.flatnonzero(active.any(1))
    if len(spoken):
        exclusive[spoken] = np.where(active[spoken], probabilities[spoken], -1).argmax(1)
    return exclusive


def _quality(probabilities: np.ndarray, chosen: np.ndarray, active: np.ndarray) -> np.ndarray:
    """[people] by how much a person is likelier than any other, on average where that person speaks alone; 0 for one
    who never does."""
    quality = np.zeros(len(chosen))
    is_one = active.sum(1) == 1
    for person, column in enumerate(chosen):
        alone = probabilities[is_one & active[:, person]]
        if len(alone):
            margin = alone[:, column] - np.delete(alone, column, 1).max(1)
            quality[person] = margin.mean().clip(0, 1)
    return quality
