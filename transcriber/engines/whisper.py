"""OpenAI's Whisper, through openai-whisper."""

from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from transcriber.engines import EngineType
from transcriber.frozen.archive import Kind
from transcriber.options import TranscribeOptions
from transcriber.transcript import Hypothesis, Word

if TYPE_CHECKING:
    import torch


def restore(path: Path, device: str, compute_type: str) -> Any:
    """The model of a Whisper checkpoint. Raises ModelError."""
    from transcriber import manifest
    from transcriber.frozen import whisper_checkpoint

    recorded = manifest.read(path.with_suffix(".json"))
    return whisper_checkpoint.restore(path, device, recorded.sha256 if recorded else None)


class WhisperEngine:
    """One Whisper model."""

    longest = 30.0
    has_word_times = True

    def __init__(self, model: Any, device: str) -> None:
        self.model, self.device = model, device
        self.batch_size = 1

    def transcribe(self, batch: list[np.ndarray], options: TranscribeOptions = TranscribeOptions()) -> list[Hypothesis]:
        return [self._hypothesis(samples) for samples in batch]

    def _hypothesis(self, samples: np.ndarray) -> Hypothesis:
        """Words timed by cross-attention, but for those that are a segment of their own: Whisper wrote their times.

        transcribe(word_timestamps=True) does the same and then drops the text of segments whose words it could not
        place; here no word is ever dropped.
        """
        from whisper.audio import N_SAMPLES, log_mel_spectrogram

        result = self.model.transcribe(
            samples, fp16=self.device == "cuda", condition_on_previous_text=False, verbose=None
        )
        mel = log_mel_spectrogram(samples, self.model.dims.n_mels, N_SAMPLES, self.device)
        words: list[Word] = []
        for seek, window in groupby(result["segments"], key=itemgetter("seek")):
            words += self._timed(list(window), seek, mel, result["language"])
        return Hypothesis(tuple(words), result["language"])

    def _timed(self, segments: list[dict[str, Any]], seek: int, mel: "torch.Tensor", language: str) -> list[Word]:
        """The words of one window of 30 s, which begins at frame `seek` of 10 ms in `mel` [bins, frames]."""
        import torch
        from whisper import audio, timing, tokenizer

        frames = min(audio.N_FRAMES, mel.shape[-1] - audio.N_FRAMES - seek)
        mel = audio.pad_or_trim(mel[:, seek : seek + frames], audio.N_FRAMES)
        own = [(segment["start"], segment["end"]) for segment in segments]
        timing.add_word_timestamps(
            segments=segments,
            model=self.model,
            tokenizer=tokenizer.get_tokenizer(
                self.model.is_multilingual, num_languages=self.model.num_languages, language=language, task="transcribe"
            ),
            mel=mel.to(torch.float16 if self.device == "cuda" else torch.float32),
            num_frames=frames,
            last_speech_timestamp=own[0][0],
        )
        return words_of(segments, own)


def words_of(segments: list[dict[str, Any]], spans: list[tuple[float, float]]) -> list[Word]:
    """The words of timed segments; a word that is a segment of its own keeps its segment's (start, end) in `spans`."""
    words = []
    for segment, span in zip(segments, spans, strict=True):
        is_alone = len(segment["words"]) == 1
        for word in segment["words"]:
            start, end = span if is_alone else (word["start"], word["end"])
            if text := word["word"].strip():
                words.append(Word(text, float(start), float(end), float(word["probability"])))
    return words


TYPE = EngineType(
    name="whisper",
    title="OpenAI Whisper",
    kind=Kind.WHISPER,
    packages=("whisper", "torch"),
    install="pip install -r requirements.txt",
    compute_types={"cpu": ("float32",), "cuda": ("float16",)},
    restore=restore,
    engine=WhisperEngine,
)
