"""Decoding a window: beam search, and sampling at rising temperatures where that fails.

Beam search, length penalty, patience, and what counts as failed are openai-whisper's own; here for all windows of a
batch at once. Sampling differs: openai-whisper's changes from run to run. Here the random seed of a window comes from
its own content alone, so that the same recording gives the same words, whatever shares the batch with it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import truediv

import torch
from whisper.tokenizer import Tokenizer
from whisper.utils import compression_ratio

from transcriber.engines.kv_cache import KVCache
from transcriber.engines.whisper.decoder import Decoder
from transcriber.engines.whisper.logit_filter import LogitFilter

TEMPERATURE_STEP = 0.2
"""By which the temperature rises after a failure. This and the next three numbers are openai-whisper's."""
COMPRESSION_RATIO_THRESHOLD = 2.4
LOGPROB_THRESHOLD = -1.0
NO_SPEECH_THRESHOLD = 0.6
MIN_AGREEMENT = 0.5
"""Mean agreement() of the samples at a temperature with the one that is taken."""
BEAM_SIZE = 5
"""The default of openai-whisper's command line; also the number of samples at a temperature."""


@dataclass(frozen=True)
class Search:
    """Parameters of the search."""

    beam_size: int = BEAM_SIZE
    """Hypotheses that are kept at once; 1 is greedy."""
    patience: float = 1.0
    """The search ends with `patience` × `beam_size` finished hypotheses (arXiv 2204.05424)."""
    length_penalty: float | None = None
    """None divides a hypothesis's log probability by its length; else alpha of Google's NMT (arXiv 1609.08144)."""
    temperature: float = 0.0
    """The one to begin with: at 0 the likeliest text."""

    @property
    def max_finished(self) -> int:
        """Finished hypotheses of a window that end its search."""
        return round(self.beam_size * self.patience)

    def score(self, logprob: float, length: int) -> float:
        """By which the hypotheses of a window are ranked."""
        penalty = length if self.length_penalty is None else ((5 + length) / 6) ** self.length_penalty
        return logprob / max(penalty, 1e-9)


@dataclass(frozen=True)
class DecodingResult:
    """The hypothesis that was chosen for one window."""

    tokens: list[int]
    """Text and timestamp tokens, without the end."""
    text: str
    avg_logprob: float
    no_speech_prob: float
    temperature: float = 0.0
    agreement: float = 1.0
    """Of a sample with the others of its window, as agreement() has it."""

    @cached_property
    def is_repetitive(self) -> bool:
        return compression_ratio(self.text) > COMPRESSION_RATIO_THRESHOLD

    @property
    def needs_fallback(self) -> bool:
        """Whether another temperature should be tried."""
        return not self.is_silence and (self.is_repetitive or self.avg_logprob < LOGPROB_THRESHOLD)

    @property
    def is_silence(self) -> bool:
        return self.no_speech_prob > NO_SPEECH_THRESHOLD and not self.avg_logprob > LOGPROB_THRESHOLD


def temperatures(first: float) -> list[float]:
    """The one to begin with, and those that follow where it fails: up to 1, as openai-whisper's command line has it."""
    count = int((1 - first) / TEMPERATURE_STEP + 1e-6) + 1
    return [round(first + TEMPERATURE_STEP * number, 3) for number in range(count)]


@dataclass(frozen=True)
class Task:
    """The windows of a batch that are decoded."""

    decoder: Decoder
    prompts: torch.Tensor
    """[windows, tokens]: the prompt of each."""
    seeds: Sequence[Callable[[], int]]
    """Give the random seed of each window, where it is needed."""
    logit_filter: LogitFilter
    ends: torch.Tensor
    """[windows]: the timestamp from which on the text of each may end with one."""
    search: Search


def decode(task: Task) -> list[DecodingResult]:
    """The result of each window; those that fail are tried again at higher temperatures."""
    attempts: dict[int, list[DecodingResult]] = {window: [] for window in range(len(task.prompts))}
    failed = list(attempts)
    for temperature in temperatures(task.search.temperature):
        results = _search(task, failed, temperature)
        for window in failed:
            attempts[window].append(results[window])
        failed = [window for window in failed if results[window].needs_fallback]
        if not failed:
            break
    return [chosen(results) for results in attempts.values()]


def chosen(attempts: Sequence[DecodingResult]) -> DecodingResult:
    """Of a window's results at rising temperatures: the first, unless a later one passes that is no mere chance.

    What is sampled is fluent, and may be what nobody said: samples have to agree. Where a loop stays so, the pipeline
    hears its rounds again.
    """
    first, latest = attempts[0], attempts[-1]
    return first if latest.needs_fallback or latest.agreement < MIN_AGREEMENT else latest


