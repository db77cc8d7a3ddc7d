"""What the tests of formats share, and how hypothesis works here: the same examples at every run, and no clock."""

from dataclasses import replace

import pytest
from hypothesis import settings

from transcriber.transcript import Transcript

settings.register_profile("steady", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("steady")


@pytest.fixture
def spoken(transcript: Transcript) -> Transcript:
    """The same, with a speaker for each segment."""
    speakers = ("Anna", "Bob & <Co>")
    segments = tuple(replace(one, speaker=speaker) for one, speaker in zip(transcript.segments, speakers))
    return replace(transcript, segments=segments)
