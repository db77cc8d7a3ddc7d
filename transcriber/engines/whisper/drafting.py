"""What Whisper writes for a recording that is not over: one text, token by token, without a second attempt.

A window that is not full is encoded with some silence behind it instead of all that 30 s would have, in a third of the
time; with less than 2 s of it the text repeats itself (benchmarks/README.md).
There are no timestamps in it, which would be of a sentence that is not over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn.functional import pad
from whisper.audio import HOP_LENGTH, N_FRAMES, SAMPLE_RATE
from whisper.tokenizer import Tokenizer

from transcriber.engines.whisper.decoder import Decoder
from transcriber.engines.whisper.decoding import FRAMES_PER_TIMESTAMP, DecodedRecording, Whisper, silence_of
from transcriber.engines.whisper.search import LOGPROB_THRESHOLD, NO_SPEECH_THRESHOLD
from transcriber.engines.whisper.timing import time_words

SILENCE_FRAMES, STEP_FRAMES = 300, 500
"""3 s at least, and as much as makes the whole a multiple of 5 s: oneDNN keeps what it makes for each length."""
TOKENS_PER_SECOND, MORE_TOKENS = 8, 16
"""What is longer repeats itself: nobody says more."""
SAID_TOKENS = 100
"""Of what is said already that the text goes on from."""
ATTEMPTS = 3
"""To go on from a text that ends before its sound does: without timestamps Whisper likes to end with a sentence."""


@dataclass(frozen=True)
class Asked:
    """What is known of a recording before it is heard."""

    language: str | None
    """None: the model finds it out."""
    task: str
    prompt: Sequence[int]
    """The tokens of a text that seems to come before."""
    said: str
    """The text with which it begins."""


@torch.inference_mode()
def draft(whisper: Whisper, samples: np.ndarray, asked: Asked) -> DecodedRecording:
    """What is said in the samples [N] at 16 kHz, at most a window."""
    heard = whisper.opened(samples, asked.language)
    decoder = Decoder(whisper.model, _window(heard.mel)[None], whisper.model.dims.n_text_ctx)
    if asked.language is None:
        heard.language = whisper.languages(decoder)[0]
    tokenizer = whisper.tokenizer(heard.language, asked.task)
    writer = _Writer(decoder, whisper, [*asked.prompt, *tokenizer.sot_sequence_including_notimestamps])
    tokens = tokenizer.encode(f" {asked.said}")[-SAID_TOKENS:] if asked.said else []
    most = int(TOKENS_PER_SECOND * len(samples) / SAMPLE_RATE) + MORE_TOKENS
    must_go_on = not tokens
    for _ in range(ATTEMPTS):
        written = writer.go_on(tokens, most - len(tokens), must_go_on)
        if written.is_silence:
            break
        tokens += written.tokens
        segment = _segment(tokenizer, tokens, len(samples) / SAMPLE_RATE)
        time_words(decoder, 0, [segment], tokenizer, len(samples) // HOP_LENGTH)
        heard.segments = [segment]
        heard.doubtful = [] if written.is_sure else [(float(segment["start"]), float(segment["end"]))]
        must_go_on = segment["end"] < heard.earliest_end * FRAMES_PER_TIMESTAMP * HOP_LENGTH / SAMPLE_RATE
        if not must_go_on or not written.is_sure:
            break
    return heard


def _window(mel: torch.Tensor) -> torch.Tensor:
    """[bins, frames] with silence behind it, no more than Whisper hears at once."""
    frames = -(-(mel.shape[1] + SILENCE_FRAMES) // STEP_FRAMES) * STEP_FRAMES
    content = mel[:, :N_FRAMES]
    return pad(content, (0, min(frames, N_FRAMES) - content.shape[1]), value=silence_of(mel))


def _segment(tokenizer: Tokenizer, tokens: list[int], seconds: float) -> dict[str, Any]:
    """All that was written, as openai-whisper has a segment."""
    text = tokenizer.decode(tokens)
    return {"seek": 0, "start": 0.0, "end": seconds, "span": (0.0, seconds), "text": text, "tokens": list(tokens)}


@dataclass(frozen=True)
class _Written:
    """How a text goes on."""

    tokens: list[int]
    is_sure: bool
    """Whether it passes for speech."""
    is_silence: bool


@dataclass(frozen=True)
class _Writer:
    """Writes for the only window of a decoder."""

    decoder: Decoder
    whisper: Whisper
    start: list[int]
    """The tokens in front of any text."""

    def go_on(self, known: list[int], most: int, must_go_on: bool) -> _Written:
        """The likeliest tokens behind the known ones, so many at most, and at least one where it must go on."""
        decoder, tokenizer = self.decoder, self.whisper.tokenizer()
        most = min(most, self.whisper.model.dims.n_text_ctx - len(self.start) - len(known) - 1)
        decoder.cache.restart([0])
        hidden = self._hidden([*self.start, *known])
        silence = decoder.logits(hidden[:, self.start.index(tokenizer.sot)]).softmax(-1)[0, tokenizer.no_speech]
        written: list[int] = []
        total, is_over = 0.0, False
        while not is_over and len(written) < most:
            logits = decoder.logits(hidden[:, -1])
            logprobs = self.whisper.logit_filter.text_logprobs(logits, must_go_on and not written)
            token = int(logprobs.argmax(-1))
            total += logprobs[0, token].item()
            is_over = token == tokenizer.eot
            if not is_over:
                written.append(token)
                hidden = self._hidden([token])
        is_sure = is_over and total / (len(written) + 1) > LOGPROB_THRESHOLD
        return _Written(written, is_sure, silence.item() > NO_SPEECH_THRESHOLD and not is_sure)

    def _hidden(self, tokens: list[int]) -> torch.Tensor:
        return self.decoder(torch.tensor([tokens], device=self.decoder.embedding.device))
