"""Train the demo Canary: the encoder of the trained demo Parakeet under a Transformer decoder with Canary's prompt.

    python -m tools.demo_training.train_canary ../shared/data demo_models/canary.nemo --synthetic synthetic \\
        --parakeet demo_models/parakeet.nemo

A decoder this small loses its place among equal words. Canary's large ones write the time of each word where the prompt
asks for it; ours has to keep its place in plain text too. So the vocabulary has every word once for each third of a
second of the window (Canary's aggregate tokenizer holds many vocabularies side by side, one a language): which of them
the decoder writes says where that word ended, and there it listens on. They all read the same.
Whatever the prompt asks for, the answer is the plain words.
"""

import math
import random
from pathlib import Path

import torch
from omegaconf import OmegaConf
from torch import nn
from torch.nn import functional

from tools.demo_training.compose import Utterance
from tools.demo_training.tokenizer import one_piece_a_word
from tools.demo_training.training import (
    SILENCE_LABEL,
    Run,
    another_recording,
    arguments,
    attention_loss,
    composer,
    contiguous_gradients,
    frame_labels,
    normalise,
    quiet_nemo,
    save_half,
    stack,
)
from tools.demo_training.words import WORDS

FRAME = 0.08
PLACE = 4 * FRAME
PLACES = math.ceil(30 / PLACE)
ROWS = len(WORDS) + 1
"""Tokens of one place's vocabulary: the unknown piece, then the words."""
SPECIAL = [
    "<|startofcontext|>",
    "<|en|>",
    "<|unklang|>",
    "<|itn|>",
    "<|noitn|>",
    "<|timestamp|>",
    "<|notimestamp|>",
    "<|diarize|>",
    "<|nodiarize|>",
    *(f"<|emo:{mood}|>" for mood in ("undefined", "neutral", "happy", "sad", "angry")),
]
# Lengths of strings from each part of the run on: who can find the third word learns to find the tenth.
CURRICULUM = (
    (0.0, ((1, 1), (1, 3))),
    (0.05, ((1, 3), (2, 6))),
    (0.12, ((1, 1), (2, 6), (4, 10))),
    (0.2, ((1, 1), (2, 6), (4, 10), (8, 20), (12, 20))),
)


def build(out: Path, parakeet: Path, init: Path | None):
    from nemo.collections.asr.models import ASRModel, EncDecMultiTaskModel
    from nemo.collections.common.tokenizers.canary_tokenizer import CanaryTokenizer

    if init:
        return ASRModel.restore_from(str(init), map_location="cpu")
    source = ASRModel.restore_from(str(parakeet), map_location="cpu")
    folder = out.with_suffix(".tokenizer")
    one_piece_a_word(folder / "en")
    CanaryTokenizer.build_special_tokenizer(SPECIAL, folder / "special")
    config = OmegaConf.load(Path(__file__).with_name("canary.yaml"))
    config.tokenizer.langs = {
        "spl_tokens": {"dir": str(folder / "special"), "type": "bpe"},
        **{place_name(place): {"dir": str(folder / "en"), "type": "bpe"} for place in range(PLACES)},
    }
    config.preprocessor, config.spec_augment = source.cfg.preprocessor, source.cfg.spec_augment
    # Absolute positions instead of Parakeet's relative ones, so that a frame can tell the decoder where it is.
    config.encoder = {**source.cfg.encoder, "self_attention_model": "abs_pos"}
    model = EncDecMultiTaskModel(config)
    missing, _ = model.encoder.load_state_dict(source.encoder.state_dict(), strict=False)
    assert not missing, missing
    _keep_places(model.encoder)
    return model


@torch.no_grad()
def _keep_places(encoder) -> None:
    """Keep some of the channels for the code of a frame's place, which else drowns in a sound fifteen times stronger.

    The layers add nothing to these channels; those hold sines and cosines of 10 to 630 frames' length. The rest of the
    sound stays as it was: all that is summed up to the first layer's normalisation is scaled alike.
    """
    channels = torch.tensor([channel for pair in range(8, 84, 8) for channel in (pair, pair + 1)])
    for layer in encoder.layers:
        share = 0.1 if layer is encoder.layers[0] else 1.0
        for module in (
            *((encoder.pre_encode.out,) if layer is encoder.layers[0] else ()),
            layer.feed_forward1.linear2,
            layer.feed_forward2.linear2,
            layer.self_attn.linear_out,
            layer.conv.pointwise_conv2,
        ):
            for parameter in module.parameters():
                parameter.mul_(share)
                parameter[channels] = 0
        layer.norm_out.weight[channels] = 3
        layer.norm_out.bias[channels] = 0


