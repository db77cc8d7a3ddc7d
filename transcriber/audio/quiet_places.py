"""Where a recording is quiet: good places to cut it."""

import numpy as np

from transcriber.audio.samples import SAMPLE_RATE


def quietest(samples: np.ndarray, first: float, last: float) -> int:
    """The sample in the middle of the quietest fifth of a second between two fractions of the samples [N].

    `first` and `last` are 0 to 1, such as 0.4 and 0.6.
    """
    step = SAMPLE_RATE // 50
    begin, end = int(first * len(samples)), int(last * len(samples))
    frames = np.square(samples[begin:end][: (end - begin) // step * step]).reshape(-1, step).mean(1)
    loudness = np.convolve(frames, np.ones(min(10, len(frames))), "valid")
    return begin + (int(np.argmin(loudness)) + 5) * step
