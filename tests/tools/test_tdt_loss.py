"""The TDT loss against a slow sum over all paths."""

import pytest
import torch

from tools.demo_training.tdt_loss import tdt_loss

DURATIONS = (0, 1, 2, 3, 4)


def slow_loss(logits, targets, frames, tokens, sigma, starts=None, ends=None):
    """The recursion over (frame, tokens so far), in double precision, with PyTorch's own gradient."""
    labels = torch.log_softmax(logits[..., :-5], -1) - sigma
    durations = torch.log_softmax(logits[..., -5:], -1)
    losses = []

    def prior_of(b, token, start, end):
        """What a path pays for a token that it places elsewhere than it is."""
        if starts is None:
            return 0
        return -min(4, abs(start - float(starts[b, token]))) - min(4, abs(end - float(ends[b, token])))

    for b in range(len(logits)):
        reached = {(0, 0): logits.new_zeros(())}
        for t in range(int(frames[b]) + 1):
            for u in range(int(tokens[b]) + 1):
                if (t, u) == (0, 0) or (t == frames[b] and u < tokens[b]):
                    continue
                arcs = []
                for k, duration in enumerate(DURATIONS):
                    s = t - duration
                    if duration and (s, u) in reached:
                        arcs.append(reached[s, u] + labels[b, s, u, -1] + durations[b, s, u, k])
                    if u and t < frames[b] and (s, u - 1) in reached:
                        prior = prior_of(b, u - 1, s, t)
                        label = labels[b, s, u - 1, targets[b, u - 1]]
                        arcs.append(reached[s, u - 1] + label + durations[b, s, u - 1, k] + prior)
                if arcs:
                    reached[t, u] = torch.logsumexp(torch.stack(arcs), 0)
        losses.append(-reached[int(frames[b]), int(tokens[b])])
    return torch.stack(losses)


@pytest.mark.parametrize("with_times", [False, True])
@pytest.mark.parametrize(("frames", "tokens"), [(8, 3), (5, 0), (1, 0), (9, 5)])
def test_equals_the_sum_over_all_paths(frames: int, tokens: int, with_times: bool) -> None:
    torch.manual_seed(frames)
    fast = torch.randn(2, frames, tokens + 1, 11, requires_grad=True)
    slow = fast.detach().double().requires_grad_()
    targets = torch.randint(0, 5, (2, tokens))
    lengths, counts = torch.tensor([frames, max(1, frames - 2)]), torch.tensor([tokens, max(0, tokens - 1)])
    times = {"starts": torch.rand(2, tokens) * 5, "ends": torch.rand(2, tokens) * 5 + 2} if with_times else {}
    losses = tdt_loss(fast, targets, lengths, counts, DURATIONS, 0.05, **times)
    expected = slow_loss(slow, targets, lengths, counts, 0.05, **times)
    weights = torch.tensor([0.3, 0.7])
    (losses * weights).sum().backward()
    (expected * weights.double()).sum().backward()
    assert torch.allclose(losses.double(), expected, atol=1e-5)
    assert torch.allclose(fast.grad.double(), slow.grad, atol=1e-5)
