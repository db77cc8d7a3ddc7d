"""Paragraphs: a turn each, and of a long one as many as a reader needs."""

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.strategies import LATIN, MIXED, transcripts
from transcriber.exports import render
from transcriber.exports.paragraphs import MAX_COLUMNS, MAX_SECONDS, paragraphs
from transcriber.exports.subtitles.breaking import width
from transcriber.exports.timing import UNKNOWN_SPEAKER, utterances
from transcriber.transcript import Segment, Transcript, Word, joined


def said(text: str, speaker: str | None, start: float = 0.0, each: float = 0.4) -> Segment:
    words = tuple(
        Word(word, start + each * place, start + each * place + 0.9 * each) for place, word in enumerate(text.split())
    )
    return Segment(words, start, words[-1].span[1], speaker)


def transcript_of(*segments: Segment) -> Transcript:
    return Transcript(segments, 9000.0, "whisper", "cpu")


def shown(transcript: Transcript) -> list[tuple[str, str]]:
    return [(paragraph.speaker, paragraph.text) for paragraph in paragraphs(transcript)]


@given(transcripts(st.one_of(LATIN, MIXED), blanks=st.booleans()))
def test_all_words_in_their_order_and_one_person_a_paragraph(transcript: Transcript) -> None:
    spoken = [word for segment in utterances(transcript) for word in segment.words]
    written = list(paragraphs(transcript))
    assert [word for paragraph in written for word in paragraph.words] == spoken
    assert all(len({word.speaker for word in paragraph.words}) == 1 for paragraph in written)
    changes = [speaker or UNKNOWN_SPEAKER for speaker, _ in groupby(spoken, lambda word: word.speaker)]
    has_speakers = any(word.speaker for word in spoken)
    assert [paragraph.speaker for paragraph in written if paragraph.speaker] == (changes if has_speakers else [])


def test_without_speakers_a_pause_after_a_sentence_ends_a_paragraph() -> None:
    segments = said("One two.", None), said("Three", None, 2), said("four.", None, 6), said("Five.", None, 9)
    assert shown(transcript_of(*segments)) == [("", "One two. Three four."), ("", "Five.")]


def test_what_one_says_until_another_speaks_is_one_paragraph() -> None:
    segments = said("One two.", "Anna"), said("Three.", "Anna", 2), said("Yes.", "Ben", 4), said("Four.", "Anna", 6)
    assert shown(transcript_of(*segments)) == [("Anna", "One two. Three."), ("Ben", "Yes."), ("Anna", "Four.")]


def test_a_change_within_a_segment_is_one() -> None:
    words = tuple(Word(text, at, at + 1, speaker=name) for at, (text, name) in enumerate([("a", "Ann"), ("b", "Ben")]))
    assert shown(transcript_of(Segment(words, 0, 2))) == [("Ann", "a"), ("Ben", "b")]


def test_nobody_is_taken_for_the_one_before() -> None:
    segments = said("One.", "Anna"), said("Two.", None, 2), said("Three.", "Anna", 4)
    assert [speaker for speaker, _ in shown(transcript_of(*segments))] == ["Anna", UNKNOWN_SPEAKER, "Anna"]
    srt = render(transcript_of(*segments), "srt").decode()
    assert "\nANNA: One." in srt and "\nUNKNOWN SPEAKER: Two." in srt and "\nANNA: Three." in srt


@pytest.mark.parametrize("sentence", ["We know what was said there on Monday. ", "我们昨天讨论了这个计划。 ", "Stop! "])
def test_a_long_turn_is_divided_at_the_ends_of_sentences(sentence: str) -> None:
    text = (sentence * 80).strip()
    written = list(paragraphs(transcript_of(said(text, "Anna"))))
    assert " ".join(paragraph.text for paragraph in written) == text
    assert [paragraph.speaker for paragraph in written] == ["Anna"] + [""] * (len(written) - 1)
    for paragraph in written:
        assert width(paragraph.text) <= MAX_COLUMNS
        assert paragraph.words[-1].span[1] - paragraph.start <= MAX_SECONDS
        assert len(paragraph.words) >= 10
        assert paragraph.text.endswith(sentence.strip()[-1])


def test_speech_that_is_slow_is_divided_by_the_time_it_takes() -> None:
    written = list(paragraphs(transcript_of(said("Slowly. " * 90, "Anna", each=2.0))))
    assert len(written) > 1
    assert max(paragraph.words[-1].span[1] - paragraph.start for paragraph in written) <= MAX_SECONDS


def test_where_no_sentence_ends_the_longest_pause_divides() -> None:
    first, second = said("word " * 70, "Anna"), said("word " * 80, "Anna", 70 * 0.4 + 1.0)
    written = list(paragraphs(transcript_of(first, second)))
    assert [len(paragraph.words) for paragraph in written] == [70, 80]


def test_a_long_silence_ends_a_paragraph() -> None:
    segments = said("One.", "Anna"), said("Two.", "Anna", 9)
    assert shown(transcript_of(*segments)) == [("Anna", "One."), ("", "Two.")]


def test_one_word_without_end_is_a_paragraph() -> None:
    endless = "a" * 2 * MAX_COLUMNS
    written = shown(transcript_of(said(f"{endless} {endless}", "Anna", each=99.0)))
    assert written == [("Anna", endless), ("", endless)]


def test_the_time_stands_before_each_paragraph_and_the_name_where_it_changes() -> None:
    transcript = transcript_of(said("One.", "Anna"), said("Two.", "Anna", 61), said("Three.", "Ben", 3600))
    assert render(transcript, "txt").decode() == (
        "[00:00:00] Anna: One.\n\n[00:01:01] Two.\n\n[01:00:00] Ben: Three.\n"
    )
    assert (
        "**00:00:00 Anna:** One.\n\n**00:01:01** Two.\n\n**01:00:00 Ben:** Three.\n"
        in render(transcript, "md").decode()
    )


def test_without_speakers_a_text_is_the_words_alone() -> None:
    transcript = transcript_of(said("One.", None), said("Two.", None, 61))
    assert render(transcript, "txt").decode() == "One. Two.\n"
    assert joined(word for paragraph in paragraphs(transcript) for word in paragraph.words) == transcript.text
