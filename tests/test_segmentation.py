"""Segments end with sentences, at pauses, and before they get too long."""

import random

import pytest

from transcriber.segmentation import MAX_SEGMENT_SECONDS, PAUSE_SECONDS, ends_sentence, finished, segments
from transcriber.transcript import Word


def words(*timed: tuple[str, float, float]) -> list[Word]:
    return [Word(*word) for word in timed]


def texts(stream: list[Word]) -> list[str]:
    return [segment.text for segment in segments(stream)]


def test_a_sentence_ends_a_segment() -> None:
    assert texts(words(("Go.", 0, 0.2), ("Why?", 0.3, 0.5), ("no", 0.6, 0.8))) == ["Go.", "Why?", "no"]


def test_a_pause_ends_a_segment() -> None:
    late = 0.5 + PAUSE_SECONDS + 0.1
    assert texts(words(("a", 0, 0.2), ("b", 0.3, 0.5), ("c", late, late + 0.2))) == ["a b", "c"]


def test_no_segment_is_longer_than_a_reader_can_take() -> None:
    stream = words(*((str(k), k * 0.5, k * 0.5 + 0.4) for k in range(200)))
    made = list(segments(stream))
    assert max(segment.end - segment.start for segment in made) <= MAX_SEGMENT_SECONDS
    assert [word for segment in made for word in segment.words] == stream


def test_segments_have_their_words_times() -> None:
    (segment,) = segments(words(("a", 1.25, 1.5), ("b", 1.75, 2.0)))
    assert (segment.start, segment.end) == (1.25, 2.0)


def test_nothing_makes_nothing() -> None:
    assert list(segments([])) == []


def test_a_segment_is_finished_when_what_follows_cannot_change_it() -> None:
    sentence, begun = words(("Go", 0, 0.2), ("on.", 0.3, 0.5)), words(("and", 0.6, 0.8), ("so", 0.9, 1.1))
    assert finished(sentence, 0.6) == (list(segments(sentence)), ())
    assert finished(sentence + begun, 1.2) == (list(segments(sentence)), tuple(begun))
    assert finished(begun, 1.1 + PAUSE_SECONDS + 0.1) == (list(segments(begun)), ())


def test_a_segment_beyond_what_is_known_is_not_finished() -> None:
    stream = words(("one.", 0, 0.5), ("two.", 8.0, 8.5), ("three", 9.0, 9.4))
    assert finished(stream, 8.2) == (list(segments(stream[:1])), tuple(stream[1:]))


def test_in_parts_the_segments_are_the_same() -> None:
    chance = random.Random(0)
    stream, at = [], 0.0
    for number in range(300):
        at += chance.choice([0.1, 0.1, 0.1, 0.5, 1.5])
        stream.append(Word(f"{number}{chance.choice(['', '', '', '.'])}", at, at + 0.3))
        at += 0.3
    made, tail = [], ()
    for first in range(0, 300, 7):
        part = stream[first : first + 7]
        new, tail = finished([*tail, *part], part[-1].span[1])
        made += new
    assert made + list(segments(tail)) == list(segments(stream))


def test_a_full_width_blank_ends_no_sentence_and_hides_no_end() -> None:
    stream = words(("好。\u3000", 0, 0.5), ("我\u3000", 0.6, 0.8), ("们", 0.8, 1.0))
    assert [segment.text for segment in segments(stream)] == ["好。\u3000", "我\u3000 们"]


def test_the_point_of_a_title_ends_no_sentence() -> None:
    said = "He saw St. Peter's with Dr. J. Smith. It was plan K. Then, z.B. Nr. 5. Wow!".split()
    stream = words(*((word, k * 0.3, k * 0.3 + 0.2) for k, word in enumerate(said)))
    assert texts(stream) == ["He saw St. Peter's with Dr. J. Smith.", "It was plan K. Then, z.B. Nr. 5.", "Wow!"]


@pytest.mark.parametrize("word", ["no.", "I.", "etc.", "“there.", "?", "最後。", "2024.", "Tom."])
def test_what_ends_a_sentence(word: str) -> None:
    assert ends_sentence(word)


@pytest.mark.parametrize("word", ["(Mr.", "“St.", "Prof.", "W.", "Sra.", "and", "e.g."])
def test_what_ends_none(word: str) -> None:
    assert not ends_sentence(word)
