"""Which of the words that a model wrote for growing sound stay: those that it writes again once it has heard more.

Called local agreement (Liu, Spanakis, Niehues: Low-Latency Sequence-to-Sequence Speech Recognition and Translation by
Partial Hypothesis Selection, 2020, arXiv:2005.11185; with Whisper: Macháček, Dabre, Bojar 2023, arXiv:2307.14743).
"""

from collections.abc import Sequence

from transcriber.transcript import Word, normal

CONTEXT_WORDS = 6
"""Settled words by which a text is found again."""
STRAY_SECONDS = 1.0
"""By which a word's time may differ from one hearing to the next."""


def agreed(earlier: Sequence[Word], later: Sequence[Word]) -> int:
    """How many words both texts begin with.

    But for the last word of the later one: how it ends, and which sign follows, nobody knows before more is heard.
    """
    count = 0
    for word, other in zip(earlier, later[:-1]):
        if normal(word.text) != normal(other.text):
            break
        count += 1
    return count


def continuation(settled: Sequence[Word], heard: Sequence[Word]) -> int:
    """At which word of a text the one goes on that is settled, and of which this one has the end once more.

    There the words before are those that are settled, as many of the last CONTEXT_WORDS as possible; of several such
    places it is the one whose time fits best. Where there is none, time alone decides.
    """
    if not settled:
        return 0
    known = [normal(word.text) for word in settled[-CONTEXT_WORDS:]]
    texts = [normal(word.text) for word in heard]
    end = settled[-1].end or 0.0
    near = [at for at in range(len(heard) + 1) if abs(_moment(heard, at) - end) <= STRAY_SECONDS]
    by_time = min(range(len(heard) + 1), key=lambda at: abs(_moment(heard, at) - end))
    best = max(near, key=lambda at: (_shared(known, texts[:at]), -abs(_moment(heard, at) - end)), default=by_time)
    return best if best in near and _shared(known, texts[:best]) else by_time


def _moment(words: Sequence[Word], at: int) -> float:
    """The second at which the words before this place are over."""
    if at:
        return words[at - 1].end or 0.0
    return (words[0].start or 0.0) if words else 0.0


def _shared(known: Sequence[str], texts: Sequence[str]) -> int:
    """How many of the last words are the same in both."""
    count = 0
    for one, other in zip(reversed(known), reversed(texts)):
        if one != other:
            break
        count += 1
    return count
