"""Sound in which a model is in doubt."""

import numpy as np

from tests.support.places import RATE


def mixed(audio: np.ndarray, words: list[dict], share: float) -> np.ndarray:
    """ "go" and "no" of the sample, said at once."""
    said = [next(word for word in words if word["text"] == text) for text in ("go", "no")]
    go, no = (audio[int((word["start"] - 0.1) * RATE) : int((word["end"] + 0.1) * RATE)] for word in said)
    length = min(len(go), len(no))
    return ((1 - share) * go[:length] + share * no[:length]).astype(np.float32)
