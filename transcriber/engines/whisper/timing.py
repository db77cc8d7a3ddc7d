"""When Whisper's words were said: openai-whisper's alignment, without encoding a window again.

The text is given to the decoder once more. Some heads of its cross-attention follow the speech (Whisper's own list,
checkpoint.py); the way through their scores that goes forward in time has the words' times (whisper/timing.py).
"""

from types import FunctionType
from typing import Any

import numpy as np
import torch
from torch.nn.functional import pad
from whisper import timing
from whisper.audio import TOKENS_PER_SECOND
from whisper.timing import WordTiming

from transcriber.engines.whisper.aligning import GivenWords, Timing
from transcriber.engines.whisper.decoder import Decoder
from transcriber.patches.numba_cache import numba

MEDIAN_FRAMES = 7
"""Of 20 ms, over which attention is smoothed; openai-whisper's number."""
ROWS_AT_ONCE = 16
"""Whose probabilities of all tokens stay near the processor."""


class _Window:
    """One window of a decoder, in the place of what openai-whisper takes for a model."""

    def __init__(self, decoder: Decoder, slot: int) -> None:
        self.decoder, self.slot = decoder, slot


def time_words(decoder: Decoder, window: int, segments: list[dict[str, Any]], tokenizer: Any, frames: int) -> None:
    """Give the segments of a window their words, with times by cross-attention; `frames` of 10 ms are no padding.

    Start and end of a segment move with its words'.
    """
    _add_word_timestamps(
        segments=segments,
        model=_Window(decoder, decoder.cache.sequences.index(window)),
        tokenizer=tokenizer,
        mel=None,
        num_frames=frames,
        last_speech_timestamp=segments[0]["start"],
    )


def time_given(decoder: Decoder, words: GivenWords, frames: int) -> list[Timing]:
    """When given words are said in the only window of a decoder, by cross-attention."""
    found = _find_alignment(_Window(decoder, 0), words, words.text_tokens, None, frames)
    return words.of_words([(float(part.start), float(part.end), float(part.probability)) for part in found])


def _find_alignment(window: _Window, tokenizer: Any, text_tokens: list[int], _: None, frames: int) -> list[WordTiming]:
    """As whisper.timing.find_alignment() has it, three times as fast: only what is asked for is computed."""
    words, word_tokens = tokenizer.split_to_word_tokens([*text_tokens, tokenizer.eot])
    if not text_tokens or len(word_tokens) <= 1:
        return []
    begin = len(tokenizer.sot_sequence)
    tokens = [*tokenizer.sot_sequence, tokenizer.no_timestamps, *text_tokens, tokenizer.eot]
    hidden, scores = window.decoder.attend(tokens, window.slot, frames // 2)
    probabilities = _probabilities(window.decoder, hidden[begin:], text_tokens, tokenizer.eot)
    cost = -_smoothed(scores)[begin:-1]
    times = first_frames(cost.double().cpu().numpy()) / TOKENS_PER_SECOND
    bounds = np.cumsum([0, *map(len, word_tokens[:-1])])
    return [
        WordTiming(word, own, times[first], times[end], float(np.mean(probabilities[first:end])))
        for word, own, first, end in zip(words, word_tokens, bounds[:-1], bounds[1:])
    ]


_add_word_timestamps = FunctionType(
    timing.add_word_timestamps.__code__, {**vars(timing), "find_alignment": _find_alignment}
)
"""openai-whisper's own, which looks for the alignment by ours."""
_add_word_timestamps.__kwdefaults__ = timing.add_word_timestamps.__kwdefaults__


def _probabilities(decoder: Decoder, hidden: torch.Tensor, tokens: list[int], eot: int) -> list[float]:
    """Of each of `tokens`, among all tokens of text, where the hidden states [more than tokens, width] precede it."""
    found: list[float] = []
    for first in range(0, len(tokens), ROWS_AT_ONCE):
        own = torch.tensor(tokens[first : first + ROWS_AT_ONCE], device=hidden.device)
        logits = decoder.logits(hidden[first : first + len(own)])[:, :eot]
        found += logits.softmax(-1).gather(1, own[:, None])[:, 0].tolist()
    return found


def _smoothed(scores: torch.Tensor) -> torch.Tensor:
    """[tokens, positions] of the scores [heads, tokens, positions] of the heads that follow the speech."""
    weights = scores.softmax(-1)
    std, mean = torch.std_mean(weights, dim=-2, keepdim=True, unbiased=False)
    return torch.stack([median(head, MEDIAN_FRAMES) for head in (weights - mean) / std]).mean(0)


@numba.njit(cache=True)
def first_frames(cost: np.ndarray) -> np.ndarray:
    """The frame at which each row of `cost` [rows, frames] begins, on the cheapest way from the first to the last.

    Dynamic time warping with openai-whisper's steps and preferences: one row and one frame on, one row, or one frame,
    and the last where others are no cheaper. Its own is compiled anew by every process, in more than a second.
    """
    rows, frames = cost.shape
    total = np.full((rows + 1, frames + 1), np.inf, np.float32)
    total[0, 0] = 0
    step = np.full((rows + 1, frames + 1), 2, np.int8)
    for frame in range(1, frames + 1):
        for row in range(1, rows + 1):
            both, on, later = total[row - 1, frame - 1], total[row - 1, frame], total[row, frame - 1]
            if both < on and both < later:
                least, step[row, frame] = both, 0
            elif on < both and on < later:
                least, step[row, frame] = on, 1
            else:
                least = later
            total[row, frame] = cost[row - 1, frame - 1] + least
    first = np.zeros(rows, np.int64)
    row, frame = rows, frames
    while row > 0:
        first[row - 1] = max(frame - 1, 0)
        if frame == 0 or step[row, frame] == 1:
            row -= 1
        elif step[row, frame] == 0:
            row, frame = row - 1, frame - 1
        else:
            frame -= 1
    return first


def median(x: torch.Tensor, width: int) -> torch.Tensor:
    """Of each value [rows, N] and those around it, `width` in all, an odd number; at the edges they are mirrored.

    The smallest and the largest of a few more than half of them are no median: both go, and the next value comes, until
    all have come. That is 30 comparisons of whole rows for 7, instead of sorting at each place.
    """
    half = width // 2
    if x.shape[-1] <= half:
        return x
    padded = pad(x, (half, half), mode="reflect")
    values = [padded[:, at : at + x.shape[-1]] for at in range(width)]
    kept = values[: half + 1]
    for value in values[half + 1 :]:
        kept = _without_extremes([*kept, value])
    return kept[0]


def _without_extremes(values: list[torch.Tensor]) -> list[torch.Tensor]:
    """One value less on either side, at each place."""
    smallest, rest = values[0], []
    for value in values[1:]:
        rest.append(torch.maximum(smallest, value))
        smallest = torch.minimum(smallest, value)
    largest, inner = rest[0], []
    for value in rest[1:]:
        inner.append(torch.minimum(largest, value))
        largest = torch.maximum(largest, value)
    return inner
