"""Where given words are said: by Whisper's cross-attention to them, as its own words get their times."""

import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from transcriber.audio.samples import SAMPLE_RATE
from transcriber.joining import is_unspaced
from transcriber.transcript import Word

WINDOW_SECONDS = 30.0
"""That Whisper hears at once."""
LEAST_SECONDS = 0.1
"""Of sound in which words are looked for."""

Timing = tuple[float, float, float]
"""Start and end of a word in seconds, and the mean probability of its tokens."""


class GivenWords:
    """What find_alignment() asks of a tokenizer, in openai-whisper and in faster-whisper: words are what is given.

    A sign behind a word is a word of its own to them: the pause that it stands for is no part of the word before.
    """

    def __init__(self, words: Sequence[str], encode: Callable[[str], list[int]], tokenizer: Any) -> None:
        """`tokenizer`: the library's own, for the language that is spoken."""
        self.sot_sequence, self.no_timestamps = tokenizer.sot_sequence, tokenizer.no_timestamps
        self.eot = tokenizer.eot
        self._parts: list[tuple[str, list[int]]] = []
        self._numbers: list[int] = []
        """Which part is each word, without its signs."""
        for word in words:
            tokens = encode(word if is_unspaced(word[0]) else f" {word}")
            count = next((at for at in range(len(tokens), 1, -1) if not _is_sign(tokenizer, tokens[at - 1])), 1)
            self._numbers.append(len(self._parts))
            self._parts += [(word, tokens[:count])] + [("", tokens[count:])] * (count < len(tokens))

    @property
    def text_tokens(self) -> list[int]:
        return [token for _, tokens in self._parts for token in tokens]

    def fit(self, context: int) -> bool:
        """Whether a decoder with room for so many tokens takes them, with those before and behind them."""
        return len(self.sot_sequence) + 1 + len(self.text_tokens) + 1 <= context

    def split_to_word_tokens(self, _: list[int]) -> tuple[list[str], list[list[int]]]:
        words, tokens = zip(*self._parts, ("", [self.eot]), strict=True)
        return list(words), list(tokens)

    def of_words(self, timings: Sequence[Timing]) -> list[Timing]:
        """Those of the words, of what was found of all that split_to_word_tokens() gives."""
        return [timings[number] for number in self._numbers]


def _is_sign(tokenizer: Any, token: int) -> bool:
    text = tokenizer.decode([token]).strip()
    return bool(text) and all(unicodedata.category(character)[0] == "P" for character in text)


class WhisperAligner:
    """A ForcedAligner. It has a place for every word: that one is not said, only its confidence tells."""

    context = 0.1
    """A word may begin a little before the one in front of it is over."""
    max_seconds = WINDOW_SECONDS - 2 * context

    def __init__(self, find: Callable[[np.ndarray, Sequence[str]], list[Timing]]) -> None:
        """`find`: when the words are said in samples [N] of a window; [] where they are more than a window can have."""
        self._find = find

    def spells(self, word: str) -> bool:
        """Whether the model can write most of the word: always, its tokens are bytes."""
        return True

    def align(self, samples: np.ndarray, words: Sequence[str], start: float, end: float) -> list[Word | None]:
        """Where the words are said between two seconds of the samples [N] at 16 kHz; None for all of them where they
        cannot be looked for: there is too much or next to no sound, or too many words."""
        first = max(0, round((start - self.context) * SAMPLE_RATE))
        heard = samples[first : max(first, round((end + self.context) * SAMPLE_RATE))]
        is_possible = (
            words and end - start <= self.max_seconds and min(end - start, len(heard) / SAMPLE_RATE) >= LEAST_SECONDS
        )
        found = self._find(heard, words) if is_possible else []
        if not found:
            return [None] * len(words)
        begin = first / SAMPLE_RATE
        return [Word(text, begin + a, begin + b, sure) for text, (a, b, sure) in zip(words, found, strict=True)]