def place_name(place: int) -> str:
    return f"en_{place}" if place else "en"


class PlacedEmbedding(nn.Module):
    """Canary's token embedding while it learns: a word's row is the sum of its word's and its place's."""

    def __init__(self, weight: torch.Tensor, is_new: bool) -> None:
        """Takes `weight` [special tokens + PLACES * ROWS, D] apart."""
        super().__init__()
        special = len(weight) - PLACES * ROWS
        table = weight[special:].detach().unflatten(0, (PLACES, ROWS))
        self.special = nn.Parameter(weight[:special].detach().clone())
        self.places = nn.Parameter(_sinusoids(PLACES, weight.shape[1]) if is_new else table.mean(1))
        self.words = nn.Parameter(table[0].clone() if is_new else table.mean(0) - table.mean((0, 1)))

    @property
    def weight(self) -> torch.Tensor:
        return torch.cat([self.special, (self.places[:, None] + self.words).flatten(0, 1)])

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return functional.embedding(ids, self.weight)


def _sinusoids(count: int, width: int) -> torch.Tensor:
    """[count, width]: neighbouring places are alike, as the encoder's codes of them are."""
    waves = torch.exp(-math.log(1000) * torch.arange(0, width, 2) / width)
    angles = torch.arange(count)[:, None] * waves
    return torch.cat([angles.sin(), angles.cos()], 1) * width**-0.5


def prompt(special: dict[str, int]) -> list[int]:
    """A prompt as canary2 spells it, its switches set at random: none of them changes the answer."""
    switches = [
        random.choice(pair)
        for pair in (
            ("<|pnc|>", "<|nopnc|>"),
            ("<|noitn|>", "<|noitn|>", "<|itn|>"),
            ("<|notimestamp|>", "<|notimestamp|>", "<|timestamp|>"),
            ("<|nodiarize|>", "<|nodiarize|>", "<|diarize|>"),
        )
    ]
    return [
        special[token]
        for token in ("<|startofcontext|>", "<|startoftranscript|>", "<|emo:undefined|>", "<|en|>", "<|en|>", *switches)
    ]


def decoder_batch(batch: list[Utterance], tokenizer):
    """Inputs [B, L], their lengths [B], targets [B, L] (-1: no loss) and attention windows [B, L, 2] in frames."""
    rows = []
    for utterance in batch:
        head = prompt(tokenizer.special_tokens)
        heard, answer, windows = [], [], [(0.0, 0.0)] * (len(head) - 1)
        for word, start, end in zip(utterance.words, utterance.starts, utterance.ends):
            answer.append(token(tokenizer, word, end))
            # A place as the model will have written it itself: now and then the one beside.
            heard.append(token(tokenizer, word, end + random.gauss(0, 0.3 * PLACE)))
            windows.append((start / FRAME, max(end / FRAME, start / FRAME + 1)))
        answer.append(tokenizer.eos_id)
        rows.append((head + heard, [-1] * (len(head) - 1) + answer, [*windows, (0.0, 0.0)]))
    lengths = torch.tensor([len(inputs) for inputs, _, _ in rows])
    longest = int(lengths.max())
    inputs = torch.full((len(rows), longest), tokenizer.pad_id)
    targets, windows = torch.full((len(rows), longest), -1), torch.zeros(len(rows), longest, 2)
    for b, (given, wanted, spans) in enumerate(rows):
        inputs[b, : len(given)], targets[b, : len(given)] = torch.tensor(given), torch.tensor(wanted)
        windows[b, : len(given)] = torch.tensor(spans)
    return inputs, lengths, targets, windows


def token_weights(targets: torch.Tensor, end: int) -> torch.Tensor:
    """[B, L]: an end behind words counts less than a word, for who ends too early loses all that would have come.

    Where nothing is said, to end at once counts more.
    """
    is_silent = (targets >= 0).sum(1, keepdim=True) == 1
    ends = torch.where(is_silent, 3.0, 0.4)
    return (targets >= 0) * torch.where(targets == end, ends, 1.0)


