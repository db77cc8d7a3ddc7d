from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.conversations import alternating, voice
from tests.support.told_apart import told_apart, who_says
from transcriber.errors import UnsupportedOptionError
from transcriber.speakers.regrouping import merge, recount, rename, renumbered, split, vector_of
from transcriber.speakers.remembered import RememberedVoices
from transcriber.transcript import Diarization, Segment, Transcript, Turn, Voice, Word

THREE, THREE_VOICES = told_apart(alternating(3, 18))
ONE, ONE_VOICES = told_apart(alternating(2, 12), "1")


def names(transcript: Transcript) -> list[str]:
    return [voice.speaker for voice in transcript.diarization.voices]


def plain(transcript: Transcript) -> list[Word]:
    return [replace(word, speaker=None) for segment in transcript.segments for word in segment.words]


def assert_whole(transcript: Transcript) -> None:
    """Words, segments, turns and voices have the same names, in the order of time."""
    known = set(names(transcript))
    assert len(known) == len(names(transcript))
    assert {turn.speaker for turn in transcript.diarization.turns} == known
    assert {segment.speaker for segment in transcript.segments} <= known
    assert all(word.speaker == segment.speaker for segment in transcript.segments for word in segment.words)
    starts = [turn.start for turn in transcript.diarization.turns]
    assert starts == sorted(starts)
    for each in transcript.diarization.voices:
        own = [turn.end - turn.start for turn in transcript.diarization.turns if turn.speaker == each.speaker]
        assert each.seconds == pytest.approx(sum(own), abs=0.01)


def test_a_conversation_is_told_apart():
    assert who_says(THREE) == {"a": {"Speaker 1"}, "b": {"Speaker 2"}, "c": {"Speaker 3"}}
    assert_whole(THREE)


def test_names_stand_everywhere():
    named = rename(THREE, {1: "Anna", "Speaker 3": " Carla \n Bruni "})
    assert who_says(named) == {"a": {"Anna"}, "b": {"Speaker 2"}, "c": {"Carla Bruni"}}
    assert names(named) == ["Anna", "Speaker 2", "Carla Bruni"] and plain(named) == plain(THREE)
    assert_whole(named)
    assert rename(named, {1: "Anna"}) == named
    assert names(rename(named, {1: "Speaker 2", 2: "Anna"})) == ["Speaker 2", "Anna", "Carla Bruni"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda: rename(THREE, {4: "Anna"}), r"no speaker “4”; those there are: 1 \(Speaker 1\), 2"),
        (lambda: rename(THREE, {"Bob": "Anna"}), "no speaker “Bob”"),
        (lambda: rename(THREE, {1: "Anna", 2: "Anna"}), "both be called “Anna”; merge them"),
        (lambda: rename(THREE, {1: "Speaker 2"}), "both be called “Speaker 2”"),
        (lambda: rename(THREE, {1: "  "}), "called nothing"),
        (lambda: merge(THREE, [1, 0]), "no speaker “0”"),
        (lambda: split(THREE, THREE_VOICES, "Bob"), "no speaker “Bob”"),
        (lambda: recount(THREE, THREE_VOICES, "many"), "no number of speakers"),
        (lambda: rename(replace(THREE, diarization=None), {1: "Anna"}), "nobody was told apart.*--speakers auto"),
    ],
)
def test_what_cannot_be_done_is_said(change, why):
    with pytest.raises(UnsupportedOptionError, match=why):
        change()


def test_two_become_one():
    merged = merge(rename(THREE, {3: "Carla"}), [2, 3])
    assert who_says(merged) == {"a": {"Speaker 1"}, "b": {"Carla"}, "c": {"Carla"}}
    assert names(merged) == ["Speaker 1", "Carla"] and plain(merged) == plain(THREE)
    assert_whole(merged)
    assert merge(merged, ["Carla", 2]) == merged
    everybody = merge(THREE, [3, 1, 2])
    assert names(everybody) == ["Speaker 3"]
    assert_whole(everybody)


def test_a_sentence_that_was_cut_between_two_is_whole_again_when_they_are_one():
    words = [Word("so", 0, 0.5, speaker="A"), Word("we", 0.5, 1, speaker="B"), Word("go.", 1, 1.5, speaker="A")]
    cut = tuple(Segment((word,), *word.span, word.speaker) for word in words)
    who = Diarization("speakers", (Voice("A", 1, 0.8), Voice("B", 1, 0.4)), (Turn(0, 1, "A"), Turn(0.5, 1.5, "B")))
    (whole,) = merge(Transcript(cut, 2, "whisper-base", "cpu", diarization=who), ["A", "B"]).segments
    assert (whole.text, whole.start, whole.end, whole.speaker) == ("so we go.", 0, 1.5, "A")
    merged = merge(Transcript(cut, 2, "whisper-base", "cpu", diarization=who), [2, 1]).diarization
    assert merged.turns == (Turn(0, 1.5, "B"),) and merged.voices == (Voice("B", 1.5, 0.6),)


@pytest.mark.parametrize("count", ["1", "2", "3", "5", "auto"])
def test_another_number_of_people(count):
    again = recount(THREE, THREE_VOICES, count)
    assert len(names(again)) == (3 if count == "auto" else int(count))
    assert plain(again) == plain(THREE) and again.diarization.count == count
    assert_whole(again)
    assert recount(again, THREE_VOICES, "auto").segments == THREE.segments


