"""Which text Whisper writes for a window: beam search, and draws at a temperature where that fails.

Beam search, length penalty, patience, and what counts as failed are openai-whisper's own; here for all windows of a
batch at once. Draws are another matter: openai-whisper's differ from run to run. Here the chance of a window comes from
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
"""By which a temperature grows that has failed. This and the next three numbers are openai-whisper's."""
COMPRESSION_RATIO_THRESHOLD = 2.4
LOGPROB_THRESHOLD = -1.0
NO_SPEECH_THRESHOLD = 0.6
LEAST_AGREEMENT = 0.5
"""Of the draws at a temperature with the one that is taken."""
BEAM_SIZE = 5
"""The default of openai-whisper's command line; also how often is drawn at a temperature."""


@dataclass(frozen=True)
class Search:
    """How a text is looked for."""

    beam_size: int = BEAM_SIZE
    """Texts that are followed at once; 1 is greedy."""
    patience: float = 1.0
    """So many times `beam_size` finished texts end the search."""
    length_penalty: float | None = None
    """None divides a text's log probability by its length; else the penalty of Google's NMT (arXiv 1609.08144)."""
    temperature: float = 0.0
    """The one to begin with: at 0 the likeliest text."""

    @property
    def enough(self) -> int:
        """Finished texts that end the search."""
        return round(self.beam_size * self.patience)

    def score(self, logprob: float, length: int) -> float:
        """By which the texts of a window are compared."""
        penalty = length if self.length_penalty is None else ((5 + length) / 6) ** self.length_penalty
        return logprob / max(penalty, 1e-9)


@dataclass(frozen=True)
class DecodingResult:
    """What was written of one window."""

    tokens: list[int]
    """Of text and of time, without the end."""
    text: str
    avg_logprob: float
    no_speech_prob: float
    temperature: float = 0.0
    agreement: float = 1.0
    """Of a draw with the others of its window, as agreement() has it."""

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
    """Windows of which is looked for what was said in them."""

    decoder: Decoder
    prompts: torch.Tensor
    """[windows, tokens]: what each begins with."""
    seeds: Sequence[Callable[[], int]]
    """Give the chance of each window, where it is needed."""
    logit_filter: LogitFilter
    search: Search


def decode(task: Task) -> list[DecodingResult]:
    """What is written of each window behind its prompt; those that fail are tried again, hotter."""
    attempts: dict[int, list[DecodingResult]] = {window: [] for window in range(len(task.prompts))}
    failed = list(attempts)
    for temperature in temperatures(task.search.temperature):
        found = _search(task, failed, temperature)
        for window in failed:
            attempts[window].append(found[window])
        failed = [window for window in failed if found[window].needs_fallback]
        if not failed:
            break
    return [chosen(found) for found in attempts.values()]


def chosen(attempts: Sequence[DecodingResult]) -> DecodingResult:
    """Of what was written of a window at growing temperatures: the first, unless one passes that is no mere chance.

    What is drawn is fluent, and may be what nobody said: its draws have to agree. Where a loop stays so, the pipeline
    hears its rounds again.
    """
    cool, latest = attempts[0], attempts[-1]
    return cool if latest.needs_fallback or latest.agreement < LEAST_AGREEMENT else latest


def agreement(text: str, others: Sequence[str]) -> float:
    """The part of a text's words that the other texts have too, 0 to 1: their mean."""
    words = Counter(text.casefold().split())
    shared = [(words & Counter(other.casefold().split())).total() for other in others]
    longest = [max(words.total(), len(other.split()), 1) for other in others]
    return sum(map(truediv, shared, longest)) / len(others) if others else 1.0


class _Beams:
    """The texts that are followed in the windows of one search."""

    def __init__(self, prompts: torch.Tensor, search: Search, rows: int, tokenizer: Tokenizer) -> None:
        self.search, self.rows, self.eot = search, rows, tokenizer.eot
        self.begin = prompts.shape[1]
        self.tokens = prompts.repeat_interleave(rows, 0)
        """[windows × rows, tokens]."""
        self.logprobs = torch.zeros(len(prompts), rows, device=prompts.device)
        self.finished: list[list[tuple[float, list[int]]]] = [[] for _ in prompts]
        """Of each window: (log probability, tokens without the end)."""

    @property
    def written(self) -> torch.Tensor:
        """[windows × rows, tokens] behind the prompts."""
        return self.tokens[:, self.begin :]


def _search(task: Task, windows: list[int], temperature: float) -> dict[int, DecodingResult]:
    """What is written of some windows at one temperature."""
    decoder, search, prompts = task.decoder, task.search, task.prompts[windows]
    tokenizer, context = task.logit_filter.tokenizer, decoder.model.dims.n_text_ctx
    rows = search.beam_size
    beams = _Beams(prompts, search, rows, tokenizer)
    cache = decoder.cache
    cache.restart(windows)
    hidden = decoder(prompts)
    sot = prompts[0].tolist().index(tokenizer.sot)
    silence = decoder.logits(hidden[:, sot]).softmax(-1)[:, tokenizer.no_speech].tolist()
    no_speech = dict(zip(windows, silence, strict=True))
    cache.expand(rows)
    logits = decoder.logits(hidden[:, -1]).repeat_interleave(rows, 0)
    draw = _Draws([task.seeds[window]() for window in windows], rows, temperature) if temperature else None
    results: dict[int, DecodingResult] = {}
    while True:
        logprobs = task.logit_filter(logits, beams.written)
        parents, tokens = _draw(beams, logprobs, draw) if draw else _follow(beams, logprobs)
        cache.reorder(parents)
        beams.tokens = torch.cat((beams.tokens[parents], tokens[:, None]), 1)
        length = beams.tokens.shape[1]
        is_full = length - beams.begin == context // 2 or length > context
        for slot in reversed(range(len(beams.logprobs))):
            if is_full or _is_complete(beams, slot, draw is not None):
                window = cache.sequences[slot]
                results[window] = _result(beams, slot, tokenizer, no_speech[window], temperature)
                _evict(cache, beams, slot, draw)
        if not len(beams.logprobs):
            return results
        hidden = decoder(beams.tokens[:, -1:])
        logits = decoder.logits(hidden[:, -1])


