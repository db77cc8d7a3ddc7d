"""The laws of subtitles: no word lost, no overlap, the limits kept, and mending that only makes better."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.strategies import ANY, HAN, LATIN, MIXED, transcripts, unhurried
from transcriber.exports.subtitles.breaking import break_lines, width
from transcriber.exports.subtitles.cues import Cue
from transcriber.exports.subtitles.limits import PRESETS, Limits
from transcriber.exports.subtitles.shaping import mend, shape, violations
from transcriber.exports.timing import utterances
from transcriber.transcript import Segment, Transcript, Word, joined

PRESET = st.sampled_from(list(PRESETS.values()))
HARD = ("max_line_chars", "max_lines", "max_seconds", "overlap")
"""Limits that hold for every cue of several words, however fast somebody speaks."""


def said(*texts: str, start: float = 0.0, each: float = 0.4, speaker: str | None = None) -> Segment:
    """A segment of words that take `each` seconds."""
    words = tuple(Word(text, start + each * place, start + each * (place + 1)) for place, text in enumerate(texts))
    return Segment(words, start, start + each * len(texts), speaker)


def transcript_of(*segments: Segment, language: str = "en") -> Transcript:
    return Transcript(segments, 60.0, "parakeet", "cpu", language=language)


def texts(cues: list[Cue]) -> list[str]:
    return [cue.text for cue in cues]


@given(transcripts(), PRESET, st.booleans())
def test_no_word_is_lost_or_moved(transcript: Transcript, limits: Limits, labels: bool) -> None:
    words = [word.text for segment in transcript.segments for word in segment.words]
    assert [word.text for cue in shape(transcript, limits, labels=labels) for word in cue.words] == words


@given(transcripts(st.one_of(LATIN, HAN, ANY, MIXED), blanks=st.booleans()), PRESET)
def test_text_without_blanks_is_the_same_when_its_lines_are_joined(transcript: Transcript, limits: Limits) -> None:
    found = joined(word for cue in shape(transcript, limits) for word in cue.words)
    assert found == joined(word for segment in utterances(transcript) for word in segment.words)


@given(transcripts(st.one_of(LATIN, HAN)), PRESET, st.booleans())
def test_cues_follow_one_another(transcript: Transcript, limits: Limits, labels: bool) -> None:
    cues = shape(transcript, limits, labels=labels)
    assert all(cue.start < cue.end for cue in cues)
    assert all(before.end <= after.start for before, after in pairwise(cues))


@given(transcripts(), PRESET)
def test_the_hard_limits_hold_but_for_single_words(transcript: Transcript, limits: Limits) -> None:
    broken = [one for one in violations(shape(transcript, limits), limits) if one.rule in HARD]
    assert all(
        len(one.cue.words) == 1 or max(map(width, one.cue.texts)) in map(_width, one.cue.words) for one in broken
    )


def _width(word: Word) -> int:
    return width(word.text)


@given(unhurried(), st.sampled_from(["netflix", "bbc", "youtube", "plain"]))
def test_all_limits_hold_where_there_is_time(transcript: Transcript, preset: str) -> None:
    limits = PRESETS[preset]
    assert violations(shape(transcript, limits), limits) == []


@given(transcripts(), PRESET, st.booleans())
def test_a_line_is_one_persons_and_two_in_a_cue_have_one_each(
    transcript: Transcript, limits: Limits, labels: bool
) -> None:
    for cue in shape(transcript, limits, labels=labels):
        speakers = [{word.speaker for word in line} for line in cue.lines]
        assert [len(people) for people in speakers] == [1] * len(cue.lines)
        if cue.reply:
            assert speakers == [{cue.speaker}, {cue.reply.speaker}] and cue.speaker != cue.reply.speaker
            assert all(text.startswith("-") for text in cue.texts)
        else:
            assert set.union(*speakers) == {cue.speaker}


def exchange(pause: float = 0.1) -> Transcript:
    """Three answers of half a second each, and a sentence that can be read."""
    answers = [
        said(text, start=(0.5 + pause) * number, each=0.5, speaker=name)
        for number, (text, name) in enumerate([("Yes.", "Anna"), ("No.", "Bob"), ("Oh?", "Anna")])
    ]
    return transcript_of(*answers, said("We", "shall", "see.", start=4.0, each=0.5, speaker="Bob"))


def test_answers_too_short_to_be_read_share_a_cue_behind_hyphens() -> None:
    assert texts(shape(exchange())) == ["-Yes.\n-No.", "Oh?", "We shall see."]
    assert texts(shape(exchange(), labels=True)) == ["-ANNA: Yes.\n-BOB: No.", "ANNA: Oh?", "BOB: We shall see."]
    assert violations(shape(exchange(), labels=True), PRESETS["netflix"]) == []
    assert len(shape(exchange(), PRESETS["plain"])) == 4


def test_what_can_be_read_alone_or_lies_apart_is_not_shared() -> None:
    assert not any(cue.reply for cue in shape(exchange(pause=1.0)))
    long = "a line that is as long as a line may be and".split()
    quick = transcript_of(said(*long, each=0.05, speaker="Anna"), said("No.", start=0.5, each=0.2, speaker="Bob"))
    assert not any(cue.reply for cue in shape(quick))
    assert not any(cue.reply for cue in shape(exchange(), replace(PRESETS["netflix"], max_lines=1)))


@st.composite
def bad_cues(draw: st.DrawFn) -> list[Cue]:
    """Cues as people make them: too long, too short, too close, badly broken, and even one over another."""
    cues, now = [], 0.0
    for _ in range(draw(st.integers(0, 6))):
        lines = tuple(
            tuple(Word(text) for text in line)
            for line in draw(st.lists(st.lists(LATIN, min_size=1, max_size=9), min_size=1, max_size=3))
        )
        lasts = draw(st.integers(1, 1500)) / 100
        cues.append(Cue(now, now + lasts, lines, draw(st.sampled_from([None, "Anna"]))))
        now += max(0.01, lasts + draw(st.sampled_from([-0.5, 0.0, 0.05, 0.3, 2.0])))
    return cues


@given(bad_cues(), PRESET)
def test_mending_keeps_the_words_and_makes_nothing_worse(cues: list[Cue], limits: Limits) -> None:
    mended = mend(cues, limits)
    words = [word.text for cue in cues for word in cue.words]
    assert [word.text for cue in mended for word in cue.words] == words
    assert len(violations(mended, limits)) <= len(violations(cues, limits))
    overlaps = [sum(one.rule == "overlap" for one in violations(each, limits)) for each in (cues, mended)]
    assert overlaps[1] <= overlaps[0]
    assert all(before.start <= after.start for before, after in pairwise(mended))


@given(bad_cues(), PRESET)
def test_mending_twice_changes_nothing(cues: list[Cue], limits: Limits) -> None:
    mended = mend(cues, limits)
    assert mend(mended, limits) == mended


def test_two_lines_are_balanced_and_broken_at_sense() -> None:
    cue = "I would have come to the party but nobody had told me where".split()
    lines = break_lines([Word(text) for text in cue], 42)
    assert [" ".join(word.text for word in line) for line in lines] == [
        "I would have come to the party",
        "but nobody had told me where",
    ]


def test_no_word_is_left_alone() -> None:
    """Six words of which five fit a line, and as a cue nine of which eight do."""
    lines = break_lines([Word("word")] * 6, 24)
    assert [len(line) for line in lines] == [3, 3]
    cues = shape(transcript_of(said(*["word"] * 9, each=0.5)), Limits(max_line_chars=19, max_lines=2, max_seconds=7))
    assert min(len(cue.words) for cue in cues) >= 4


@pytest.mark.parametrize(
    ("language", "text", "line", "expected"),
    [
        ("en", "He gave it to the old man on Monday", 24, ["He gave it", "to the old man on Monday"]),
        ("de", "Er wusste nicht, dass wir kommen", 20, ["Er wusste nicht,", "dass wir kommen"]),
        ("fr", "Il est venu mais je suis parti", 20, ["Il est venu", "mais je suis parti"]),
        ("es", "Vino tarde pero no dijo nada", 20, ["Vino tarde", "pero no dijo nada"]),
        ("sv", "ord ord, ord ord ord", 12, ["ord ord,", "ord ord ord"]),
    ],
)
def test_lines_never_end_with_an_article(language: str, text: str, line: int, expected: list[str]) -> None:
    lines = break_lines([Word(word) for word in text.split()], line, language=language)
    assert [" ".join(word.text for word in part) for part in lines] == expected


def test_sentences_are_kept_apart_and_breaks_follow_clauses() -> None:
    text = (
        "When the council met on Tuesday, nobody expected that the plan would be approved so soon by everybody there."
    )
    cues = shape(transcript_of(said(*text.split(), each=0.35)))
    assert texts(cues) == [
        "When the council met on Tuesday,",
        "nobody expected that the plan would\nbe approved so soon by everybody there.",
    ]


def test_a_short_answer_stays_long_enough_and_close_gaps_are_closed() -> None:
    first, second = said("No.", each=0.2), said("Why", "not?", start=1.1, each=0.5)
    cues = shape(transcript_of(first, second))
    assert [(cue.start, round(cue.end, 3)) for cue in cues] == [(0.0, 1.017), (1.1, 2.1)]


def test_what_is_too_short_alone_is_merged_with_its_neighbour() -> None:
    cues = shape(transcript_of(said("No.", each=0.2), said("Never.", start=0.25, each=0.9)))
    assert texts(cues) == ["No. Never."]


def test_plain_is_a_cue_a_segment_at_its_own_times() -> None:
    segments = (said(*["word"] * 40), said("end", start=16.0, each=0.05))
    cues = shape(transcript_of(*segments), PRESETS["plain"])
    assert [(cue.start, cue.end, len(cue.lines)) for cue in cues] == [(0.0, 16.0, 1), (16.0, 16.1, 1)]


def test_words_without_times_share_their_segment() -> None:
    words = tuple(Word(text) for text in "one two three four five six seven eight nine ten eleven twelve".split() * 2)
    cues = shape(transcript_of(Segment(words, 10.0, 22.0)))
    assert cues[0].start == 10.0
    assert cues[-1].end == pytest.approx(22.0, abs=0.01)
    assert violations(cues, PRESETS["netflix"]) == []


def test_han_is_broken_without_blanks_and_never_before_punctuation() -> None:
    text = "他们昨天在办公室里讨论了那个计划，但是市长没有告诉任何人他打算怎么做。我们以后再说吧，谢谢大家！"
    cues = shape(transcript_of(Segment((Word(text),), 0.0, 12.0), language="zh"))
    lines = [line for cue in cues for line in cue.texts]
    assert "".join(lines) == text
    assert all(width(line) <= 42 and line[0] not in "，。！" for line in lines)
    assert len(cues) > 1


def test_characters_are_columns() -> None:
    assert [width(text) for text in ("abc", "né", "ne\u0301", "漢字", "한국", "ｱ", "")] == [3, 2, 2, 4, 4, 1, 0]


def test_a_speaker_is_labelled_when_another_one_spoke_before() -> None:
    transcript = transcript_of(
        said("Yes.", each=1.0, speaker="Anna"),
        said("Sure.", start=4.0, each=1.0, speaker="Anna"),
        said("No.", start=8.0, each=1.0, speaker="Bob"),
    )
    assert texts(shape(transcript, labels=True)) == ["ANNA: Yes.", "Sure.", "BOB: No."]
    assert [cue.speaker for cue in shape(transcript)] == ["Anna", "Anna", "Bob"]


def test_a_change_of_speaker_within_a_segment_begins_a_cue() -> None:
    words = (Word("Ready?", 0.0, 1.0, speaker="Anna"), Word("Yes!", 1.0, 2.0, speaker="Bob"))
    assert [s.speaker for s in utterances(transcript_of(Segment(words, 0.0, 2.0)))] == ["Anna", "Bob"]


def test_people_who_speak_at_once_come_one_after_the_other() -> None:
    cues = shape(transcript_of(said(*["so"] * 10, each=1.0), said("But!", start=5.0, each=0.5)))
    assert all(before.end <= after.start for before, after in pairwise(cues))


def test_the_report_names_the_cue_the_rule_the_value_and_the_limit() -> None:
    line = tuple(Word(text) for text in ["abcdefghij"] * 5)
    cues = [Cue(1.0, 1.5, (line, line, line)), Cue(1.49, 20.0, ((Word("late"),),)), Cue(20.2, 22.0, ((Word("x"),),))]
    found = violations(cues, PRESETS["netflix"])
    assert [(one.number, one.rule) for one in found] == [
        (1, "max_line_chars"), (1, "max_lines"), (1, "max_cps"), (1, "min_seconds"), (1, "overlap"),
        (2, "max_seconds"), (2, "flicker_seconds"),
    ]  # fmt: skip
    assert (found[0].cue, found[0].value, found[0].limit) == (cues[0], 54, 42)
    assert str(found[5]) == "cue 2 at 00:00:01.490 “late”: stays 18.51 s, at most 7.00 s"


def test_what_can_be_mended_is_mended() -> None:
    words = tuple(Word(text) for text in "this sentence is far too long to stand in a single line of a cue".split())
    cues = [Cue(0.0, 5.0, (words,)), Cue(5.01, 5.2, ((Word("Yes."),),)), Cue(6.4, 8.0, ((Word("Good."),),))]
    mended = mend(cues, PRESETS["netflix"])
    assert violations(cues, PRESETS["netflix"])
    assert violations(mended, PRESETS["netflix"]) == []
    assert texts(mended) == ["this sentence is far too long\nto stand in a single line of a cue", "Yes.", "Good."]


def test_the_presets_are_what_was_published() -> None:
    assert PRESETS["netflix"] == Limits(42, 2, 20, 5 / 6, 7, 2 / 24, 0.5)
    assert PRESETS["plain"] == replace(Limits())
