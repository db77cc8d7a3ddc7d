"""What a model that tells speakers apart is to the rest: a Diarizer listens, Voices are what it heard.

Listening is slow and done once; who the people are is found from the voices in a moment, for each number of people.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from transcriber.speaker_count import SpeakerCount

if TYPE_CHECKING:
    import numpy as np  # commands that tell nobody apart need none

VECTOR_SIZE = 192
"""Numbers by which a voice is known."""


class Listener(Protocol):
    """Listens to one recording, block after block, in threads of its own; close() it."""

    def hear(self, samples: "np.ndarray") -> None:
        """The next samples [N] float32 at 16 kHz. Returns when there is room for more: memory does not grow.

        Raises what went wrong with samples before.
        """

    def take(self) -> bytes:
        """What was heard since the last call, in order, to be kept: the parts joined are what `listener()` goes on from
        and what `voices()` reads. May be empty."""

    def finish(self) -> "Voices":
        """All that was heard, once nothing more will come."""

    def close(self) -> None:
        """End its threads."""


class Diarizer(Protocol):
    """One loaded model that tells speakers apart."""

    name: str
    """Of its family, as in the first bytes of what it keeps."""
    device: str

    def listener(self, heard: bytes = b"") -> Listener:
        """For one recording, whose samples are given from its first on; what was `heard` before is not heard again."""
        ...

    def embed(self, samples: "np.ndarray") -> "np.ndarray | None":
        """The voice [VECTOR_SIZE] of length 1 of the one person who speaks in the samples [N]; None where nobody is
        heard for long enough, or the model knows no voices but within a recording."""
        ...


@dataclass(frozen=True)
class Activity:
    """Who speaks in each frame of a recording."""

    active: "np.ndarray"
    """[frames, people] bool: who speaks, several where they speak at once; people in the order of their first words."""
    exclusive: "np.ndarray"
    """[frames] int: the one person to whom a word in this frame belongs; -1 where nobody speaks."""
    centres: "np.ndarray | None"
    """[people, VECTOR_SIZE] float32 of length 1: their voices, where the model knows them."""
    quality: "np.ndarray"
    """[people] 0 to 1: how surely each is told from the others."""
    frame_seconds: float
    first_seconds: float
    """Where the first frame begins."""
    duration: float
    """The second of the recording to which it was listened."""


class Voices(Protocol):
    """What was heard of a recording. Nothing of it depends on how many people there are said to be."""

    @property
    def most(self) -> int | None:
        """People that the model can tell apart at most."""

    def people(self, count: SpeakerCount = SpeakerCount()) -> Activity:
        """Who the people are, and when each speaks. Raises UnsupportedOptionError for more than the model knows."""
        ...

    def split(self, stretches: Iterable[tuple[float, float]]) -> Activity:
        """Whoever speaks as one person in stretches (start, end) of seconds, as two people; as one where the voices are
        of no more. Raises UnsupportedOptionError where the model cannot tell them apart."""
        ...

    def voice(self, stretches: Iterable[tuple[float, float]]) -> "np.ndarray | None":
        """The voice [VECTOR_SIZE] of length 1 of whoever speaks in stretches (start, end) of seconds; None where nobody
        is heard alone, or the model knows no voices but within a recording."""
        ...
