"""Train the demo Whisper: openai-whisper's own modules at a small size, saved as whisper.load_model() expects.

    python -m tools.demo_training.train_whisper ../shared/data demo_models/whisper.pt --synthetic synthetic

The multilingual tokenizer fixes 51,865 embedding rows, of which about 1,550 are ever used here. Only those are trained;
the others share one learnt row, so training pays for one more class and the deflated file for one more row.
Each word is a segment of its own, between two timestamp tokens: the last timestamp tells the decoder where to listen
next, which is how so small a model keeps its place in a string of equal words.
"""

import io
import random
import zipfile
from pathlib import Path

import numpy as np
import torch
import whisper
from torch import nn
from torch.nn import functional
from whisper.audio import mel_filters
from whisper.model import ModelDimensions, Whisper
from whisper.tokenizer import get_tokenizer

from tools.demo_training.compose import LENGTHS, Utterance
from tools.demo_training.training import (
    SILENCE_LABEL,
    Run,
    another_recording,
    arguments,
    attention_loss,
    composer,
    frame_labels,
    stack,
)
from tools.demo_training.words import SAMPLE_RATE, WORDS

TOKENIZER = get_tokenizer(multilingual=True, num_languages=99, language="en", task="transcribe")
WORD_TOKENS = {word: TOKENIZER.encode(" " + word)[0] for word in WORDS}
SOT, ENGLISH, TRANSCRIBE = TOKENIZER.sot_sequence
EOT, FIRST_TIME, NO_TIMES = TOKENIZER.eot, TOKENIZER.timestamp_begin, TOKENIZER.no_timestamps
SPECIAL = (SOT, ENGLISH, TRANSCRIBE, EOT, TOKENIZER.no_speech, NO_TIMES, TOKENIZER.sot_prev)
USED = sorted({*WORD_TOKENS.values(), *SPECIAL, *range(FIRST_TIME, FIRST_TIME + 1501)})
ROW = {token: row for row, token in enumerate(USED)}
VOCABULARY, WIDTH, WINDOW, FRAME = 51_865, 144, 1500, 0.02
TENTH = round(0.1 / FRAME)
DIMENSIONS = ModelDimensions(
    n_mels=80,
    n_audio_ctx=WINDOW,
    n_audio_state=WIDTH,
    n_audio_head=4,
    n_audio_layer=4,
    n_vocab=VOCABULARY,
    n_text_ctx=448,
    n_text_state=WIDTH,
    n_text_head=4,
    n_text_layer=2,
)
# How many frames of 20 ms away each head of each encoder layer listens at first.
OFFSETS = ((-8, -3, 3, 8), (-15, -5, 5, 15), (-24, -9, 9, 24), (-12, -4, 4, 12))
# Parts of a run: clean strings, the encoder alone on frame labels, short windows, then windows of 30 s as at inference.
CLEAN, ENCODER_ONLY, SHORT = 0.05, 0.25, 0.75
WHOLE_WINDOW_LENGTHS = (*LENGTHS, (15, 30), (30, 50))


def log_mel(audio: torch.Tensor) -> torch.Tensor:
    """whisper.log_mel_spectrogram for [B, N], with each row's own maximum."""
    spectrum = torch.stft(audio, 400, 160, window=torch.hann_window(400), return_complex=True)[..., :-1].abs() ** 2
    mel = (mel_filters("cpu", 80) @ spectrum).clamp(min=1e-10).log10()
    mel = torch.maximum(mel, mel.amax((1, 2), keepdim=True) - 8)
    return (mel + 4) / 4


def spoil(mel: torch.Tensor) -> torch.Tensor:
    """Another voice and recording, and two masks on each axis."""
    mel = another_recording(mel, spread=0.35)
    mel = torch.maximum(mel, mel.amax((1, 2), keepdim=True) - 2)
    for row in mel:
        floor = row.amin()
        for axis in (0, 0, 1, 1):
            width = random.randint(0, 8)
            at = random.randint(0, row.shape[axis] - width)
            row.narrow(axis, at, width).fill_(floor)
    return mel


