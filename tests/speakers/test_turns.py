from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.activities import activity
from tests.support.conversations import alternating, voice, voices
from transcriber.speakers.protocol import Activity
from transcriber.speakers.remembered import RememberedVoices
from transcriber.speakers.turns import bridged, diarization, names, turns
from transcriber.transcript import Turn


def test_turns_of_several_people_overlap():
    found = turns(activity("xxx...", "..xx.x"), ["Anna", "Bob"])
    assert found == (Turn(0, 3, "Anna"), Turn(2, 4, "Bob"), Turn(5, 6, "Bob"))


def test_short_pauses_are_within_a_turn():
    found = turns(activity("xx...x....x", seconds=0.1), ["Anna"])
    assert found == (Turn(0, 0.6, "Anna"), Turn(1, 1.1, "Anna"))


def test_a_turn_ends_with_the_recording():
    heard = activity("xxx")
    shorter = Activity(heard.active, heard.exclusive, heard.centres, heard.quality, 1.0, 0.5, 2.25)
    assert turns(shorter, ["Anna"]) == (Turn(0.5, 2.25, "Anna"),)


@given(st.lists(st.tuples(st.floats(0, 99), st.floats(0, 9)), max_size=20))
def test_bridged_stretches_are_apart_and_cover_the_same(stretches):
    given_ones = sorted((start, start + length) for start, length in stretches)
    whole = bridged(given_ones, 0.3)
    assert all(later[0] - sooner[1] > 0.3 for sooner, later in pairwise(whole))
    assert all(any(start <= s and e <= end for start, end in whole) for s, e in given_ones)
    assert bridged(whole, 0.3) == whole


def test_people_are_numbered_until_somebody_is_known():
    two = activity("xx..", "..xx")
    assert names(two) == ["Speaker 1", "Speaker 2"]
    assert names(two, {"Bob": voice(1), "Carla": voice(7)}) == ["Speaker 1", "Bob"]
    assert names(two, {"Speaker 1": voice(1)}) == ["Speaker 2", "Speaker 1"]


@pytest.fixture
def bob(tmp_path) -> RememberedVoices:
    remembered = RememberedVoices(tmp_path / "remembered-voices.json")
    remembered.turn_on()
    remembered.remember("Bob", voice(1), 60)
    return remembered


def test_a_diarization_has_voices_and_turns(bob):
    made = diarization(activity("xxx...", "..xx.x"), "speakers", "2", {"Anna": voice(0)}, bob)
    anna, other = made.voices
    assert (anna.speaker, anna.seconds, anna.quality, anna.suggestion) == ("Anna", 3, 0.9, "")
    assert (other.speaker, other.seconds, other.quality, other.suggestion) == ("Speaker 2", 3, 0.5, "Bob")
    assert made.turns == (Turn(0, 3, "Anna"), Turn(2, 4, "Speaker 2"), Turn(5, 6, "Speaker 2"))
    assert made.overlaps == ((2, 3),) and made.count == "2"


def test_who_is_named_is_suggested_to_nobody(bob):
    made = diarization(activity("xx..", "..xx"), "speakers", known={"Bob": voice(1)}, remembered=bob)
    assert [(voice.speaker, voice.suggestion) for voice in made.voices] == [("Speaker 1", ""), ("Bob", "")]


def test_nobody_speaks(bob):
    nobody = voices([], duration=12).people()
    made = diarization(nobody, "speakers", remembered=bob)
    assert made.voices == made.turns == ()


def test_the_turns_of_a_conversation():
    heard = voices(alternating(3, 9)).people()
    found = turns(heard, names(heard))
    assert [turn.speaker for turn in found] == ["Speaker 1", "Speaker 2", "Speaker 3"] * 3
    assert all(abs(turn.start - at * 6.5) < 0.05 for at, turn in enumerate(found))
