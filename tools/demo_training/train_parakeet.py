"""Train the demo Parakeet: a FastConformer encoder with a TDT decoder, nvidia/parakeet-tdt-0.6b-v2 made small.

python -m tools.demo_training.train_parakeet ../shared/data demo_models/parakeet.nemo --synthetic synthetic
"""

from pathlib import Path

import torch
from omegaconf import OmegaConf
from torch.nn import functional

from tools.demo_training.tdt_loss import tdt_loss
from tools.demo_training.tokenizer import two_pieces_a_word
from tools.demo_training.training import (
    SILENCE_LABEL,
    Run,
    another_recording,
    arguments,
    composer,
    contiguous_gradients,
    frame_labels,
    normalise,
    quiet_nemo,
    save_half,
    stack,
)

FRAME = 0.08
# The first part of the run trains the encoder alone, on the frame labels: a step costs half.
ENCODER_ONLY = 0.2


def build(out: Path, init: Path | None):
    from nemo.collections.asr.models import ASRModel, EncDecRNNTBPEModel

    if init:
        return ASRModel.restore_from(str(init), map_location="cpu")
    folder = out.with_suffix(".tokenizer")
    vocabulary = two_pieces_a_word(folder)
    config = OmegaConf.load(Path(__file__).with_name("parakeet.yaml"))
    config.tokenizer.dir = str(folder)
    config.decoder.vocab_size = config.joint.num_classes = vocabulary
    config.joint.vocabulary = [""] * vocabulary
    return EncDecRNNTBPEModel(config)


def token_targets(batch, tokenizer):
    """Token ids [B, U], their numbers [B], and the frames at which each should start and end [B, U]."""
    most = max(1, *(2 * len(u.words) for u in batch))
    ids = torch.zeros(len(batch), most, dtype=torch.long)
    starts, ends = torch.zeros(len(batch), most), torch.zeros(len(batch), most)
    for b, utterance in enumerate(batch):
        for k, (word, start, end) in enumerate(zip(utterance.words, utterance.starts, utterance.ends)):
            middle = (start + end) / 2
            ids[b, 2 * k : 2 * k + 2] = torch.tensor(tokenizer.text_to_ids(word))
            starts[b, 2 * k : 2 * k + 2] = torch.tensor([round(start / FRAME), round(middle / FRAME)])
            ends[b, 2 * k : 2 * k + 2] = torch.tensor([round(middle / FRAME), round(end / FRAME)])
    return ids, torch.tensor([2 * len(u.words) for u in batch]), starts, ends


def main() -> None:
    args = arguments(__doc__, steps=9000).parse_args()
    torch.manual_seed(args.seed)
    quiet_nemo()
    model = build(args.out, args.init)
    torch.set_num_threads(args.threads)  # importing NeMo resets it
    contiguous_gradients(model.encoder)
    words = composer(args)
    helpers = torch.nn.Linear(model.cfg.encoder.d_model, SILENCE_LABEL + 1)
    run = Run(model, helpers, args)
    model.train()
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters", flush=True)
    for step in run:
        batch = words.batch(args.seconds)
        audio, lengths = stack(batch)
        with torch.no_grad():
            features, feature_lengths = model.preprocessor(input_signal=audio, length=lengths)
            features = normalise(another_recording(features), feature_lengths)
            features = model.spec_augmentation(input_spec=features, length=feature_lengths)
        encoded, frames = model.encoder(audio_signal=features, length=feature_lengths)
        encoded = encoded.transpose(1, 2)
        labels = frame_labels(batch, encoded.shape[1], FRAME)
        labels[torch.arange(encoded.shape[1])[None] >= frames[:, None]] = -1
        frame_loss = functional.cross_entropy(
            helpers(encoded).flatten(0, 1), labels.flatten(), ignore_index=-1, label_smoothing=0.05
        )
        if not args.init and step < ENCODER_ONLY * args.steps:
            run.update(frame_loss, tdt=0.0, frame=frame_loss.item())
            continue
        ids, counts, starts, ends = token_targets(batch, model.tokenizer)
        predicted, _, _ = model.decoder(targets=ids, target_length=counts)
        logits = model.joint.joint(encoded, predicted.transpose(1, 2))
        losses = tdt_loss(logits, ids, frames, counts, starts=starts, ends=ends)
        loss = losses.sum() / (counts.sum() + len(batch))
        run.update(loss + 0.5 * frame_loss, tdt=loss.item(), frame=frame_loss.item())
    run.finish()
    save_half(model, args.out)


if __name__ == "__main__":
    main()
