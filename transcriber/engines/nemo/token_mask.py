"""Tokens that a transducer may not write, as one of NeMo's fusion models: the others keep their scores."""

from collections.abc import Sequence

import torch


class TokenMask(torch.nn.Module):
    """Sets the scores of all other tokens to -inf.

    NeMo lets fusion models choose among tokens only, not between a token and a blank: where the model writes a token,
    it writes the best of the allowed ones. It works in CUDA graphs too.
    """

    scores: torch.Tensor

    def __init__(self, allowed: Sequence[bool]) -> None:
        super().__init__()
        self.vocab_size = len(allowed)
        scores = torch.zeros(len(allowed)).masked_fill(~torch.tensor(allowed), float("-inf"))
        self.register_buffer("scores", scores)

    def compatible_with_cuda_graphs(self) -> bool:
        return True

    def get_init_states(self, batch_size: int, bos: bool = True) -> torch.Tensor:
        """[B]; there is but one state."""
        return torch.zeros(batch_size, dtype=torch.long, device=self.scores.device)

    def advance(self, states: torch.Tensor, eos_id: int | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        """Scores [B, V], which the caller may change, and next states [B, V]."""
        scores = self.scores.repeat(len(states), 1)
        return scores, torch.zeros_like(scores, dtype=torch.long)
