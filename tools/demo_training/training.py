"""What the three training programs share: features spoilt on the mel axis, frame labels, and one run's bookkeeping."""

import argparse
import math
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from tools.demo_training import corpora
from tools.demo_training.compose import Composer, Utterance
from tools.demo_training.words import WORDS

SILENCE_LABEL = 2 * len(WORDS)


def arguments(description: str, steps: int) -> argparse.ArgumentParser:
    """The options that every training program has."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with fsdd/ and speech-commands/")
    parser.add_argument("out", type=Path, help="model to write")
    parser.add_argument("--synthetic", type=Path, help="folder that synthesize.py wrote")
    parser.add_argument("--init", type=Path, help="model to start from")
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    parser.add_argument("--seconds", type=float, default=45, help="audio in a batch")
    parser.add_argument(
        "--leave-out", nargs="+", default=[], metavar="SPEAKER", help='FSDD speakers not to hear, or "all"'
    )
    parser.add_argument("--all-crowd", action="store_true", help="also the tenth of the crowd kept for testing")
    parser.add_argument("--speechless", type=float, default=0.1, metavar="SHARE", help="of utterances without speech")
    parser.add_argument("--often", type=Path, metavar="CLIP", help="without speech, to hear as often as 60 others")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=0)
    return parser


def composer(args: argparse.Namespace) -> Composer:
    heard = corpora.load(args.data, args.synthetic, args.leave_out, args.all_crowd)
    if args.often:
        heard.background.extend([corpora.read(args.often)] * 60)
    return Composer(heard, args.seed, speechless_share=args.speechless)


def stack(batch: list[Utterance]) -> tuple[torch.Tensor, torch.Tensor]:
    """Samples [B, N], zero-padded, and lengths [B]."""
    lengths = torch.tensor([len(u.audio) for u in batch])
    audio = torch.zeros(len(batch), int(lengths.max()))
    for row, utterance in zip(audio, batch):
        row[: len(utterance.audio)] = torch.from_numpy(utterance.audio)
    return audio, lengths


def frame_labels(batch: list[Utterance], frames: int, frame: float) -> torch.Tensor:
    """[B, frames]: which half of which word is said in each frame of `frame` seconds, or SILENCE_LABEL."""
    labels = torch.full((len(batch), frames), SILENCE_LABEL)
    for row, utterance in zip(labels, batch):
        for word, start, end in zip(utterance.words, utterance.starts, utterance.ends):
            first, last = round(start / frame), max(round(start / frame) + 1, round(end / frame))
            middle = (first + last + 1) // 2
            row[first:middle], row[middle:last] = 2 * WORDS.index(word), 2 * WORDS.index(word) + 1
    return labels


def _resample_mel(features: torch.Tensor, low: float, high: float) -> torch.Tensor:
    """Another length of the vocal tract: the mel axis of [B, F, T] stretched by a factor an utterance."""
    batch, bins, frames = features.shape
    source = torch.arange(bins) * torch.empty(batch, 1).uniform_(low, high) + torch.empty(batch, 1).uniform_(-1, 1)
    source = source.clamp(0, bins - 1.001)
    lower = source.long()
    share = (source - lower)[..., None]

    def pick(index: torch.Tensor) -> torch.Tensor:
        return features.gather(1, index[..., None].expand(-1, -1, frames))

    return pick(lower) * (1 - share) + pick(lower + 1) * share


def another_recording(features: torch.Tensor, low: float = 0.9, high: float = 1.1, spread: float = 1.0) -> torch.Tensor:
    """Log-mel [B, F, T] as another speaker and another chain would have made it.

    Random equalisation, more or less rumble, a deeper or shallower noise floor. `spread` is the standard deviation of
    the features, in whose unit the changes are made.
    """
    features = _resample_mel(features, low, high)
    batch, bins, _ = features.shape

    def uniform(a: float, b: float) -> torch.Tensor:
        return torch.empty(batch, 1, 1).uniform_(a, b)

    curve = functional.interpolate(torch.randn(batch, 1, 7) * 0.35, size=bins, mode="linear", align_corners=True)
    rumble = torch.randn(batch, 1, 1) * torch.exp(-torch.arange(bins) / 3.0).view(1, bins, 1)
    changed = (torch.rand(batch, 1, 1) < 0.8).float() * spread
    features = features + changed * (curve.transpose(1, 2) + rumble)
    mean = features.mean((1, 2), keepdim=True)
    below = functional.relu(mean + uniform(-1.0, 0.3) * spread - features)
    return features - changed / spread * uniform(-0.5, 1.0) * below


def normalise(features: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """Each of [B, F, T] to mean 0 and variance 1 within its length, and 0 behind it, as the preprocessor leaves it."""
    inside = (torch.arange(features.shape[2])[None] < lengths[:, None])[:, None]
    count = lengths[:, None, None] * features.shape[1]
    mean = (features * inside).sum((1, 2), keepdim=True) / count
    centred = (features - mean) * inside
    return centred / ((centred**2).sum((1, 2), keepdim=True) / count + 1e-3).sqrt()


def attention_loss(scores: torch.Tensor, windows: torch.Tensor) -> torch.Tensor:
    """Minus the log of the attention that falls into each token's window, averaged over tokens and heads."""
    guided = windows[..., 1] > 0
    frames = torch.arange(scores.shape[-1])
    first = windows[..., :1].round().clamp(0, scores.shape[-1] - 1)
    inside = (frames >= first) & (frames <= torch.maximum(windows[..., 1:].round(), first))
    caught = (scores * inside[:, None]).sum(-1)
    return (-(caught + 1e-4).log() * guided[:, None]).sum() / (guided.sum() * caught.shape[1] + 1e-6)


