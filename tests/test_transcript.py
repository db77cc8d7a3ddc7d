"""Transcripts as values."""

import json
from dataclasses import replace

import pytest

from transcriber.transcript import Coverage, Transcript, Word, from_dict, to_dict


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
