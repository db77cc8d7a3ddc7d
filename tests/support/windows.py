"""Windows of voices that nobody has, for tests of what is kept of them and of who the people are."""

import numpy as np
from hypothesis import strategies as st

from transcriber.speakers.protocol import VECTOR_SIZE
from transcriber.speakers.windows import FRAME_SECONDS, FRAMES, LOCALS, PIECES, Window


def random_window(seed: int, pieces: int = 3) -> Window:
    """A window in which anybody may speak at any time."""
    random = np.random.default_rng(seed)
    rows = np.zeros(pieces, PIECES)
    rows["local"] = np.sort(random.integers(0, LOCALS, pieces))
    rows["begin"] = random.integers(0, FRAMES, pieces)
    rows["end"] = random.integers(rows["begin"] + 1, FRAMES + 1)
    rows["alone"] = random.integers(0, FRAMES + 1, pieces) * FRAME_SECONDS
    vectors = random.normal(size=(pieces, VECTOR_SIZE))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Window(random.random((FRAMES, LOCALS)) < 0.4, rows, vectors.astype(np.float16))


WINDOWS = st.builds(random_window, st.integers(0, 2**32 - 1), st.integers(0, 9))
