"""A cue is shown while its words are said, whatever times the words have."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.support.strategies import LATIN
from transcriber.exports import render
from transcriber.exports.subtitles.limits import PRESETS
from transcriber.exports.subtitles.mending import MIN_CUE_SECONDS
from transcriber.exports.subtitles.shaping import Cue, Limits, mend, shape
from transcriber.exports.timing import ordered, utterances
from transcriber.transcript import Segment, Transcript, Word
from transcriber.word_times.order import MIN_WORD_SECONDS, in_order

PRESET = st.sampled_from(list(PRESETS.values()))
SECONDS = st.one_of(
    st.integers(0, 40).map(float),  # many words at the same time
    st.floats(0, 60, allow_nan=False),
    st.sampled_from([0.0, 3600.0, 1e6]),
)


@st.composite
def chaotic(draw: st.DrawFn) -> Transcript:
    """Words at any times: backwards, all at once, for hours; some words have none."""
    segments = []
    for _ in range(draw(st.integers(0, 4))):
        words = []
        for text in draw(st.lists(LATIN, min_size=1, max_size=25)):
            start, end = draw(SECONDS), draw(SECONDS)
            words.append(
                Word(text, start, end) if draw(st.booleans()) else Word(text, start, start + draw(SECONDS) / 60)
            )
            if draw(st.integers(0, 9)) == 0:
                words.append(Word(text))
        segments.append(
            Segment(tuple(words), draw(SECONDS), draw(SECONDS), draw(st.sampled_from([None, "Anna", "Bob"])))
        )
    return Transcript(tuple(segments), 60.0, "parakeet", "cpu", language="en")


def assert_shown_with_its_words(cues: list[Cue], limits: Limits) -> None:
    """A cue begins while its words are said, and only so much behind the first as it takes to show the cue before; it
    stays no longer than to be read, or until a gap that would only flicker is closed.
    """
    for cue in cues:
        first, last = cue.words[0].span[0], cue.words[-1].span[1]
        assert first <= cue.start < last
        assert cue.start - first <= limits.min_gap_seconds + MIN_CUE_SECONDS + 1e-6
        needed = max(limits.min_seconds, cue.width / limits.max_cps, MIN_CUE_SECONDS)
        assert cue.start < cue.end <= last + needed + limits.flicker_seconds + limits.min_gap_seconds + MIN_CUE_SECONDS
    assert all(before.end <= after.start for before, after in pairwise(cues))


@given(chaotic(), PRESET, st.booleans())
def test_every_cue_is_shown_while_its_words_are_said(transcript: Transcript, limits: Limits, labels: bool) -> None:
    cues = shape(transcript, limits, labels=labels)
    assert_shown_with_its_words(cues, limits)
    timed = [word for segment in utterances(transcript) for word in segment.words]
    assert [word.text for cue in cues for word in cue.words] == [word.text for word in timed]
    spans = [word.span for cue in cues for word in cue.words]
    assert spans == [word.span for word in timed], "cues are made of the words as they were ordered"
    assert mend(cues, limits) == cues
    assert all(cue.end <= transcript.duration or cue.start >= transcript.duration for cue in cues)


@given(chaotic(), PRESET, st.floats(0, 70, allow_nan=False))
def test_no_cue_stays_beyond_the_end_of_the_recording(transcript: Transcript, limits: Limits, end: float) -> None:
    for cue in shape(replace(transcript, duration=end), limits):
        assert cue.start < cue.end
        assert cue.end <= end or cue.start >= end


def test_a_word_that_is_all_of_a_recording() -> None:
    transcript = Transcript((Segment((Word("one", 0.0, 0.05),), 0.0, 0.05),), 0.05, "parakeet", "cpu")
    assert render(transcript, "srt") == b"1\n00:00:00,000 --> 00:00:00,050\none\n"


@given(chaotic())
def test_ordered_words_follow_one_another_and_none_is_without_length(transcript: Transcript) -> None:
    words = [word for segment in utterances(transcript) for word in segment.words]
    assert all(word.span[1] - word.span[0] >= MIN_WORD_SECONDS / 2 for word in words)
    assert all(before.span[1] <= after.span[0] for before, after in pairwise(words))


@given(chaotic())
def test_words_that_agree_move_by_no_more_than_those_take_that_have_no_room(transcript: Transcript) -> None:
    words = [word for segment in transcript.segments for word in segment.words if word.start is not None]
    for before, after in zip(in_order(words), ordered(words), strict=True):
        assert 0 <= after.span[0] - before.span[0] <= MIN_WORD_SECONDS * len(words)
        assert 0 <= after.span[1] - before.span[1] <= MIN_WORD_SECONDS * len(words)


def timed(text: str, *spans: tuple[float, float]) -> tuple[Word, ...]:
    return tuple(Word(word, *span) for word, span in zip(text.split(), spans, strict=True))


def test_one_word_that_ends_ten_seconds_late_moves_no_other() -> None:
    """Whisper base on a reading of 25 minutes: “So” reached over the next cues, which came 3 s late for 0.1 s."""
    so = Segment(timed("So", (489.9, 500.3)), 489.9, 500.3)
    walked = Segment(timed("we walked on.", (490.2, 490.5), (490.5, 491.0), (491.0, 491.5)), 490.2, 491.5)
    edges = [500.3, 500.6, 500.8, 501.0, 501.2, 502.0, 502.2, 502.4, 503.4]
    armory = Segment(timed("not out of my armory, for at Tarasina", *pairwise(edges)), 500.3, 503.4)
    cues = shape(Transcript((so, walked, armory), 600.0, "whisper", "cpu"))
    assert [(cue.start, cue.end, cue.text) for cue in cues] == [
        (489.9, 491.5, "So we walked on."),
        (500.3, 503.4, "not out of my armory, for at Tarasina"),
    ]


def test_many_words_at_one_moment_take_the_time_before_it_and_move_no_other() -> None:
    """Where a model's attention loses its way."""
    lost = Segment(tuple(Word("word", 10.0, 10.0) for _ in range(40)), 10.0, 10.0)
    right = Segment(timed("This is right.", (10.0, 10.4), (10.4, 10.6), (10.6, 11.2)), 10.0, 11.2)
    cues = shape(Transcript((lost, right), 60.0, "whisper", "cpu"), Limits(max_line_chars=42, max_lines=2))
    assert_shown_with_its_words(cues, Limits(max_line_chars=42, max_lines=2))
    assert cues[-1].text == "This is right." and cues[-1].start == 10.0
