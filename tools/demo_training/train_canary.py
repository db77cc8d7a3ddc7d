"""Train the demo Canary: the encoder of the trained demo Parakeet under a Transformer decoder with Canary's prompt.

    python -m tools.demo_training.train_canary ../shared/data demo_models/canary.nemo \\
        --parakeet demo_models/parakeet.nemo

A decoder that writes equal words in a row has to know which of them is next. Two losses teach it: its cross-attention
is guided to the word that each token is of, and the encoder's frames have to tell the two words before theirs, so that
the words written so far are a key to the place. Whatever the prompt asks for, the answer is the plain words.
"""

import random
from pathlib import Path

import torch
from omegaconf import OmegaConf
from torch import nn
from torch.nn import functional

from tools.demo_training.compose import Utterance
from tools.demo_training.tokenizer import make_tokenizer
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
    (0.08, ((1, 3), (2, 6))),
    (0.25, ((1, 1), (2, 6), (4, 10))),
    (0.5, ((1, 1), (2, 6), (4, 10), (8, 20), (12, 20))),
)


def build(out: Path, parakeet: Path, init: Path | None):
    from nemo.collections.asr.models import ASRModel, EncDecMultiTaskModel
    from nemo.collections.common.tokenizers.canary_tokenizer import CanaryTokenizer

    if init:
        return ASRModel.restore_from(str(init), map_location="cpu")
    source = ASRModel.restore_from(str(parakeet), map_location="cpu")
    folder = out.with_suffix(".tokenizer")
    make_tokenizer(folder / "en")
    CanaryTokenizer.build_special_tokenizer(SPECIAL, folder / "special")
    config = OmegaConf.load(Path(__file__).with_name("canary.yaml"))
    config.tokenizer.langs.spl_tokens.dir, config.tokenizer.langs.en.dir = str(folder / "special"), str(folder / "en")
    config.preprocessor, config.spec_augment = source.cfg.preprocessor, source.cfg.spec_augment
    config.encoder = source.cfg.encoder
    model = EncDecMultiTaskModel(config)
    model.encoder.load_state_dict(source.encoder.state_dict())
    return model


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
        answer, windows = [], [(0.0, 0.0)] * (len(head) - 1)
        for word, start, end in zip(utterance.words, utterance.starts, utterance.ends):
            pieces = tokenizer.text_to_ids(word, "en")
            answer += pieces
            windows += [(start / FRAME, max(end / FRAME, start / FRAME + 1))] * len(pieces)
        answer.append(tokenizer.eos_id)
        rows.append((head + answer[:-1], [-1] * (len(head) - 1) + answer, [*windows, (0.0, 0.0)]))
    lengths = torch.tensor([len(inputs) for inputs, _, _ in rows])
    longest = int(lengths.max())
    inputs = torch.full((len(rows), longest), tokenizer.pad_id)
    targets, windows = torch.full((len(rows), longest), -1), torch.zeros(len(rows), longest, 2)
    for b, (given, wanted, spans) in enumerate(rows):
        inputs[b, : len(given)], targets[b, : len(given)] = torch.tensor(given), torch.tensor(wanted)
        windows[b, : len(given)] = torch.tensor(spans)
    return inputs, lengths, targets, windows


def earlier_word_labels(batch: list[Utterance], frames: int, back: int) -> torch.Tensor:
    """[B, frames]: the word said `back` words before the one in this frame; len(WORDS): none; -1: no word here."""
    labels = torch.full((len(batch), frames), -1)
    for row, utterance in zip(labels, batch):
        for k, (start, end) in enumerate(zip(utterance.starts, utterance.ends)):
            word = WORDS.index(utterance.words[k - back]) if k >= back else len(WORDS)
            row[round(start / FRAME) : max(round(start / FRAME) + 1, round(end / FRAME))] = word
    return labels


class Heads(nn.Module):
    """What each frame of the encoder has to know: the half of the word it is in, and the two words before that."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.current = nn.Linear(width, SILENCE_LABEL + 1)
        self.earlier = nn.ModuleList(nn.Linear(width, len(WORDS) + 1) for _ in range(2))

    def losses(self, encoded: torch.Tensor, inside: torch.Tensor, batch: list[Utterance]):
        labels = frame_labels(batch, encoded.shape[1], FRAME).masked_fill(~inside, -1)
        current = functional.cross_entropy(self.current(encoded).flatten(0, 1), labels.flatten(), ignore_index=-1)
        earlier = encoded.new_zeros(())
        if any(utterance.words for utterance in batch):
            for back, head in enumerate(self.earlier, start=1):
                labels = earlier_word_labels(batch, encoded.shape[1], back).masked_fill(~inside, -1)
                earlier = earlier + functional.cross_entropy(
                    head(encoded).flatten(0, 1), labels.flatten(), ignore_index=-1
                )
        return current, earlier


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
        logs = model.log_softmax(hidden_states=states)
        text_loss = functional.nll_loss(logs.flatten(0, 1), targets.flatten(), ignore_index=-1)
        guide = sum(attention_loss(layer, windows) for layer in scores) / len(scores)
        current, earlier = heads.losses(encoded, inside, batch)
        run.update(
            text_loss + 1.5 * guide + 0.3 * current + 0.3 * earlier,
            text=text_loss.item(),
            guide=guide.item(),
            frame=current.item(),
            earlier=earlier.item(),
        )
    run.finish()
    save_half(model, args.out)


if __name__ == "__main__":
    main()
