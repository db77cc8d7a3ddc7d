"""Who spoke when in a recording, without its words; and the voice of one person."""

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import numpy as np

from transcriber.audio.recording import Recording
from transcriber.audio.samples import SAMPLE_RATE
from transcriber.errors import AudioError, UnsupportedOptionError
from transcriber.options import TranscribeOptions
from transcriber.pipeline.events import Progress
from transcriber.pipeline.speaker_track import SpeakerModels, who_spoke
from transcriber.pipeline.voice_track import open_at_voice
from transcriber.readable import readable
from transcriber.speakers.protocol import Diarizer
from transcriber.transcript import Diarization

REFERENCE_SECONDS = 30.0
"""Of a recording in which one person speaks; more makes no voice clearer."""


def diarize(path: Path, options: TranscribeOptions, models: SpeakerModels) -> Generator[Progress, None, Diarization]:
    """Listen to a recording: yields how far it is, with what was heard; returns who spoke when. Raises AudioError."""
    start = options.start
    with closing(models.diarizer.listener()) as listener, open_at_voice(path, options) as recording:
        end = min((end for end in (options.end, recording.duration) if end is not None), default=None)
        done = start
        for block in recording.blocks(start, options.end):
            listener.hear(block)
            done += len(block) / SAMPLE_RATE
            yield Progress(done, end, 0.0, voices=listener.take())
        voices = listener.finish()
        yield Progress(done, done, 0.0, voices=listener.take())
    return who_spoke(voices, models, options, start)[1]


def voice_of(name: str, path: Path, diarizer: Diarizer) -> np.ndarray:
    """The voice [VECTOR_SIZE] of the one person who speaks at the beginning of a recording.

    Raises UnsupportedOptionError where there is no such person, or no recording.
    """
    hint = "choose a recording in which this person alone speaks for 2 to 30 seconds"
    try:
        with Recording(path) as recording:
            samples = np.concatenate([np.zeros(0, np.float32), *recording.blocks(0.0, REFERENCE_SECONDS)])
    except AudioError as error:
        raise UnsupportedOptionError(
            f"the voice of {name} cannot be heard: {error.message}", hint, "known_speakers"
        ) from error
    voice = diarizer.embed(samples)
    if voice is None:
        raise UnsupportedOptionError(
            f"{name} is not heard clearly for long enough in {readable(path.name)}", hint, "known_speakers"
        )
    return voice
