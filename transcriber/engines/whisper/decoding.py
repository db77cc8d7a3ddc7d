"""Whisper over a batch of recordings: window after window of 30 s, those of all recordings together.

The text is that of openai-whisper's transcribe() for each recording by itself, with a prompt for every window and
nothing of the window before. One thing differs: the language is found in the window that is decoded, as
whisper.decode() does, where transcribe() encodes the first 30 s once more with another padding.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch.nn.functional import pad
from whisper.audio import HOP_LENGTH, N_FFT, N_FRAMES, SAMPLE_RATE, log_mel_spectrogram
from whisper.tokenizer import Tokenizer, get_tokenizer

from transcriber.engines.whisper.aligning import GivenWords, Timing
from transcriber.engines.whisper.decoder import Decoder, detect_languages
from transcriber.engines.whisper.logit_filter import LogitFilter
from transcriber.engines.whisper.search import DecodingResult, Search, Task, decode
from transcriber.engines.whisper.timing import time_given, time_words

FRAMES_PER_TIMESTAMP = 2
"""Frames of 10 ms from one timestamp token to the next."""
LAST_SOUND_FRAMES = 100
"""1 s: timestamps are not more exact than that, and what is said in it is hardly worth a window."""
LEAST_USED_FRAMES = 100
"""That a window advances: on noise Whisper may write a word of 20 ms, and again, and again."""
LEAST_REST_FRAMES = 20
"""0.2 s: in less nobody says anything."""


@dataclass
class DecodedRecording:
    """One recording, decoded up to frame `seek` of 10 ms."""

    samples: np.ndarray
    """[N] at 16 kHz."""
    mel: torch.Tensor
    """[bins, frames]."""
    language: str | None
    seek: int = 0
    segments: list[dict[str, Any]] = field(default_factory=list)
    """As openai-whisper has them, with "words", and as "span" the start and end that Whisper wrote."""
    doubtful: list[tuple[float, float]] = field(default_factory=list)
    """(start, end) in seconds of the windows of which no attempt passed."""

    @property
    def frames(self) -> int:
        """Of the window that begins at `seek`."""
        return min(N_FRAMES, self.mel.shape[1] - self.seek)

    @property
    def _content(self) -> torch.Tensor:
        """[bins, frames] of the next window."""
        return self.mel[:, self.seek : self.seek + self.frames]

    @property
    def earliest_end(self) -> int:
        """The timestamp of the next window behind which its text may end.

        That is a second before its last sound: the last frame that is louder than halfway, in decibels, from what is
        quiet in it to what is loud. Else Whisper base leaves the last 1 to 9 s of ten windows in eighteen to windows of
        their own, which cost as much as any other.
        """
        loudness = self._content.mean(0)
        quiet, loud = loudness.quantile(0.1), loudness.quantile(0.98)
        (sounds,) = (loudness > (quiet + loud) / 2).nonzero(as_tuple=True)
        last = int(sounds[-1]) if len(sounds) else 0
        return (last - LAST_SOUND_FRAMES) // FRAMES_PER_TIMESTAMP

    def window(self) -> torch.Tensor:
        """[bins, 3000]; behind the recording silence."""
        silence = silence_of(self.mel)
        return pad(self._content, (0, N_FRAMES - self.frames), value=silence)

    def seed(self) -> int:
        """The random seed of the window: it depends on nothing but the samples in it."""
        samples = self.samples[self.seek * HOP_LENGTH : (self.seek + self.frames) * HOP_LENGTH]
        return int.from_bytes(sha256(samples.tobytes()).digest()[:6])


class Whisper:
    """Of one model."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.tokenizer = cache(self._tokenizer)
        self.logit_filter = LogitFilter(self.tokenizer(), model.device)

    def _tokenizer(self, language: str | None = None, task: str | None = None) -> Tokenizer:
        languages = self.model.num_languages
        return get_tokenizer(self.model.is_multilingual, num_languages=languages, language=language, task=task)

    @torch.inference_mode()
    def transcribe(
        self, batch: list[np.ndarray], language: str | None, task: str, prompt: str, search: Search = Search()
    ) -> list[DecodedRecording]:
        """What is said in each recording [N] at 16 kHz; without a language it is found in each one's first window."""
        recordings = [self.opened(samples, language) for samples in batch]
        while remaining := [recording for recording in recordings if recording.frames > 0]:
            self._decode_windows(remaining, task, self.prompt(prompt), search)
        return recordings

    def opened(self, samples: np.ndarray, language: str | None) -> DecodedRecording:
        """A recording [N] at 16 kHz of which nothing is decoded yet."""
        return DecodedRecording(samples, self._mel(samples), language)

    @torch.inference_mode()
    def align(self, samples: np.ndarray, words: Sequence[str]) -> list[Timing]:
        """When given words are said in the samples [N] of one window; [] where they are more than a window can have."""
        recording = self.opened(samples, None)
        decoder = Decoder(self.model, recording.window()[None], max_tokens=1)
        tokenizer = self.tokenizer(self.languages(decoder)[0], "transcribe")
        given = GivenWords(words, tokenizer.encode, tokenizer)
        return time_given(decoder, given, recording.frames) if given.fit(self.model.dims.n_text_ctx) else []

    def _mel(self, samples: np.ndarray) -> torch.Tensor:
        """[bins, a frame for each 10 ms]. transcribe() makes 30 s more, of silence, which changes none of these."""
        mel = log_mel_spectrogram(samples, self.model.dims.n_mels, N_FFT, self.model.device)
        return mel[:, : len(samples) // HOP_LENGTH]

    def prompt(self, prompt: str) -> list[int]:
        """A text that seems to come before, as tokens in front of a window's own; [] for none."""
        if not prompt:
            return []
        max_tokens = self.model.dims.n_text_ctx // 2 - 1
        return [self.tokenizer().sot_prev, *self.tokenizer().encode(f" {prompt.strip()}")[-max_tokens:]]

    def _decode_windows(self, remaining: list[DecodedRecording], task: str, prompt: list[int], search: Search) -> None:
        """The next window of each recording."""
        context = self.model.dims.n_text_ctx
        sequence = len(self.tokenizer(task=task).sot_sequence)
        max_tokens = min(context, len(prompt) + sequence + context // 2)
        mel = torch.stack([recording.window() for recording in remaining])
        decoder = Decoder(self.model, mel, max_tokens, search.beam_size)
        if any(recording.language is None for recording in remaining):
            for recording, language in zip(remaining, self.languages(decoder), strict=True):
                recording.language = language
        tokenizers = [self.tokenizer(recording.language, task) for recording in remaining]
        prompts = torch.tensor([[*prompt, *each.sot_sequence] for each in tokenizers], device=self.model.device)
        ends = torch.tensor([recording.earliest_end for recording in remaining], device=self.model.device)
        seeds = [recording.seed for recording in remaining]
        decoding_task = Task(decoder, prompts, seeds, self.logit_filter, ends, search)
        for number, result in enumerate(decode(decoding_task)):
            recording, frames = remaining[number], remaining[number].frames
            if result.is_silence:
                recording.seek += frames
                continue
            segments, used = self._segments(result, recording, frames)
            time_words(decoder, number, segments, tokenizers[number], frames)
            recording.segments += segments
            if result.needs_fallback and segments:
                recording.doubtful.append((float(segments[0]["start"]), float(segments[-1]["end"])))
            recording.seek += frames if frames - used < LEAST_REST_FRAMES else max(used, LEAST_USED_FRAMES)

    def languages(self, decoder: Decoder) -> list[str]:
        """Those of the windows."""
        if not self.model.is_multilingual:
            return ["en"] * decoder.cache.active
        return detect_languages(decoder, self.tokenizer())

    def _segments(
        self, result: DecodingResult, recording: DecodedRecording, frames: int
    ) -> tuple[list[dict[str, Any]], int]:
        """The segments of a window, and how many of its frames they take."""
        begin, seek = self.tokenizer().timestamp_begin, recording.seek
        parts, used = divide(result.tokens, begin, frames, is_last=seek + frames == recording.mel.shape[1])
        offset = seek * HOP_LENGTH / SAMPLE_RATE
        segments = []
        for start, end, tokens in parts:
            text = self.tokenizer().decode([token for token in tokens if token < self.tokenizer().eot])
            span = offset + start, offset + end
            is_empty = span[0] == span[1] or not text.strip()
            segments.append(
                {
                    "seek": seek,
                    "start": span[0],
                    "end": span[1],
                    "span": span,
                    "text": "" if is_empty else text,
                    "tokens": [] if is_empty else tokens,
                }
            )
        return segments, used


def silence_of(mel: torch.Tensor | np.ndarray) -> float:
    """What log_mel_spectrogram() makes of digital silence beside a recording's mel [bins, frames].

    It takes log10 of 1e-10 at least, clips at 8 below the loudest, adds 4, and divides by 4. openai-whisper's
    transcribe() fills a window up with zeros instead, which sound like noise: then Whisper base, greedy, leaves the
    last sentence away in 26 of 57 windows of a reading, and with silence in 13.
    """
    return max((4 - 10) / 4, float(mel.max()) - 8 / 4)


def divide(
    tokens: list[int], begin: int, frames: int, is_last: bool = False
) -> tuple[list[tuple[float, float, list[int]]], int]:
    """What was written of a window of `frames` frames of 10 ms, as parts with start and end in seconds of the window.

    And the number of frames that they take. A part ends where two timestamps, which are `begin` and above, follow one
    another. What comes behind the last such place was cut off by the window's end and is left to the next window; but
    with a single timestamp at its end the rest is silence, and without any such place the window is one part. In the
    last window of a recording, which ends where nobody speaks, nothing was cut off, as openai-whisper would have it.
    """
    step = FRAMES_PER_TIMESTAMP * HOP_LENGTH / SAMPLE_RATE
    times = [token >= begin for token in tokens]
    cuts = [at + 1 for at, pair in enumerate(pairwise(times)) if all(pair)]
    ends_in_silence = times[-2:] == [False, True]
    if not cuts:
        latest = next((token - begin for token in reversed(tokens) if token >= begin), 0)
        return [(0.0, latest * step if latest else frames * HOP_LENGTH / SAMPLE_RATE, tokens)], frames
    if ends_in_silence:
        cuts.append(len(tokens))
    parts = [tokens[first:end] for first, end in pairwise([0, *cuts])]
    used = frames if ends_in_silence else (parts[-1][-1] - begin) * FRAMES_PER_TIMESTAMP
    timed = [((part[0] - begin) * step, (part[-1] - begin) * step, part) for part in parts]
    rest = tokens[cuts[-1] :]
    if is_last and len(rest) > 1:  # more than the timestamp that it begins with
        timed.append(((rest[0] - begin) * step, frames * HOP_LENGTH / SAMPLE_RATE, rest))
        used = frames
    return timed, used
