"""Which token Whisper may write next: the rules of its own SuppressBlank, SuppressTokens and ApplyTimestampRules.

Text stands between timestamps: a pair of them between two segments, none smaller than the one before, the first of all
within a second. Where all timestamps together are likelier than any single token of text, a timestamp comes next. Here
for all rows of a batch at once, and with a rule more: a text that has begun does not end before its sound does.
"""

import torch
from whisper.tokenizer import Tokenizer

FIRST_TIMESTAMPS = 51
"""A window's first timestamp is one of the first so many: 0.00 to 1.00 s."""
SUPPRESSED_LOGIT = -torch.inf


class LogitFilter:
    """For one tokenizer, on one device."""

    def __init__(self, tokenizer: Tokenizer, device: torch.device) -> None:
        self.tokenizer = tokenizer
        tasks = tokenizer.transcribe, tokenizer.translate, tokenizer.no_speech, tokenizer.no_timestamps
        starts = tokenizer.sot, tokenizer.sot_prev, tokenizer.sot_lm
        self._blank = tokenizer.encode(" ")
        self._suppressed = torch.tensor(sorted({*tasks, *starts, *tokenizer.non_speech_tokens}), device=device)

    def __call__(self, logits: torch.Tensor, written: torch.Tensor, ends: torch.Tensor) -> torch.Tensor:
        """The log probabilities [rows, vocabulary] of the tokens that may come next.

        `logits` [rows, vocabulary] in float32, which are changed; `written` [rows, tokens] behind the prompt; `ends`
        [rows]: text does not end with a timestamp before this one, for there is more to hear.
        """
        self._suppress(logits, written, ends)
        begin = self.tokenizer.timestamp_begin
        logprobs = logits.log_softmax(-1)
        timestamps = logprobs[:, begin:].logsumexp(-1)
        (is_timestamp,) = (timestamps > logprobs[:, :begin].amax(-1)).nonzero(as_tuple=True)
        logprobs[is_timestamp, :begin] = SUPPRESSED_LOGIT
        logprobs[is_timestamp, begin:] -= timestamps[is_timestamp, None]
        return logprobs

    def text_logprobs(self, logits: torch.Tensor, must_go_on: bool) -> torch.Tensor:
        """The same for text without timestamps, which may not be over where it must go on."""
        logits.index_fill_(-1, self._suppressed, SUPPRESSED_LOGIT)
        logits[:, self.tokenizer.timestamp_begin :] = SUPPRESSED_LOGIT
        if must_go_on:
            logits[:, [*self._blank, self.tokenizer.eot]] = SUPPRESSED_LOGIT
        return logits.log_softmax(-1)

    def _suppress(self, logits: torch.Tensor, written: torch.Tensor, ends: torch.Tensor) -> None:
        """Set the logits of what may not come next."""
        begin, eot = self.tokenizer.timestamp_begin, self.tokenizer.eot
        logits.index_fill_(-1, self._suppressed, SUPPRESSED_LOGIT)
        text, timestamps = logits[:, :begin], logits[:, begin:]
        if not written.shape[1]:
            text.fill_(SUPPRESSED_LOGIT)
            timestamps[:, FIRST_TIMESTAMPS:] = SUPPRESSED_LOGIT
            return
        is_timestamp = written >= begin
        latest = (written - begin).clamp(min=-1).amax(-1)
        last = is_timestamp[:, -1]
        is_paired = is_timestamp[:, -2] if written.shape[1] > 1 else torch.ones_like(last)
        needs_pair = last & ~is_paired
        text[needs_pair, :eot] = SUPPRESSED_LOGIT
        text[last & (latest < ends) & ~is_timestamp.all(-1), eot] = SUPPRESSED_LOGIT
        # The second of a pair may be the same as the first, any other has to be later; behind a pair comes text.
        floor = torch.where(needs_pair, latest, latest + 1).masked_fill(last & is_paired, timestamps.shape[-1])
        indices = torch.arange(timestamps.shape[-1], device=timestamps.device)
        timestamps.masked_fill_(indices < floor[:, None], SUPPRESSED_LOGIT)
