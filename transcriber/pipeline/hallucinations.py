"""Words that nobody said: where nobody speaks, sentences that Whisper is known to make up, and the rounds of a loop."""

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from transcriber.pipeline.vad import FRAME_SECONDS, is_silent
from transcriber.transcript import Word, joined, normal
from transcriber.word_times.spans import Span

NEARBY_SECONDS = 0.6
"""On either side of a word: somewhere in it speech must be detected."""
PHRASE_WORDS = 7
"""So many words in a row are seldom said twice within half a minute."""


def is_on_silence(word: Word, speech_probs: np.ndarray, start: float) -> bool:
    """Whether nobody speaks around a word. `speech_probs`: of each frame from second `start` of the recording on."""
    first, last = (word.span[0] - NEARBY_SECONDS - start), (word.span[1] + NEARBY_SECONDS - start)
    return is_silent(speech_probs[max(0, int(first / FRAME_SECONDS)) : max(0, int(last / FRAME_SECONDS) + 1)])


def repetitions(words: Sequence[Word]) -> list[tuple[int, int]]:
    """(first, behind the last) of each run of PHRASE_WORDS words or more that were written before: of a loop, all but
    its first round.
    """
    texts = [normal(word.text) for word in words]
    known: set[tuple[str, ...]] = set()
    runs: list[tuple[int, int]] = []
    for at in range(len(texts) - PHRASE_WORDS + 1):
        phrase = tuple(texts[at : at + PHRASE_WORDS])
        if phrase in known:
            first = runs.pop()[0] if runs and at <= runs[-1][1] else at
            runs.append((first, at + PHRASE_WORDS))
        known.add(phrase)
    return runs


KNOWN_HALLUCINATIONS = (
    (
        0.9,
        r".*amara\.org.*|untertitel(ung)?( im auftrag)? (der|des|von) (ard|br|mdr|ndr|swr|wdr|zdf).*|"
        r"sous-titr(es|age) (réalisés?|société radio-canada|st'? ?501).*|sottotitoli (creati|e revisione a cura).*|"
        r"legendas pela comunidade.*|napisy stworzone przez.*|редактор субтитров.*|субтитры (сделал|создавал).*|"
        r"字幕(by|志愿者|由).*|ondertiteld door.*",
    ),
    (0.6, r"[hm]*m([-, .]+[hm]*m)*,?"),  # of whoever hums a tune
    (
        0.4,
        r"thank you(( so| very) much)?( for (watching|listening))?|thanks for (watching|listening)|you|bye|"
        r"(please |don't forget to )?subscribe.*|vielen dank( fürs zuschauen)?|merci( d'avoir regardé cette vidéo)?|"
        r"gracias( por ver( el v[ií]deo)?)?|продолжение следует|ご視聴ありがとうございました|谢谢观看|"
        r"请不吝点赞.*|mbc 뉴스.*|"
        r"[\[(*♪ ]*(background |gentle |upbeat )?(music|musik|musique|música|musica|музыка|音楽|音乐|applause|applaus|"
        r"applaudissements|aplausos|laughter|silence)( playing)?[\])*♪ ]*",
    ),
)
"""Sentences that Whisper writes where it hears little, its training data being subtitles: for the part of a sentence's
time, 0 to 1, in which somebody must speak for it to be believed, a pattern of its text in any case."""


def known_hallucinations(words: Sequence[Word], spans: Sequence[Span]) -> list[tuple[int, int]]:
    """(first, behind the last) of each sentence of KNOWN_HALLUCINATIONS that nobody seems to say.

    `spans`: where somebody speaks.
    """
    ends = [0, *(at for at, (word, other) in enumerate(pairwise(words), 1) if _is_apart(word, other)), len(words)]
    return [(first, end) for first, end in pairwise(ends) if first < end and _is_hallucination(words[first:end], spans)]


def _is_apart(word: Word, following: Word) -> bool:
    return word.text.endswith((".", "!", "?", "…")) or following.span[0] - word.span[1] > 0.5


def _is_hallucination(words: Sequence[Word], spans: Sequence[Span]) -> bool:
    text = joined(words).strip(" .!?…。！？")
    start, end = words[0].span[0], words[-1].span[1]
    spoken = sum(max(0.0, min(end, until) - max(start, begin)) for begin, until in spans)
    share = spoken / max(end - start, 0.1)
    return any(
        share < min_share and re.fullmatch(pattern, text, re.IGNORECASE) for min_share, pattern in KNOWN_HALLUCINATIONS
    )
