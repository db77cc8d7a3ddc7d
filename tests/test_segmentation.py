"""Segments end with sentences, at pauses, and before they get too long."""

from transcriber.segmentation import LONGEST_SECONDS, PAUSE_SECONDS, segments
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
    assert max(segment.end - segment.start for segment in made) <= LONGEST_SECONDS
    assert [word for segment in made for word in segment.words] == stream


def test_segments_have_their_words_times() -> None:
    (segment,) = segments(words(("a", 1.25, 1.5), ("b", 1.75, 2.0)))
    assert (segment.start, segment.end) == (1.25, 2.0)


def test_nothing_makes_nothing() -> None:
    assert list(segments([])) == []
