"""When Whisper's words were said: openai-whisper's own alignment, without encoding a window again."""

from typing import Any

import torch
from whisper import timing
from whisper.tokenizer import Tokenizer

from transcriber.engines.whisper.decoder import Decoder


class _Window:
    """What whisper.timing asks of a model, with the cached cross-attention of one window."""

    def __init__(self, decoder: Decoder, slot: int) -> None:
        self.dims, self.alignment_heads = decoder.model.dims, decoder.model.alignment_heads
        self.decoder, self.device = decoder.model.decoder, decoder.embedding.device
        # TextDecoder takes the length of the first entry for the number of tokens before: none.
        self.key_value: dict[Any, torch.Tensor] = {None: decoder.embedding.new_empty(1, 0)}
        for block, cross_kv in zip(decoder.blocks, decoder.cache.cross_kv, strict=True):
            key, value = cross_kv[:, slot].transpose(1, 2).flatten(2)  # [positions, width], as openai-whisper has them
            self.key_value[block.cross_attn.key], self.key_value[block.cross_attn.value] = key[None], value[None]

    def __call__(self, like: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        """The logits of tokens [1, N]; `like`: any tensor of the type that is computed in."""
        return self.decoder(tokens, like, self.key_value)


def time_words(
    decoder: Decoder, window: int, segments: list[dict[str, Any]], tokenizer: Tokenizer, frames: int
) -> None:
    """Give the segments of a window their words, with times by cross-attention; `frames` of 10 ms are no padding.

    Start and end of a segment move with its words'.
    """
    timing.add_word_timestamps(
        segments=segments,
        model=_Window(decoder, decoder.cache.sequences.index(window)),
        tokenizer=tokenizer,
        mel=decoder.embedding[:1],
        num_frames=frames,
        last_speech_timestamp=segments[0]["start"],
    )