def test_names_stay_with_a_voice_that_is_the_same():
    named = rename(ONE, {1: "Anna"})
    assert names(recount(named, ONE_VOICES, "1")) == ["Anna"]
    assert names(recount(named, ONE_VOICES, "2")) == ["Speaker 1", "Speaker 2"]
    three = rename(THREE, {2: "Bob", 3: "Carla"})
    assert names(recount(three, THREE_VOICES, "auto")) == ["Speaker 1", "Bob", "Carla"]
    assert names(recount(merge(three, ["Bob", "Carla"]), THREE_VOICES, "3")) == ["Speaker 1", "Speaker 2", "Speaker 3"]


def test_one_becomes_two_and_the_others_stay_as_they_are():
    two = split(rename(ONE, {1: "Anna"}), ONE_VOICES, "Anna")
    assert sorted(map(len, who_says(two).values())) == [1, 1] and set(names(two)) == {"Anna", "Speaker 2"}
    assert who_says(two)["a"] != who_says(two)["b"] and plain(two) == plain(ONE)
    assert_whole(two)
    mixed = merge(THREE, [1, 2])
    again = split(mixed, THREE_VOICES, 1)
    assert {letter: len(speakers) for letter, speakers in who_says(again).items()} == {"a": 1, "b": 1, "c": 1}
    assert len(set().union(*who_says(again).values())) == 3
    assert_whole(again)
    (before,), (after,) = (
        [turn for turn in t.diarization.turns if turn.speaker == "Speaker 3"][:1] for t in (mixed, again)
    )
    assert before == after


def test_what_has_no_two_voices_cannot_be_split():
    short, heard = told_apart([(0, 3, 0), (3.5, 9, 1), (9.5, 15, 1)], "2")
    with pytest.raises(UnsupportedOptionError, match="no two voices"):
        split(short, heard, 1)


def test_only_a_part_of_the_recording_was_listened_to():
    start = 100.0
    later = replace(
        THREE,
        options={"start": start},
        segments=tuple(
            Segment(tuple(word.later(start) for word in part.words), part.start + start, part.end + start, part.speaker)
            for part in THREE.segments
        ),
        diarization=replace(
            THREE.diarization,
            turns=tuple(Turn(turn.start + start, turn.end + start, turn.speaker) for turn in THREE.diarization.turns),
        ),
    )
    again = recount(later, THREE_VOICES, "auto")
    assert who_says(again) == who_says(THREE)
    assert all(
        abs(one.start - other.start) < 0.002 for one, other in zip(again.diarization.turns, later.diarization.turns)
    )
    assert again.diarization.turns[-1].end == pytest.approx(later.diarization.turns[-1].end, abs=0.002)
    assert who_says(split(merge(later, [1, 2]), THREE_VOICES, 1))["c"] == {"Speaker 3"}
    assert vector_of(later, THREE_VOICES, 3) @ voice(2) > 0.9


def test_remembered_voices_are_suggested_until_a_name_is_given(tmp_path):
    remembered = RememberedVoices(tmp_path / "remembered-voices.json")
    remembered.turn_on()
    remembered.remember("Bob", vector_of(THREE, THREE_VOICES, 2), 30)
    suggested = recount(THREE, THREE_VOICES, "auto", remembered)
    assert [voice.suggestion for voice in suggested.diarization.voices] == ["", "Bob", ""]
    for number in (1, 2):
        assert not any(voice.suggestion for voice in rename(suggested, {number: "Bob"}).diarization.voices)


def test_voices_of_another_recording_are_refused():
    _, short_voices = told_apart(alternating(3, 3))
    with pytest.raises(UnsupportedOptionError, match="another recording"):
        recount(THREE, short_voices, "2")


def test_somebody_who_never_speaks_is_not_split_off(monkeypatch):
    silent = THREE_VOICES.split([(0.0, 1000.0)])
    monkeypatch.setattr(
        type(THREE_VOICES), "split", lambda *_: replace(silent, exclusive=np.zeros_like(silent.exclusive))
    )
    with pytest.raises(UnsupportedOptionError, match="no two voices"):
        split(THREE, THREE_VOICES, 1)


def test_whoever_has_no_name_yet_has_their_number():
    merged = merge(rename(THREE, {3: "Cleo"}), [1, 2])
    assert names(merged) == names(renumbered(merged)) == ["Speaker 1", "Cleo"]
    assert names(renumbered(merge(THREE, [1, 2]))) == ["Speaker 1", "Speaker 2"]
    assert_whole(renumbered(merge(THREE, [1, 2])))


def test_one_change_after_the_other():
    long, heard = told_apart(alternating(5, 200))
    changed = merge(recount(long, heard, "4-9"), [1, 5])
    assert names(changed) == [f"Speaker {number}" for number in range(1, 5)]
    assert_whole(changed)


@given(st.lists(st.integers(1, 3), min_size=1, max_size=3), st.lists(st.sampled_from("ABCDEF"), min_size=3, max_size=3))
def test_merging_and_renaming_are_idempotent(speakers, letters):
    merged = merge(THREE, speakers)
    assert merge(merged, [speakers[0] if len(set(speakers)) == 1 else f"Speaker {speakers[0]}"]) == merged
    new = {number: f"{letter}{number}" for number, letter in enumerate(letters[: len(names(merged))], start=1)}
    named = rename(merged, new)
    assert rename(named, new) == named and names(named) == list(new.values())
    assert plain(named) == plain(THREE)
    assert_whole(named)