def time_token(seconds: float) -> int:
    """To a tenth of a second: openai-whisper tries anew, and at random, where the tokens are not sure on average."""
    return FIRST_TIME + min(WINDOW, max(0, round(seconds * 10) * TENTH))


def spoken_tokens(utterance: Utterance, offset: float, timed: bool) -> list[tuple[int, tuple[float, float] | None]]:
    """The answer's tokens, each with the stretch of seconds that it speaks of."""
    tokens: list[tuple[int, tuple[float, float] | None]] = []
    for index, word in enumerate(utterance.words):
        start = utterance.starts[index] + offset
        end = max(utterance.ends[index] + offset, start + 0.1)
        # openai-whisper lets no first segment start later than 1 s; a word cut by the window's end has no end.
        begin = min(start, 1.0) if index == 0 and offset == 0 else start
        if timed:
            tokens.append((time_token(begin), (start - 0.06, start + 0.06)))
        if end > WINDOW * FRAME:
            break
        tokens.append((WORD_TOKENS[word], (start, end)))
        if timed:
            tokens.append((time_token(end), (end - 0.06, end + 0.06)))
    if not utterance.words and timed:
        tokens.append((FIRST_TIME, None))
    return [*tokens, (EOT, None)]


def earlier_text() -> list[int]:
    """What condition_on_previous_text gives the decoder: the words of a window before."""
    at, tokens = random.uniform(0, 3), [TOKENIZER.sot_prev]
    for _ in range(random.randint(1, 12)):
        end = at + random.uniform(0.2, 0.8)
        tokens += [time_token(at), random.choice(list(WORD_TOKENS.values())), time_token(end)]
        at = end + random.uniform(0, 1)
    return tokens


def decoder_batch(batch: list[Utterance], offset: float):
    """Inputs [B, L] and targets [B, L] as compact rows (-1: no loss), and windows [B, L, 2] in frames."""
    rows = []
    for utterance in batch:
        timed = random.random() < 0.85
        before = earlier_text() if random.random() < 0.2 else []
        head = [*before, SOT, ENGLISH, TRANSCRIBE, *([] if timed else [NO_TIMES])]
        answer = spoken_tokens(utterance, offset, timed)
        targets = [-1] * (len(head) - 1) + [ROW[token] for token, _ in answer]
        targets[len(before)] = ROW[ENGLISH] if utterance.words else ROW[TOKENIZER.no_speech]
        windows = [None] * (len(head) - 1) + [window for _, window in answer]
        heard = [jittered(token) for token, _ in answer[:-1]]
        rows.append(([ROW[token] for token in head + heard], targets, windows))
    longest = max(len(targets) for _, targets, _ in rows)
    inputs = torch.full((len(rows), longest), ROW[EOT])
    targets = torch.full((len(rows), longest), -1)
    windows = torch.zeros(len(rows), longest, 2)
    for b, (given, wanted, spans) in enumerate(rows):
        inputs[b, : len(given)], targets[b, : len(wanted)] = torch.tensor(given), torch.tensor(wanted)
        for position, span in enumerate(spans):
            if span:
                windows[b, position] = torch.tensor(span) / FRAME
    return inputs, targets, windows


def jittered(token: int) -> int:
    """Timestamps as the model will have written them itself: a little off."""
    if token < FIRST_TIME:
        return token
    return min(FIRST_TIME + WINDOW, max(FIRST_TIME, token + TENTH * round(random.gauss(0, 0.35))))


