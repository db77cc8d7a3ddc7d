"""Which token Whisper may write next: the law of its own SuppressBlank, SuppressTokens and ApplyTimestampRules.

Text stands between tokens of time: a pair of them between two segments, none smaller than the one before, the first of
all within a second. Where all times together are likelier than any single token of text, a time comes next. Here for
all rows of a batch at once, and with the probability of what was chosen.
"""

import torch
from torch.distributions import Categorical
from whisper.tokenizer import Tokenizer

FIRST_TIMES = 51
"""A window's first time is one of the first so many: 0.00 to 1.00 s."""
NEVER = -torch.inf


class Rules:
    """For one tokenizer, on one device."""

    def __init__(self, tokenizer: Tokenizer, device: torch.device) -> None:
        self.tokenizer = tokenizer
        own = tokenizer
        special = (own.transcribe, own.translate, own.sot, own.sot_prev, own.sot_lm, own.no_speech, own.no_timestamps)
        self._never = torch.tensor(sorted({*special, *own.non_speech_tokens}), device=device)

    def next_tokens(
        self, logits: torch.Tensor, written: torch.Tensor, temperature: float
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The next token of each row and its log probability, both [rows].

        `logits` [rows, vocabulary] in float32, which are changed; `written` [rows, tokens] behind the prompt. At
        temperature 0 the likeliest token, else one drawn at random.
        """
        self._forbid(logits, written)
        begin = self.tokenizer.timestamp_begin
        log_probabilities = logits.log_softmax(-1)
        best_text, best = log_probabilities[:, :begin].max(-1)
        times = log_probabilities[:, begin:]
        of_times = times.logsumexp(-1)
        is_time = of_times > best_text
        if temperature == 0:
            tokens = torch.where(is_time, times.argmax(-1) + begin, best)
        else:
            logits[is_time, :begin] = NEVER
            tokens = Categorical(logits=logits / temperature).sample()
        of_allowed = of_times.masked_fill(~is_time, 0.0)
        return tokens, log_probabilities.gather(-1, tokens[:, None])[:, 0] - of_allowed

    def _forbid(self, logits: torch.Tensor, written: torch.Tensor) -> None:
        """Set the logits of what may not come next."""
        begin, eot = self.tokenizer.timestamp_begin, self.tokenizer.eot
        logits.index_fill_(-1, self._never, NEVER)
        text, times = logits[:, :begin], logits[:, begin:]
        if not written.shape[1]:
            text.fill_(NEVER)
            times[:, FIRST_TIMES:] = NEVER
            return
        is_time = written >= begin
        latest = (written - begin).clamp(min=-1).amax(-1)
        last = is_time[:, -1]
        is_paired = is_time[:, -2] if written.shape[1] > 1 else torch.ones_like(last)
        needs_pair = last & ~is_paired
        text[needs_pair, :eot] = NEVER
        # The second time of a pair may be the same as the first, any other has to be later; behind a pair comes text.
        floor = torch.where(needs_pair, latest, latest + 1).masked_fill(last & is_paired, times.shape[-1])
        times.masked_fill_(torch.arange(times.shape[-1], device=times.device) < floor[:, None], NEVER)
