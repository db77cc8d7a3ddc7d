"""Transcripts as values."""

import json
from dataclasses import asdict, replace

import pytest

from transcriber.pipeline.resume_state import resume_state_from_dict
from transcriber.transcript import Coverage, Diarization, Hypothesis, Segment, Transcript, Turn, Word, joined
from transcriber.transcript_json import from_dict, to_dict, upgraded


def test_text_and_speed_follow_from_the_rest(transcript: Transcript) -> None:
    assert transcript.text == "Hello world. Tom & <Jerry>"
    assert transcript.rtfx == 100


def test_survives_json(transcript: Transcript) -> None:
    assert from_dict(json.loads(json.dumps(to_dict(transcript)))) == transcript


def test_what_an_older_version_wrote_can_be_read(transcript: Transcript) -> None:
    newer = ("source", "coverage", "options", "model_sha256", "notes")
    old = {name: value for name, value in to_dict(transcript).items() if name not in newer}
    assert from_dict(old) == replace(transcript, source=None, coverage=None)


def test_coverage_is_the_part_of_the_speech_that_has_words(transcript: Transcript) -> None:
    assert transcript.coverage and transcript.coverage.ratio == 0.875
    assert Coverage().ratio == 1


def test_a_word_without_times_says_so() -> None:
    with pytest.raises(ValueError, match="lost"):
        _ = Word("lost").span


def test_a_word_moves_with_its_chunk() -> None:
    assert Word("a", 1.0, 1.5, 0.5).later(30) == Word("a", 31.0, 31.5, 0.5)
    assert Word("a").later(30) == Word("a")


def test_what_is_doubtful_moves_with_the_words() -> None:
    hypothesis = Hypothesis((Word("a", 1.0, 1.5), Word("b")), "en", ((0.5, 2.0),))
    assert hypothesis.later(30) == Hypothesis((Word("a", 31.0, 31.5), Word("b")), "en", ((30.5, 32.0),))


def test_words_know_how_they_are_joined() -> None:
    words = (Word("我", space_before=False), Word("25", space_before=False), Word("年"), Word("iPhone"))
    assert joined(words) == Hypothesis(words).text == "我25 年 iPhone"
    segments = (Segment(words[1:], 0, 1), Segment((), 1, 1), Segment(words[:1], 1, 2), Segment(words[2:], 2, 3))
    assert [segment.text for segment in segments] == ["25 年 iPhone", "", "我", "年 iPhone"]
    assert Transcript(segments, 3.0, "whisper", "cpu").text == "25 年 iPhone我 年 iPhone"
    assert joined([]) == ""


def old(*segments: str) -> list[dict]:
    """Segments with the words of texts, as versions wrote them whose words did not know how they are joined."""
    found = []
    for number, text in enumerate(segments):
        words = [asdict(Word(word, number, number + 1)) for word in text.split("|") if word]
        for word in words:
            del word["space_before"]
        found.append({"words": words, "start": number, "end": number + 1, "speaker": None})
    return found


@pytest.mark.parametrize(
    ("segments", "text"),
    [
        (("state|-of|-the|-art", "25|-30"), "state -of -the -art 25 -30"),
        (("你|好，", "世|界"), "你好，世界"),
        (("use|Python|写|代码。", "ｶﾅ|「|OK"), "use Python 写代码。ｶﾅ「 OK"),
        (("한국|사람",), "한국 사람"),
        (("ส|วั|ส",), "ส วั ส"),
        (("好", "", "吗", "no"), "好吗 no"),
    ],
)
def test_the_text_of_an_old_transcript_is_what_it_was(segments: tuple[str, ...], text: str) -> None:
    """A blank stood between words, but not between Han or kana."""
    fields = {"segments": old(*segments), "duration": 9.0, "model": "whisper", "device": "cpu"}
    read = from_dict(fields)
    assert read.text == text
    assert from_dict(json.loads(json.dumps(to_dict(read)))) == read
    assert fields["segments"] == old(*segments)


def test_an_old_interrupted_transcription_goes_on_with_the_text_that_it_had() -> None:
    (tail,) = old("世|界|OK")
    fields = {"segments": old("说|你", "好"), "done": 2.0, "elapsed": 1.0, "carried": {"tail": tail["words"]}}
    partial = resume_state_from_dict(fields)
    assert joined([*partial.segments[0].words, *partial.segments[1].words, *partial.carried.tail]) == "说你好世界 OK"


def test_new_words_are_left_as_they_are_beside_old_ones() -> None:
    (segment,) = old("好|吗")
    segment["words"].append(asdict(Word("呢", space_before=True)))
    assert [word["space_before"] for word in upgraded([segment])[0]["words"]] == [True, False, True]


def test_fields_that_nobody_knows_are_refused(transcript: Transcript) -> None:
    fields = to_dict(transcript)
    strange = [{**fields, "mood": "good"}]
    strange.append({**fields, "segments": [{**fields["segments"][0], "mood": "good"}]})
    strange.append({**fields, "coverage": {**fields["coverage"], "mood": "good"}})
    for other in strange:
        with pytest.raises(ValueError, match="mood"):
            from_dict(other)
    assert from_dict(fields) == transcript


def test_overlaps_are_where_two_people_speak_at_once() -> None:
    turns = (
        *(Turn(0, 2, "Anna"), Turn(1, 3, "Ben"), Turn(1.5, 1.8, "Cleo"), Turn(3, 4, "Anna"), Turn(3.5, 3.9, "Anna")),
        *(Turn(5, 7, "Anna"), Turn(6, 6.5, "Ben"), Turn(6.5, 8, "Ben")),
    )
    assert Diarization("speakers", (), turns).overlaps == ((1, 2), (6, 7))
    assert Diarization("speakers", (), ()).overlaps == ()
