"""Trains the small speech language model of the tests, which hears tones: python -m tools.train_tones

It has Canary-Qwen's classes and writes "low", "middle" or "high" for each tone. Ten minutes on one core.
"""

import random
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tests.support.small_salm import (
    SMALL_ENCODER,
    SMALL_LANGUAGE_MODEL,
    TAG,
    configuration,
    untrained,
    write_language_model,
)
from transcriber.engines.canary_qwen.checkpoint import save
from transcriber.engines.canary_qwen.engine import PROMPT

TONES = {"low": 300, "middle": 1000, "high": 3000}
"""Hz."""
RATE = 16_000
MODEL = Path("tests/data/tones.nemo")
STEPS, BATCH, RISES = 1500, 16, (200, 350, 500, 650)
"""From each of these steps on, recordings may have one tone more."""


def recording(words: list[str], chance: random.Random) -> np.ndarray:
    """A tone for each word, between pauses, in a little noise. [N] at 16 kHz."""
    parts = []
    for word in words:
        parts.append(np.zeros(int(RATE * chance.uniform(0.2, 0.6))))
        turns = TONES[word] * chance.uniform(0.95, 1.05) * np.arange(int(RATE * chance.uniform(0.25, 0.4))) / RATE
        parts.append(chance.uniform(0.1, 0.5) * np.sin(2 * np.pi * turns))
    parts.append(np.zeros(int(RATE * chance.uniform(0.06, 0.4))))
    audio = np.concatenate(parts)
    return (audio + np.random.default_rng(chance.getrandbits(32)).normal(0, 0.002, len(audio))).astype(np.float32)


def batch(model: Any, most: int, chance: random.Random) -> dict[str, torch.Tensor]:
    """What SALM.prepare_inputs() takes: recordings of up to `most` tones, prompts and answers padded on the left."""
    said = [chance.choices(list(TONES), k=chance.randint(1, most)) for _ in range(BATCH)]
    # Without some of the first pause: where long recordings are cut, little of one may be left.
    audio = [torch.from_numpy(recording(words, chance)[int(RATE * chance.uniform(0, 0.14)) :]) for words in said]
    tokens = model.tokenizer.text_to_ids
    prompt = tokens(f"<|im_start|>user\n{PROMPT}{TAG}<|im_end|>\n<|im_start|>assistant\n")
    answers = [tokens(" ".join(words) + "<|im_end|>\n") for words in said]
    width = len(prompt) + max(map(len, answers))
    ids = torch.full((BATCH, width), model.text_pad_id)
    is_answer = torch.zeros((BATCH, width), dtype=torch.bool)
    for row, answer in enumerate(answers):
        ids[row, -len(prompt) - len(answer) :] = torch.tensor(prompt + answer)
        is_answer[row, -len(answer) :] = True
    return {
        "audios": torch.nn.utils.rnn.pad_sequence(audio, batch_first=True),
        "audio_lens": torch.tensor([len(samples) for samples in audio]),
        "input_ids": ids,
        "loss_mask": is_answer,
    }


def train(model: Any) -> None:
    """All of the weights, not LoRA's alone: the language model knows nothing yet."""
    chance = random.Random(0)
    model.train().requires_grad_(True)
    optimizer = torch.optim.AdamW(model.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=STEPS)
    for step in range(STEPS):
        inputs = model.prepare_inputs(batch(model, 1 + sum(step >= rise for rise in RISES), chance))
        logits = model(inputs["input_embeds"], attention_mask=inputs["attention_mask"])["logits"]
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), inputs["target_ids"].flatten())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 50 == 0:
            print(step, f"{loss.item():.4f}", flush=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        language_model = write_language_model(Path(folder) / "language-model", SMALL_LANGUAGE_MODEL)
        config = configuration("Qwen/Qwen3-1.7B", SMALL_ENCODER, 64, mels=80, rank=4)
        config["perception"]["preprocessor"]["normalize"] = "all_features"  # learns much faster from a few tones
        model = untrained(config, language_model)
        train(model)
        model.cfg.pretrained_llm = config["pretrained_llm"]
        MODEL.parent.mkdir(exist_ok=True)
        save(model.bfloat16(), MODEL)


if __name__ == "__main__":
    main()
