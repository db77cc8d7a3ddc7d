"""Our network beside the published one, frame by frame."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch

from transcriber.pipeline.silero import silero
from transcriber.pipeline.vad import CONTEXT_SAMPLES, FRAME_SAMPLES


def test_probabilities_are_those_of_the_published_network(sample_audio: np.ndarray) -> None:
    package = find_spec("silero_vad")
    assert package and package.origin
    published = torch.jit.load(Path(package.origin).parent / "data" / "silero_vad.jit")  # it keeps its own state
    frames = torch.from_numpy(sample_audio[: 300 * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES))
    with torch.inference_mode():
        expected = [published(frame, 16_000).item() for frame in frames]
        before = torch.cat([torch.zeros(1, CONTEXT_SAMPLES), frames[:-1, -CONTEXT_SAMPLES:]])
        found = silero()(torch.cat([before, frames], dim=1)).tolist()
    assert min(expected) < 0.1
    assert max(expected) > 0.9
    assert found == pytest.approx(expected, abs=1e-5)