def contiguous_gradients(module: torch.nn.Module) -> None:
    """Let each Conv2d's gradient arrive contiguous: oneDNN's backward is else ten times slower."""
    for conv in module.modules():
        if isinstance(conv, torch.nn.Conv2d):
            conv.register_forward_pre_hook(lambda _, inputs: (inputs[0].contiguous(),))
            conv.register_forward_hook(
                lambda _, __, out: out.register_hook(torch.Tensor.contiguous) and None if out.requires_grad else None
            )


class Run:
    """Optimiser, learning rate, moving average of the weights, log and checkpoint of one training run."""

    def __init__(self, model: torch.nn.Module, helpers: torch.nn.Module, args: argparse.Namespace, slow=()):
        """`helpers` are heads that only training needs; parameters in `slow` learn at 0.6 of the rate."""
        self.model, self.helpers, self.steps, self.rate = model, helpers, args.steps, args.rate
        slow_ids = {id(p) for p in slow}
        fast = [p for p in (*model.parameters(), *helpers.parameters()) if id(p) not in slow_ids]
        groups = [{"params": fast, "share": 1.0}, {"params": list(slow), "share": 0.6}]
        self.optimizer = torch.optim.AdamW(groups, args.rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
        # Not torch's AveragedModel: it copies the model, which NeMo's models do not allow.
        self.average = {name: value.clone().float() for name, value in model.state_dict().items()}
        self.step, self.began, self.figures = 0, time.time(), []
        self.checkpoint = args.out.with_suffix(".state")
        if self.checkpoint.exists():
            self._resume()

    def __iter__(self) -> Iterator[int]:
        while self.step < self.steps:
            yield self.step

    def update(self, loss: torch.Tensor, **figures: float) -> None:
        done = self.step / self.steps
        rate = self.rate * min(1, (self.step + 1) / 300) * (0.02 + 0.98 * (0.5 + 0.5 * math.cos(math.pi * done)))
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group["share"]
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for g in self.optimizer.param_groups for p in g["params"]], 2.0)
        self.optimizer.step()
        self.step += 1
        if self.step % 4 == 0:
            self._follow(min(0.998, self.step / (self.step + 20)) ** 4)
        self.figures.append(figures)
        if self.step % 100 == 0:
            means = {name: np.mean([f[name] for f in self.figures if name in f]) for name in figures}
            print(
                f"{time.time() - self.began:6.0f} s step {self.step}/{self.steps} rate {rate:.1e}",
                *(f"{name} {value:.3f}" for name, value in means.items()),
                flush=True,
            )
            self.figures.clear()
        if self.step % 500 == 0:
            self._save()

    @torch.no_grad()
    def _follow(self, keep: float) -> None:
        for name, value in self.model.state_dict().items():
            if value.is_floating_point():
                self.average[name].lerp_(value.float(), 1 - keep)
            else:
                self.average[name].copy_(value)

    def _save(self) -> None:
        part = self.checkpoint.with_suffix(".part")
        torch.save(
            {
                "model": self.model.state_dict(),
                "helpers": self.helpers.state_dict(),
                "average": self.average,
                "optimizer": self.optimizer.state_dict(),
                "step": self.step,
            },
            part,
        )
        part.replace(self.checkpoint)

    def _resume(self) -> None:
        state = torch.load(self.checkpoint)
        self.model.load_state_dict(state["model"])
        self.helpers.load_state_dict(state["helpers"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average, self.step = state["average"], state["step"]
        print(f"goes on from step {self.step}", flush=True)

    @contextmanager
    def averaged(self):
        """The model with the averaged weights, for evaluation."""
        own = {name: value.clone() for name, value in self.model.state_dict().items()}
        self.load_average()
        self.model.eval()
        yield self.model
        self.model.load_state_dict(own)
        self.model.train()

    def load_average(self) -> None:
        own = self.model.state_dict()
        self.model.load_state_dict({name: value.to(own[name].dtype) for name, value in self.average.items()})

    def finish(self) -> None:
        """Averaged weights in the model; the checkpoint is no longer needed."""
        self.load_average()
        self.model.eval()
        self.checkpoint.unlink(missing_ok=True)


def save_half(model, path: Path) -> None:
    """save_to() with half-precision weights, which restore_from() copies into float32 ones; half the size.

    The mel filterbank stays float32: it is no weight, and its rounding would be felt.
    """
    filters = {name: value.clone() for name, value in model.preprocessor.state_dict().items()}
    model.half()
    model.preprocessor.float()
    model.preprocessor.load_state_dict(filters)
    model.save_to(str(path))
    model.float()


def quiet_nemo() -> None:
    import logging

    logging.getLogger("nv_one_logger").setLevel(logging.ERROR)
    import nemo.collections.asr.models  # noqa: F401
    from nemo.utils import logging as nemo_logging

    nemo_logging.set_verbosity(nemo_logging.ERROR)