def _listen_at(attention: nn.Module, offsets: tuple[int, ...], strength: float = 1.5) -> None:
    """Let each head begin by listening `offset` frames away, as a convolution's tap would.

    A transformer finds out only slowly that neighbours matter. Query times key over the sinusoidal code of places is
    a sum of cos(w (t + offset - s)), largest where s = t + offset.
    """
    half, per_head = WIDTH // 2, WIDTH // attention.n_head
    frequency = torch.exp(-np.log(10_000) / (half - 1) * torch.arange(half))
    query, key = torch.randn(WIDTH, WIDTH) * 0.02, torch.randn(WIDTH, WIDTH) * 0.02
    for head, offset in enumerate(offsets):
        for pair in range(per_head // 2):
            row, tone = head * per_head + 2 * pair, 2 * pair
            cosine, sine = torch.cos(frequency[tone] * offset), torch.sin(frequency[tone] * offset)
            query[row, tone] += strength * cosine
            query[row, half + tone] += strength * sine
            query[row + 1, half + tone] += strength * cosine
            query[row + 1, tone] -= strength * sine
            key[row, tone] += strength
            key[row + 1, half + tone] += strength
    attention.query.weight.copy_(query)
    attention.key.weight.copy_(key)
    attention.query.bias.zero_()


class Net(nn.Module):
    """Whisper with the compact embedding, its cross-attention open to a guiding loss, and a head for frame labels."""

    def __init__(self) -> None:
        super().__init__()
        self.whisper = Whisper(DIMENSIONS)
        self.whisper.decoder.token_embedding = nn.Embedding(len(USED) + 1, WIDTH)
        self.scores: torch.Tensor | None = None
        self.whisper.decoder.blocks[-1].cross_attn.register_forward_hook(self._keep_scores)
        with torch.no_grad():
            self._initialise()

    def _initialise(self) -> None:
        encoder, decoder = self.whisper.encoder, self.whisper.decoder
        nn.init.normal_(decoder.token_embedding.weight, std=0.05)
        nn.init.normal_(decoder.positional_embedding, std=0.02)
        # A timestamp's row starts as the encoder's code of that place: to listen there, or to name it, is then a copy.
        places = torch.cat([encoder.positional_embedding, encoder.positional_embedding[-1:]])
        decoder.token_embedding.weight[ROW[FIRST_TIME] : ROW[FIRST_TIME] + WINDOW + 1] = places * 0.15
        # With PyTorch's initialisation the sound is ten times weaker than the code of its place, and stays unheard.
        encoder.conv1.weight.mul_(2)
        encoder.conv2.weight.mul_(5)
        for block, offsets in zip(encoder.blocks, OFFSETS, strict=True):
            _listen_at(block.attn, offsets)

    def _keep_scores(self, attention, inputs, _output) -> None:
        """Cross-attention weights [B, heads, L, T] with their gradient; whisper returns them detached."""

        def heads(x: torch.Tensor) -> torch.Tensor:
            return x.view(*x.shape[:2], attention.n_head, -1).transpose(1, 2)

        query, key = heads(attention.query(inputs[0])), heads(attention.key(inputs[1]))
        self.scores = (query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5).softmax(-1)

    def encode(self, mel: torch.Tensor, place: int) -> torch.Tensor:
        """[B, 80, 2T] that begins at frame `place` of a window → [B, T, WIDTH]."""
        encoder = self.whisper.encoder
        x = functional.gelu(encoder.conv2(functional.gelu(encoder.conv1(mel)))).transpose(1, 2)
        x = x + encoder.positional_embedding[place : place + x.shape[1]]
        for block in encoder.blocks:
            x = block(x)
        return encoder.ln_post(x)

    def decode(self, inputs: torch.Tensor, encoded: torch.Tensor) -> torch.Tensor:
        """Logits [B, L, used + 1]; the last class stands for all rows that are never used."""
        decoder = self.whisper.decoder
        x = decoder.token_embedding(inputs) + decoder.positional_embedding[: inputs.shape[1]]
        for block in decoder.blocks:
            x = block(x, encoded, mask=decoder.mask)
        logits = decoder.ln(x) @ decoder.token_embedding.weight.T
        unused = logits[..., -1:] + np.log(VOCABULARY - len(USED))
        return torch.cat([logits[..., :-1], unused], -1)


def save(net: Net, path: Path) -> None:
    """The full embedding, half precision, deflated: thousands of equal rows cost nothing."""
    state = {name: value.half() for name, value in net.whisper.state_dict().items()}
    compact = state["decoder.token_embedding.weight"]
    rows = compact[-1].repeat(VOCABULARY, 1)
    rows[torch.tensor(USED)] = compact[:-1]
    state["decoder.token_embedding.weight"] = rows
    buffer = io.BytesIO()
    torch.save({"dims": DIMENSIONS.__dict__, "model_state_dict": state}, buffer)
    with zipfile.ZipFile(buffer) as stored, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name in stored.namelist():
            packed.writestr(name, stored.read(name))


def load(net: Net, path: Path) -> None:
    """The reverse of save()."""
    state = {name: value.float() for name, value in whisper.load_model(str(path), "cpu").state_dict().items()}
    rows = state["decoder.token_embedding.weight"]
    unused = next(token for token in range(VOCABULARY) if token not in ROW)
    state["decoder.token_embedding.weight"] = rows[torch.tensor([*USED, unused])]
    net.whisper.load_state_dict(state)


def main() -> None:
    args = arguments(__doc__, steps=10_000).parse_args()
    torch.manual_seed(args.seed)
    random.seed(args.seed)
    torch.set_num_threads(args.threads)
    words, net = composer(args), Net()
    if args.init:
        load(net, args.init)
    helpers = nn.Linear(WIDTH, SILENCE_LABEL + 1)
    run = Run(net, helpers, args)
    net.train()
    print(f"{sum(p.numel() for p in net.parameters()) / 1e6:.2f} M parameters, {len(USED)} tokens in use", flush=True)
    for step in run:
        done = step / args.steps
        if args.init:  # it can listen already
            done = max(done, ENCODER_ONLY)
        words.is_clean = done < CLEAN
        if done < SHORT:
            batch = words.batch(args.seconds, 15.0, LENGTHS[:4] if done < ENCODER_ONLY else LENGTHS)
            audio, _ = stack(batch)
            audio = functional.pad(audio, (0, -audio.shape[1] % 320 + random.choice((0, 0, 16_000))))
            place = 0 if random.random() < 0.5 else random.randint(0, WINDOW - audio.shape[1] // 320)
        else:
            batch = words.batch(1e9, 34.0, WHOLE_WINDOW_LENGTHS, most=max(2, round(args.seconds / 18)))
            audio, place = stack(batch)[0][:, : 30 * SAMPLE_RATE], 0
            audio = functional.pad(audio, (0, 30 * SAMPLE_RATE - audio.shape[1]))
        mel = log_mel(audio)
        encoded = net.encode(mel if words.is_clean else spoil(mel), place)
        labels = frame_labels(batch, encoded.shape[1], FRAME)
        frame_loss = functional.cross_entropy(helpers(encoded).flatten(0, 1), labels.flatten(), label_smoothing=0.05)
        if done < ENCODER_ONLY:
            run.update(frame_loss, frame=frame_loss.item())
            continue
        inputs, targets, windows = decoder_batch(batch, place * FRAME)
        windows = (windows - place) * (windows[..., 1:] > 0)
        text_loss = functional.cross_entropy(
            net.decode(inputs, encoded).flatten(0, 1), targets.flatten(), ignore_index=-1
        )
        guide = attention_loss(net.scores, windows)
        run.update(
            text_loss + 0.3 * guide + 0.3 * frame_loss,
            text=text_loss.item(),
            guide=guide.item(),
            frame=frame_loss.item(),
        )
    run.finish()
    save(net, args.out)


if __name__ == "__main__":
    main()
