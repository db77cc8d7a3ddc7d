"""Words that nobody said."""

import numpy as np
import pytest

from transcriber.pipeline.hallucinations import is_on_silence, known_hallucinations, repetitions
from transcriber.pipeline.vad import FRAME_SECONDS
from transcriber.transcript import Word


def words_of(text: str, start: float = 0.0, length: float = 0.3) -> list[Word]:
    return [Word(word, start + at * length, start + (at + 1) * length) for at, word in enumerate(text.split())]


def test_words_on_silence() -> None:
    speech = np.zeros(round(20 / FRAME_SECONDS))
    speech[round(5 / FRAME_SECONDS) : round(6 / FRAME_SECONDS)] = 0.9
    silent = [is_on_silence(Word("x", at, at + 0.3), speech, 100.0) for at in (100.0, 104.0, 104.3, 105.2, 106.5, 107)]
    assert silent == [True, True, False, False, False, True]
    assert is_on_silence(Word("x", 130.0, 130.3), speech, 100.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one two three four", []),
        ("no no no no no no no", []),
        ("so no No, no. no no no no no yes", [(2, 9)]),
        ("and we go we go we go", []),
        ("and " + "we go " * 5 + "on", [(3, 11)]),
        ("thank you for watching " * 2, []),
        ("thank you for watching " * 4 + "you", [(4, 16)]),
        ("ha " * 9 + "well " + "ho " * 8, [(1, 9), (11, 18)]),
        ("a long sentence of some twelve words, no more, is repeated once. " * 2, [(12, 24)]),
        ("this is what he said to me today and this is what he said to me again", [(9, 16)]),
    ],
)
def test_repetitions(text: str, expected: list[tuple[int, int]]) -> None:
    assert repetitions(words_of(text)) == expected


@pytest.mark.parametrize(
    ("text", "speech", "expected"),
    [
        ("Thank you.", [], True),
        ("Thank you.", [(0.0, 0.6)], False),
        ("Thanks for watching!", [(0.0, 0.1)], True),
        ("I thank you for the letter.", [], False),
        ("Untertitel der Amara.org-Community", [(0.0, 0.5)], True),
        ("[Music]", [], True),
        ("Musik", [(0.0, 0.1)], True),
        ("Applause.", [(0.0, 1.2)], False),
        ("谢谢观看", [], True),
        ("Untertitel der Amara.org-Community", [(0.0, 1.2)], False),
        ("Untertitelung im Auftrag des ZDF, 2021", [], True),
        ("ご視聴ありがとうございました", [], True),
        ("Mm-hmm, mm, mm, mm", [(0.0, 0.5)], True),
        ("Hmm.", [(0.0, 0.1)], True),
        ("Mm-hmm.", [(0.0, 0.3)], False),
        ("Mmm, good.", [(0.0, 0.1)], False),
    ],
)
def test_what_whisper_is_known_to_make_up(text: str, speech: list[tuple[float, float]], expected: bool) -> None:
    words = [*words_of("It was late.", 100.0), *words_of(text)]
    assert known_hallucinations(words, [(100.0, 101.0), *speech]) == ([(3, len(words))] if expected else [])