def _follow(beams: _Beams, logprobs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The row that each row goes on from, and with which token: the likeliest of all windows' rows' texts.

    The texts that end here and are likelier than the last of those that go on are finished.
    """
    count, rows = beams.logprobs.shape
    best, tokens = logprobs.topk(rows + 1, -1)
    scores = beams.logprobs[:, :, None] + best.view(count, rows, rows + 1)
    if not beams.written.shape[1]:
        scores[:, 1:] = -torch.inf  # the rows of a window are the same before the first token
    scores, places = scores.flatten(1).topk(2 * rows, -1)
    tokens = tokens.view(count, -1).gather(1, places)
    parents = places // (rows + 1) + torch.arange(count, device=places.device)[:, None] * rows
    is_end = tokens == beams.eot
    goes_on = ~is_end & ((~is_end).cumsum(1) <= rows)
    _finish(beams, scores, tokens, parents, is_end & ((~is_end).cumsum(1) < rows))
    beams.logprobs = scores[goes_on].view(count, rows)
    return parents[goes_on], tokens[goes_on]


def _finish(
    beams: _Beams, scores: torch.Tensor, tokens: torch.Tensor, parents: torch.Tensor, is_finished: torch.Tensor
) -> None:
    """Keep the texts that end, the likeliest first, as many as the search has patience for."""
    for slot, place in is_finished.nonzero().tolist():
        if len(beams.finished[slot]) < beams.search.enough:
            text = beams.written[parents[slot, place]].tolist()
            beams.finished[slot].append((scores[slot, place].item(), text))


class _Draws:
    """The chance of each row of some windows: noise that makes the likeliest of it a draw (Gumbel's)."""

    def __init__(self, seeds: Sequence[int], rows: int, temperature: float) -> None:
        self.temperature = temperature
        hot = round(temperature * 1000)
        self.generators = [
            torch.Generator().manual_seed((seed * 1_000_003 + hot * 101 + row) % 2**63)
            for seed in seeds
            for row in range(rows)
        ]

    def noise(self, size: int, device: torch.device) -> torch.Tensor:
        """[rows, size]."""
        uniform = torch.stack([torch.rand(size, generator=one) for one in self.generators])
        return -(-uniform.clamp(1e-20).log()).log().to(device)


def _draw(beams: _Beams, logprobs: torch.Tensor, draws: _Draws) -> tuple[torch.Tensor, torch.Tensor]:
    """Each row goes on by itself, with a token that is drawn; one that has ended stays so."""
    noise = draws.noise(logprobs.shape[-1], logprobs.device)
    tokens = (logprobs / draws.temperature + noise).argmax(-1)
    has_ended = (beams.written[:, -1:] == beams.eot).any(-1)
    tokens[has_ended] = beams.eot
    added = logprobs.gather(-1, tokens[:, None])[:, 0].masked_fill(has_ended, 0.0)
    beams.logprobs = beams.logprobs + added.view_as(beams.logprobs)
    return torch.arange(len(tokens), device=tokens.device), tokens


def _is_complete(beams: _Beams, slot: int, is_drawn: bool) -> bool:
    if is_drawn:
        own = beams.tokens[slot * beams.rows : (slot + 1) * beams.rows, -1]
        return bool((own == beams.eot).all())
    return len(beams.finished[slot]) >= beams.search.enough


def _result(beams: _Beams, slot: int, tokenizer: Tokenizer, no_speech: float, temperature: float) -> DecodingResult:
    """The best text of a window: of those that have ended, and as far as they are too few, of those that have not."""
    texts = list(beams.finished[slot])
    own = beams.written[slot * beams.rows : (slot + 1) * beams.rows].tolist()
    open_texts = sorted(zip(beams.logprobs[slot].tolist(), own, strict=True), reverse=True)
    for logprob, tokens in open_texts[: max(0, beams.rows - len(texts))]:
        texts.append((logprob, tokens[: tokens.index(beams.eot)] if beams.eot in tokens else tokens))
    logprob, tokens = max(texts, key=lambda one: beams.search.score(one[0], len(one[1])))
    text = tokenizer.decode(tokens).strip()
    others = [tokenizer.decode(other).strip() for _, other in texts if other is not tokens] if temperature else []
    return DecodingResult(tokens, text, logprob / (len(tokens) + 1), no_speech, temperature, agreement(text, others))


def _evict(cache: KVCache, beams: _Beams, slot: int, draws: _Draws | None) -> None:
    """Take a window out: the last one's rows take the place of its own."""
    last, rows = len(beams.logprobs) - 1, beams.rows
    cache.evict(slot)
    own, others = (slice(at * rows, (at + 1) * rows) for at in (slot, last))
    beams.tokens[own], beams.logprobs[slot] = beams.tokens[others], beams.logprobs[last]
    beams.finished[slot] = beams.finished[last]
    beams.tokens, beams.logprobs = beams.tokens[: last * rows], beams.logprobs[:last]
    del beams.finished[last]
    if draws:
        draws.generators[own] = draws.generators[others]
        del draws.generators[others]