def agreement(text: str, others: Sequence[str]) -> float:
    """The part of a text's words that the other texts have too, 0 to 1: their mean."""
    words = Counter(text.casefold().split())
    shared = [(words & Counter(other.casefold().split())).total() for other in others]
    lengths = [max(words.total(), len(other.split()), 1) for other in others]
    return sum(map(truediv, shared, lengths)) / len(others) if others else 1.0


class _Beams:
    """The hypotheses of the windows of one search, `rows` for each window."""

    def __init__(
        self, prompts: torch.Tensor, ends: torch.Tensor, search: Search, rows: int, tokenizer: Tokenizer
    ) -> None:
        self.search, self.rows, self.eot = search, rows, tokenizer.eot
        self.begin = prompts.shape[1]
        self.tokens = prompts.repeat_interleave(rows, 0)
        """[windows × rows, tokens]."""
        self.ends = ends.repeat_interleave(rows)
        """[windows × rows], as a Task has them."""
        self.logprobs = torch.zeros(len(prompts), rows, device=prompts.device)
        self.finished: list[list[tuple[float, list[int]]]] = [[] for _ in prompts]
        """Of each window: (log probability, tokens without the end)."""

    @property
    def written(self) -> torch.Tensor:
        """[windows × rows, tokens] behind the prompts."""
        return self.tokens[:, self.begin :]

    def shared(self, parents: torch.Tensor) -> int:
        """How many tokens every row has in common with the parent that it gets."""
        (differing,) = (self.tokens != self.tokens[parents]).any(0).nonzero(as_tuple=True)
        return int(differing[0]) if len(differing) else self.tokens.shape[1]


def _search(task: Task, windows: list[int], temperature: float) -> dict[int, DecodingResult]:
    """The results of some windows at one temperature."""
    decoder, search, prompts = task.decoder, task.search, task.prompts[windows]
    tokenizer, context = task.logit_filter.tokenizer, decoder.model.dims.n_text_ctx
    rows = search.beam_size
    beams = _Beams(prompts, task.ends[windows], search, rows, tokenizer)
    cache = decoder.cache
    cache.restart(windows)
    hidden = decoder(prompts)
    sot = prompts[0].tolist().index(tokenizer.sot)
    silence = decoder.logits(hidden[:, sot]).softmax(-1)[:, tokenizer.no_speech].tolist()
    no_speech = dict(zip(windows, silence, strict=True))
    cache.expand(rows)
    logits = decoder.logits(hidden[:, -1]).repeat_interleave(rows, 0)
    sampling = _Sampling([task.seeds[window]() for window in windows], rows, temperature) if temperature else None
    results: dict[int, DecodingResult] = {}
    while True:
        logprobs = task.logit_filter(logits, beams.written, beams.ends)
        parents, tokens = _sample(beams, logprobs, sampling) if sampling else _beam_step(beams, logprobs)
        cache.reorder(parents, beams.shared(parents))
        beams.tokens = torch.cat((beams.tokens[parents], tokens[:, None]), 1)
        length = beams.tokens.shape[1]
        is_full = length - beams.begin == context // 2 or length > context
        for slot in reversed(range(len(beams.logprobs))):
            if is_full or _is_complete(beams, slot, sampling is not None):
                window = cache.sequences[slot]
                results[window] = _result(beams, slot, tokenizer, no_speech[window], temperature)
                _evict(cache, beams, slot, sampling)
        if not len(beams.logprobs):
            return results
        hidden = decoder(beams.tokens[:, -1:])
        logits = decoder.logits(hidden[:, -1])


