"""A transducer's LSTM step by step beside torch's."""

import pytest
import torch
from torch.nn import LSTM

from transcriber.engines.nemo import prediction


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 2e-2)])
@pytest.mark.parametrize("layers", [1, 2])
@torch.inference_mode()
def test_steps_are_those_of_the_whole(dtype: torch.dtype, tolerance: float, layers: int) -> None:
    torch.manual_seed(0)
    lstm = LSTM(24, 16, layers).eval()
    tokens = torch.randn(9, 3, 24)
    expected, (hidden, cells) = lstm(tokens)
    prediction.optimize(lstm.to(dtype))
    state = (torch.zeros(layers, 3, 16, dtype=dtype), torch.zeros(layers, 3, 16, dtype=dtype))
    steps = []
    for token in tokens.to(dtype):
        step, state = lstm(token[None], state)
        steps.append(step)
    found = torch.cat(steps)
    torch.testing.assert_close(found.float(), expected, rtol=tolerance, atol=tolerance)
    torch.testing.assert_close(state[0].float(), hidden, rtol=tolerance, atol=tolerance)
    torch.testing.assert_close(state[1].float(), cells, rtol=tolerance, atol=tolerance)
    whole, _ = lstm(tokens.to(dtype))  # several steps at once are torch's
    torch.testing.assert_close(whole.float(), expected, rtol=tolerance, atol=tolerance)
