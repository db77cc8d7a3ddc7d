"""Canary at the published sizes: our encoder and decoder against NeMo's, on the processor.

    python -m benchmarks.canary [180m-flash 1b-flash 1b-v2]

NeMo's own modules with random weights, a batch of four chunks of 25 seconds. Nobody may write the end, so that both
write four tokens a second. NeMo computes in float32, as it does on a processor; ours in that and in bfloat16. The ways
take turns, after one round to warm up.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import torch
from torch.nn import ModuleDict

from benchmarks import turns
from transcriber.engines.nemo import checkpoint

SIZES = {
    "180m-flash": (512, 17, 1024, 4, 5248),
    "1b-flash": (1024, 32, 1024, 4, 5248),
    "1b-v2": (1024, 32, 1024, 8, 16384),
}
"""Widths and layers of encoder and decoder, and the tokens, of the published models."""
CHUNKS, SECONDS, PROMPT, END = 4, 25, 10, 2
FRAMES = 8
"""Of 10 ms that the encoder joins to one."""


def build(name: str) -> Any:
    """The modules of a Canary, in NeMo's names."""
    checkpoint.import_nemo()
    from nemo.collections.asr.modules import ConformerEncoder
    from nemo.collections.asr.modules.transformer.transformer import TransformerDecoderNM
    from nemo.collections.asr.parts.submodules.token_classifier import TokenClassifier

    wide, encoders, width, decoders, tokens = SIZES[name]
    torch.manual_seed(0)
    encoder = ConformerEncoder(
        feat_in=128,
        n_layers=encoders,
        d_model=wide,
        n_heads=8,
        subsampling="dw_striding",
        subsampling_factor=FRAMES,
        subsampling_conv_channels=256,
        conv_kernel_size=9,
    )
    decoder = TransformerDecoderNM(
        tokens, width, decoders, 4 * width, 8, max_sequence_length=PROMPT + 4 * SECONDS, num_token_types=0, pre_ln=True
    )
    head = TokenClassifier(width, tokens)
    head.mlp.last_linear_layer.bias.data[END] = -1e9
    parts = {"encoder": encoder, "encoder_decoder_proj": torch.nn.Linear(wide, width)}
    return ModuleDict({**parts, "transf_decoder": decoder, "log_softmax": head}).eval().requires_grad_(False)


def generator(model: Any) -> Any:
    from nemo.collections.asr.modules.transformer.transformer_generators import GreedySequenceGenerator

    decoder = model.transf_decoder
    return GreedySequenceGenerator(
        decoder.embedding,
        decoder.decoder,
        model.log_softmax,
        pad=0,
        eos=END,
        max_sequence_length=decoder.max_sequence_length,
        max_delta_length=-1,
        preserve_step_confidence=True,
    )


def way(model: Any, search: Any) -> Callable[[], torch.Tensor]:
    """From the features of a batch to its tokens."""
    features = torch.randn(CHUNKS, 128, SECONDS * 100, generator=torch.Generator().manual_seed(0))
    lengths = torch.full((CHUNKS,), features.shape[2])
    prompt = torch.arange(3, 3 + PROMPT).expand(CHUNKS, -1)

    @torch.inference_mode()
    def run() -> torch.Tensor:
        encoded, count = model.encoder(audio_signal=features, length=lengths)
        heard = model.encoder_decoder_proj(encoded.transpose(1, 2))
        is_sound = (torch.arange(heard.shape[1]) < count[:, None]).float()
        return search(decoder_input_ids=prompt, encoder_hidden_states=heard, encoder_input_mask=is_sound)[0]

    return run


def ours(name: str, compute_type: str) -> Callable[[], torch.Tensor]:
    from transcriber.engines.nemo.canary_decoder import CachedGreedyGenerator
    from transcriber.engines.nemo.encoder import cast, optimize

    model = cast(optimize(build(name)), compute_type)
    return way(model, CachedGreedyGenerator(generator(model), SimpleNamespace()))


def theirs(name: str) -> Callable[[], torch.Tensor]:
    model = build(name)
    return way(model, generator(model))


def compare(name: str, rounds: int) -> None:
    ways = {"ours, bfloat16": ours(name, "bfloat16"), "ours, float32": ours(name, "float32"), "NeMo": theirs(name)}
    written = turns.compare(name, ways, rounds, CHUNKS * SECONDS)
    assert len({tokens.shape for tokens in written.values()}) == 1


def main() -> None:
    turns.run(__doc__.splitlines()[0], SIZES, compare)


if __name__ == "__main__":
    main()
