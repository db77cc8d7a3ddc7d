"""The TDT loss on a CPU; NeMo's own needs CUDA (`tdt` compiles for numba.cuda, `tdt_pytorch` calls `.cuda()`).

Token-and-duration transducer: Xu et al., "Efficient Sequence Transduction by Jointly Predicting Tokens and Durations",
ICML 2023, with NeMo's conventions: blank is the last token, blank never has duration 0, and a path ends with a blank
that lands exactly behind the last frame. Known word times may be given as a prior on the arcs: it makes the learnt
alignment, and with it the time stamps, right, and the model learns far sooner.
"""

import math

import numba
import numpy as np
import torch

NEVER = -1e30


@numba.njit(cache=True, inline="always")
def _log_add(a, b):
    if a < b:
        a, b = b, a
    return a if b < -1e29 else a + math.log1p(math.exp(b - a))


@numba.njit(cache=True)
def _forward_backward(blank, label, duration, arrival, frames, tokens, steps):
    """Losses [B], and the posteriors of the arcs: of blanks [B,T,U+1], labels [B,T,U], durations [B,T,U+1,D]."""
    batch, kinds = duration.shape[0], duration.shape[3]
    losses = np.zeros(batch)
    blank_posterior, label_posterior = np.zeros(blank.shape, np.float32), np.zeros(label.shape, np.float32)
    duration_posterior = np.zeros(duration.shape, np.float32)
    for b in range(batch):
        T, U = frames[b], tokens[b]
        alpha = np.full((T + 1, U + 1), NEVER)
        alpha[0, 0] = 0.0
        for t in range(T + 1):
            for u in range(U + 1):
                if t == T and u < U:
                    continue
                total = alpha[t, u]
                for k in range(kinds):
                    s = t - steps[k]
                    if s < 0:
                        continue
                    if steps[k] > 0 and s < T:
                        total = _log_add(total, alpha[s, u] + blank[b, s, u] + duration[b, s, u, k])
                    if u > 0 and t < T:
                        arc = label[b, s, u - 1] + duration[b, s, u - 1, k] + arrival[b, u - 1, t]
                        total = _log_add(total, alpha[s, u - 1] + arc)
                alpha[t, u] = total
        whole = alpha[T, U]
        losses[b] = -whole
        if whole < -1e20:
            continue
        beta = np.full((T + 1, U + 1), NEVER)
        beta[T, U] = 0.0
        for t in range(T - 1, -1, -1):
            for u in range(U, -1, -1):
                total = NEVER
                for k in range(kinds):
                    s = t + steps[k]
                    if s > T:
                        continue
                    if steps[k] > 0 and beta[s, u] > -1e29:
                        arc = blank[b, t, u] + duration[b, t, u, k] + beta[s, u]
                        total = _log_add(total, arc)
                        share = math.exp(min(0.0, alpha[t, u] + arc - whole))
                        blank_posterior[b, t, u] += share
                        duration_posterior[b, t, u, k] += share
                    if u < U and s < T and beta[s, u + 1] > -1e29:
                        arc = label[b, t, u] + duration[b, t, u, k] + arrival[b, u, s] + beta[s, u + 1]
                        total = _log_add(total, arc)
                        share = math.exp(min(0.0, alpha[t, u] + arc - whole))
                        label_posterior[b, t, u] += share
                        duration_posterior[b, t, u, k] += share
                beta[t, u] = total
    return losses.astype(np.float32), blank_posterior, label_posterior, duration_posterior


class _PathSum(torch.autograd.Function):
    """Minus the log of the sum over all paths; its gradient is minus the posterior of each arc."""

    @staticmethod
    def forward(ctx, blank, label, duration, arrival, frames, tokens, steps):
        arrays = [x.detach().contiguous().numpy() for x in (blank, label, duration, arrival)]
        losses, *posteriors = _forward_backward(*arrays, frames.numpy(), tokens.numpy(), np.asarray(steps, np.int64))
        ctx.save_for_backward(*map(torch.from_numpy, posteriors))
        return torch.from_numpy(losses)

    @staticmethod
    def backward(ctx, grad):
        blank, label, duration = ctx.saved_tensors
        grad = -grad[:, None, None]
        return grad * blank, grad * label, grad[..., None] * duration, None, None, None, None


def tdt_loss(logits, targets, frames, tokens, durations=(0, 1, 2, 3, 4), sigma=0.02, starts=None, ends=None):
    """Loss [B] of joint `logits` [B, T, U+1, V+1+D], float32.

    targets [B, U], frames [B] and tokens [B] are int64; sigma is NeMo's logit under-normalisation. starts and ends
    [B, U]: the frames at which each token should begin and end; a path pays 1 nat a frame away from them, at most 4.
    """
    batch, most_frames, states, _ = logits.shape
    token_logs = torch.log_softmax(logits[..., : -len(durations)], -1) - sigma
    duration_logs = torch.log_softmax(logits[..., -len(durations) :], -1)
    index = targets[:, None, :, None].expand(batch, most_frames, states - 1, 1)
    label = token_logs[:, :, :-1].gather(-1, index).squeeze(-1)
    arrival = logits.new_zeros(batch, states - 1, most_frames + 1)
    if starts is not None:
        times = torch.arange(most_frames + 1, dtype=torch.float32)
        label = label - (times[None, :-1, None] - starts[:, None]).abs().clamp(max=4)
        arrival = -(times[None, None] - ends[..., None]).abs().clamp(max=4)
    return _PathSum.apply(token_logs[..., -1], label, duration_logs, arrival, frames, tokens, durations)
