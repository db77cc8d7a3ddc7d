"""Who speaks in each frame, as rows of marks, or as hypothesis draws it."""

import numpy as np
from hypothesis import strategies as st

from tests.support.conversations import voice
from transcriber.speakers.protocol import Activity


def activity(*rows: str, seconds: float = 1.0) -> Activity:
    """People as rows of marks, a mark a frame: "xx..x"; each has one of the voices that conversations have.

    Where several speak, the words are of the one in the first row, or who has an "X".
    """
    marks = np.array([list(row) for row in rows]).T
    active = marks != "."
    exclusive = np.where(active.any(1), np.where(marks == "X", 2, active).argmax(1), -1)
    centres = np.stack([voice(person) for person in range(len(rows))])
    return Activity(active, exclusive, centres, np.linspace(0.9, 0.5, len(rows)), seconds, 0.0, len(active) * seconds)


@st.composite
def activities(draw: st.DrawFn) -> Activity:
    people = draw(st.integers(1, 4))
    frames = draw(st.integers(1, 60))
    row = st.text(".xX", min_size=frames, max_size=frames)
    return activity(*draw(st.lists(row, min_size=people, max_size=people)), seconds=draw(st.sampled_from([0.1, 1.0])))
