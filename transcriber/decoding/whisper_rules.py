"""Which token Whisper may write next: the law of its own SuppressBlank, SuppressTokens and ApplyTimestampRules.

Text stands between tokens of time: a pair of them between two segments, none smaller than the one before, the first of
all within a second. Where all times together are likelier than any single token of text, a time comes next. Here for
all rows of a batch at once, and with the probability of what was chosen.
"""

from dataclasses import dataclass

import torch
from torch.distributions import Categorical
from whisper.tokenizer import Tokenizer

FIRST_TIMES = 51
"""A window's first time is one of the first so many: 0.00 to 1.00 s."""
NEVER = -torch.inf


@dataclass(frozen=True)
class Rules:
    """For one tokenizer, on one device."""

    tokenizer: Tokenizer
    device: torch.device

    def __post_init__(self) -> None:
        own = self.tokenizer
        special = {own.transcribe, own.translate, own.sot, own.sot_prev, own.sot_lm, own.no_speech, own.no_timestamps}
        object.__setattr__(self, "_never", torch.tensor(sorted(special.union(own.non_speech_tokens)), device=self.device))

    def next_tokens(
        self, logits: torch.Tensor, written: torch.Tensor, temperature: float
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The next token of each row and its log probability, both [rows].

        `logits` [rows, vocabulary] in float32, which are changed; `written` [rows, tokens] behind the prompt. At
        temperature 0 the likeliest token, else one drawn at random.
        """
        text, times = self._allowed(logits, written)
        best_text, best = text.max(-1)
        of_texts, of_times = text.logsumexp(-1), times.logsumexp(-1)
        is_time = of_times > best_text
        if temperature == 0:
            tokens = torch.where(is_time, times.argmax(-1) + text.shape[-1], best)
        else:
            text.masked_fill_(is_time[:, None], NEVER)
            tokens = Categorical(logits=logits / temperature).sample()
        of_all = torch.where(is_time, of_times, torch.logaddexp(of_texts, of_times))
        return tokens, logits.gather(-1, tokens[:, None])[:, 0] - of_all

    def _allowed(self, logits: torch.Tensor, written: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Views of the logits of text and of times, without what may not come next."""
        begin, eot = self.tokenizer.timestamp_begin, self.tokenizer.eot
        logits.index_fill_(-1, self._never, NEVER)
        text, times = logits[:, :begin], logits[:, begin:]
        if not written.shape[1]:
            text.fill_(NEVER)
            times[:, FIRST_TIMES:] = NEVER
            return text, times
        is_time = written >= begin
        latest = (written - begin).clamp(min=-1).amax(-1)
        last = is_time[:, -1]
        is_paired = is_time[:, -2] if written.shape[1] > 1 else torch.ones_like(last)
        needs_pair = last & ~is_paired
        text[:, :eot].masked_fill_(needs_pair[:, None], NEVER)
        # The second time of a pair may be the same as the first, any other has to be later; behind a pair comes text.
        floor = torch.where(needs_pair, latest, latest + 1).masked_fill(last & is_paired, times.shape[-1])
        times.masked_fill_(torch.arange(times.shape[-1], device=times.device) < floor[:, None], NEVER)
        return text, times