def token(tokenizer, word: str, end: float) -> int:
    place = min(max(int(end / PLACE), 0), PLACES - 1)
    return tokenizer.token_id_offset[place_name(place)] + 1 + WORDS.index(word)


class Heads(nn.Module):
    """What each frame of the encoder has to know: the half of the word it is in, and its place."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.current, self.place = nn.Linear(width, SILENCE_LABEL + 1), nn.Linear(width, PLACES)

    def loss(self, encoded: torch.Tensor, inside: torch.Tensor, batch: list[Utterance]):
        """`encoded` [B, T, D] against the words; `inside` [B, T] is false behind the end."""
        labels = frame_labels(batch, encoded.shape[1], FRAME).masked_fill(~inside, -1)
        places = (torch.arange(encoded.shape[1]) * FRAME / PLACE).long().clamp(max=PLACES - 1)
        places = places.expand_as(inside).masked_fill(~inside, -1)
        return [
            functional.cross_entropy(
                head(encoded).flatten(0, 1), wanted.flatten(), ignore_index=-1, label_smoothing=0.05
            )
            for head, wanted in ((self.current, labels), (self.place, places))
        ]


def main() -> None:
    parser = arguments(__doc__, steps=7000)
    parser.add_argument("--parakeet", type=Path, help="the trained model whose encoder this one starts from")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    random.seed(args.seed)
    quiet_nemo()
    model = build(args.out, args.parakeet, args.init)
    torch.set_num_threads(args.threads)  # importing NeMo resets it
    contiguous_gradients(model.encoder)
    output = model.log_softmax.mlp.layer0
    embedding = PlacedEmbedding(output.weight, is_new=not args.init)
    model.transf_decoder.embedding.token_embedding = embedding
    scores: list[torch.Tensor] = []
    for layer in model.transf_decoder.decoder.layers:
        layer.second_sub_layer.register_forward_hook(lambda _, __, out: scores.append(out[1]["xatt_scores"]))
    words, heads = composer(args), Heads(model.cfg.encoder.d_model)
    run = Run(model, heads, args, slow=model.encoder.parameters())
    model.train()
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters", flush=True)
    for step in run:
        done = 1.0 if args.init else step / args.steps
        batch = words.batch(args.seconds, lengths=[lengths for begin, lengths in CURRICULUM if done >= begin][-1])
        audio, lengths = stack(batch)
        with torch.no_grad():
            features, feature_lengths = model.preprocessor(input_signal=audio, length=lengths)
            features = normalise(another_recording(features), feature_lengths)
            features = model.spec_augmentation(input_spec=features, length=feature_lengths)
        encoded, frames = model.encoder(audio_signal=features, length=feature_lengths)
        encoded = encoded.transpose(1, 2)
        inside = torch.arange(encoded.shape[1])[None] < frames[:, None]
        inputs, counts, targets, windows = decoder_batch(batch, model.tokenizer)
        scores.clear()
        states = model.transf_decoder(
            input_ids=inputs,
            decoder_mask=(torch.arange(inputs.shape[1])[None] < counts[:, None]).float(),
            encoder_embeddings=model.encoder_decoder_proj(encoded),
            encoder_mask=inside.float(),
        )
        logits = functional.linear(states, embedding.weight, output.bias)
        losses = functional.cross_entropy(logits.transpose(1, 2), targets, ignore_index=-1, reduction="none")
        weights = token_weights(targets, model.tokenizer.eos_id)
        text_loss = (losses * weights).sum() / weights.sum()
        guide = sum(attention_loss(layer, windows) for layer in scores) / len(scores)
        frame_loss, place_loss = heads.loss(encoded, inside, batch)
        run.update(
            text_loss + guide + 0.3 * frame_loss + 0.5 * place_loss,
            text=text_loss.item(),
            guide=guide.item(),
            frame=frame_loss.item(),
            place=place_loss.item(),
        )
    run.finish()
    output.weight = nn.Parameter(embedding.weight.detach())
    table = nn.Embedding(*output.weight.shape, padding_idx=0)
    table.weight = output.weight
    model.transf_decoder.embedding.token_embedding = table
    save_half(model, args.out)


if __name__ == "__main__":
    main()