def _beam_step(beams: _Beams, logprobs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The parent row and the next token of each row, [windows × rows] both: the likeliest continuations of each window.

    Hypotheses that end here and are likelier than the last of those that go on are finished.
    """
    count, rows = beams.logprobs.shape
    best, tokens = logprobs.topk(rows + 1, -1)
    scores = beams.logprobs[:, :, None] + best.view(count, rows, rows + 1)
    if not beams.written.shape[1]:
        scores[:, 1:] = -torch.inf  # the rows of a window are the same before the first token
    scores, indices = scores.flatten(1).topk(2 * rows, -1)
    tokens = tokens.view(count, -1).gather(1, indices)
    parents = indices // (rows + 1) + torch.arange(count, device=indices.device)[:, None] * rows
    is_end = tokens == beams.eot
    goes_on = ~is_end & ((~is_end).cumsum(1) <= rows)
    _finish(beams, scores, tokens, parents, is_end & ((~is_end).cumsum(1) < rows))
    beams.logprobs = scores[goes_on].view(count, rows)
    return parents[goes_on], tokens[goes_on]


def _finish(
    beams: _Beams, scores: torch.Tensor, tokens: torch.Tensor, parents: torch.Tensor, is_finished: torch.Tensor
) -> None:
    """Keep the hypotheses that end, the likeliest first, as many as the search has patience for."""
    for slot, candidate in is_finished.nonzero().tolist():
        if len(beams.finished[slot]) < beams.search.max_finished:
            text = beams.written[parents[slot, candidate]].tolist()
            beams.finished[slot].append((scores[slot, candidate].item(), text))


class _Sampling:
    """Random generators, one a row of the windows: the argmax of logits with Gumbel noise is a sample."""

    def __init__(self, seeds: Sequence[int], rows: int, temperature: float) -> None:
        self.temperature = temperature
        thousandths = round(temperature * 1000)
        self.generators = [
            torch.Generator().manual_seed((seed * 1_000_003 + thousandths * 101 + row) % 2**63)
            for seed in seeds
            for row in range(rows)
        ]

    def noise(self, size: int, device: torch.device) -> torch.Tensor:
        """[rows, size]."""
        uniform = torch.stack([torch.rand(size, generator=generator) for generator in self.generators])
        return -(-uniform.clamp(1e-20).log()).log().to(device)


def _sample(beams: _Beams, logprobs: torch.Tensor, sampling: _Sampling) -> tuple[torch.Tensor, torch.Tensor]:
    """Each row goes on by itself, with a token that is sampled; one that has ended stays so."""
    noise = sampling.noise(logprobs.shape[-1], logprobs.device)
    tokens = (logprobs / sampling.temperature + noise).argmax(-1)
    has_ended = (beams.written[:, -1:] == beams.eot).any(-1)
    tokens[has_ended] = beams.eot
    added = logprobs.gather(-1, tokens[:, None])[:, 0].masked_fill(has_ended, 0.0)
    beams.logprobs = beams.logprobs + added.view_as(beams.logprobs)
    return torch.arange(len(tokens), device=tokens.device), tokens


def _is_complete(beams: _Beams, slot: int, is_sampled: bool) -> bool:
    if is_sampled:
        own = beams.tokens[slot * beams.rows : (slot + 1) * beams.rows, -1]
        return bool((own == beams.eot).all())
    return len(beams.finished[slot]) >= beams.search.max_finished


def _result(beams: _Beams, slot: int, tokenizer: Tokenizer, no_speech: float, temperature: float) -> DecodingResult:
    """The best hypothesis of a window, of those that have ended; where these are too few, open ones count too."""
    texts = list(beams.finished[slot])
    own = beams.written[slot * beams.rows : (slot + 1) * beams.rows].tolist()
    open_texts = sorted(zip(beams.logprobs[slot].tolist(), own, strict=True), reverse=True)
    for logprob, tokens in open_texts[: max(0, beams.rows - len(texts))]:
        texts.append((logprob, tokens[: tokens.index(beams.eot)] if beams.eot in tokens else tokens))
    logprob, tokens = max(texts, key=lambda text: beams.search.score(text[0], len(text[1])))
    text = tokenizer.decode(tokens).strip()
    others = [tokenizer.decode(other).strip() for _, other in texts if other is not tokens] if temperature else []
    return DecodingResult(tokens, text, logprob / (len(tokens) + 1), no_speech, temperature, agreement(text, others))


def _evict(cache: KVCache, beams: _Beams, slot: int, sampling: _Sampling | None) -> None:
    """Take a window out of the batch: the last one's rows take the place of its own."""
    last, rows = len(beams.logprobs) - 1, beams.rows
    cache.evict(slot)
    own, others = (slice(at * rows, (at + 1) * rows) for at in (slot, last))
    beams.tokens[own], beams.logprobs[slot] = beams.tokens[others], beams.logprobs[last]
    beams.ends[own] = beams.ends[others]
    beams.finished[slot] = beams.finished[last]
    beams.tokens, beams.logprobs = beams.tokens[: last * rows], beams.logprobs[:last]
    beams.ends = beams.ends[: last * rows]
    del beams.finished[last]
    if sampling:
        sampling.generators[own] = sampling.generators[others]
        del sampling.generators[others]
