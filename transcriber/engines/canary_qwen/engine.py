"""Canary-Qwen: a FastConformer encoder whose output a language model reads and writes down, through NeMo's SALM."""

import math
from pathlib import Path
from typing import Any

import numpy as np

from transcriber.audio.quiet_places import quietest
from transcriber.audio.samples import SAMPLE_RATE
from transcriber.engines.canary_qwen.files import SALM
from transcriber.engines.protocol import BaseEngine, EngineType
from transcriber.joining import chained, split
from transcriber.models.capabilities import Capabilities
from transcriber.models.catalog import ENGLISH
from transcriber.options import TranscribeOptions
from transcriber.transcript import Hypothesis

PROMPT = "Transcribe the following: "
"""The publisher's (https://huggingface.co/nvidia/canary-qwen-2.5b); the audio follows it."""
SPARE_TOKENS = 16
MIN_HALVED_SECONDS = 2.0
"""Seconds below which audio is not halved again."""


def restore(path: Path, device: str, compute_type: str) -> Any:
    """The SALM of a frozen file. Raises ModelError."""
    from transcriber.engines.canary_qwen import checkpoint

    model = checkpoint.restore(path, device)  # in bfloat16, as it is stored
    from transcriber.engines.nemo.encoder import optimize

    return optimize(model.float() if compute_type == "float32" else model)


class NemoSalmEngine(BaseEngine):
    """One SALM. It writes text and its end; no times."""

    capabilities = Capabilities(ENGLISH)

    def transcribe(self, batch: list[np.ndarray], options: TranscribeOptions = TranscribeOptions()) -> list[Hypothesis]:
        return [Hypothesis(tuple(chained(map(split, texts))), "en") for texts in self._texts(batch)]

    def _texts(self, batch: list[np.ndarray]) -> list[list[str]]:
        """The text of each recording; where the model found no end, it is asked again for the halves: those of both."""
        texts = []
        for samples, (text, is_finished) in zip(batch, self._decode(batch), strict=True):
            is_short = len(samples) <= MIN_HALVED_SECONDS * SAMPLE_RATE
            is_whole = is_finished or is_short
            texts.append([text] if is_whole else [part for half in self._texts(_halves(samples)) for part in half])
        return texts

    def _decode(self, batch: list[np.ndarray]) -> list[tuple[str, bool]]:
        """What the model writes for each recording, and whether it wrote that this is all."""
        import torch
        from transformers import GenerationConfig

        model = self.model
        lengths = [max(len(samples), SAMPLE_RATE) for samples in batch]  # its features need more than a moment
        audio = np.stack([np.pad(samples, (0, max(lengths) - len(samples))) for samples in batch])
        prompt = f"{PROMPT}{model.audio_locator_tag}"
        responses = model.generate(
            prompts=[[{"role": "user", "content": prompt}] for _ in batch],
            audios=torch.from_numpy(audio).to(self.device),
            audio_lens=torch.tensor(lengths, device=self.device),
            generation_config=GenerationConfig(
                bos_token_id=model.text_bos_id,
                eos_token_id=model.text_eos_id,
                pad_token_id=model.text_pad_id,
                do_sample=False,
                max_new_tokens=self._max_new_tokens(max(lengths) / SAMPLE_RATE),
            ),
        )
        return [self._read(response) for response in responses.tolist()]

    def _max_new_tokens(self, duration: float) -> int:
        """A token for each frame that the encoder gives the language model, 12.5 a second, and some spare.

        People say two to four words a second, and a word is one or two tokens: what needs more repeats itself.
        """
        return math.ceil(duration / self.model.token_equivalent_duration) + SPARE_TOKENS

    def _read(self, response: list[int]) -> tuple[str, bool]:
        end = self.model.text_eos_id
        is_finished = end in response
        tokens = response[: response.index(end)] if is_finished else response
        return self.model.tokenizer.ids_to_text(tokens), is_finished


def _halves(samples: np.ndarray) -> list[np.ndarray]:
    """Two pieces, cut where it is quiet."""
    cut = quietest(samples, 0.3, 0.6)
    return [samples[:cut], samples[cut:]]


TYPE = EngineType(
    name="canary-qwen",
    title="NVIDIA Canary-Qwen",
    kind=SALM,
    packages=("nemo", "torch", "peft", "accelerate"),
    install="pip install -r requirements-canary-qwen.txt",
    compute_types={"cpu": ("bfloat16", "float32"), "cuda": ("bfloat16", "float32")},
    restore=restore,
    engine=NemoSalmEngine,
)
