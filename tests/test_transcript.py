"""Transcripts as values."""

import json

import pytest

from transcriber.transcript import Transcript, Word, from_dict, to_dict


def test_text_and_speed_follow_from_the_rest(transcript: Transcript) -> None:
    assert transcript.text == "Hello world. Tom & <Jerry>"
    assert transcript.rtfx == 100


def test_survives_json(transcript: Transcript) -> None:
    assert from_dict(json.loads(json.dumps(to_dict(transcript)))) == transcript


def test_a_word_without_times_says_so() -> None:
    with pytest.raises(ValueError, match="lost"):
        _ = Word("lost").span


def test_a_word_moves_with_its_chunk() -> None:
    assert Word("a", 1.0, 1.5, 0.5).later(30) == Word("a", 31.0, 31.5, 0.5)
