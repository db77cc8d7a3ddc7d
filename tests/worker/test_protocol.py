"""What is written into the pipe is what is read from it."""

import inspect
import os
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given

from tests.support.strategies import ANY, transcripts
from transcriber import errors
from transcriber.live.captions import Captions
from transcriber.options import TranscribeOptions
from transcriber.pipeline.resume_state import ChunkState, ResumeState
from transcriber.transcript import Coverage, Segment, Transcript, Word
from transcriber.worker.blame import Blame, blame_of
from transcriber.worker.protocol import (
    Align,
    Aligned,
    Cancel,
    Cancelled,
    Caption,
    Captioned,
    Copied,
    Copy,
    Event,
    Failed,
    Hear,
    Load,
    Loaded,
    Probe,
    Probed,
    ProcessEvent,
    Progress,
    Ready,
    Request,
    Started,
    Transcribe,
    Transcribed,
    Working,
    decode,
    encode,
)

SEGMENTS = (Segment((Word("“Grüße”,", 0.5, 0.9, 0.98), Word("世", space_before=False)), 0.5, 1.5, "Anna"),)
CARRIED = ChunkState((Word("so", 2.0, 2.5),), 12, "de", Coverage(4.0, ((2.0, 2.5),), 1, 1, (Word("you", 9.0, 9.5),)))
PATH = Path(os.fsdecode(b"/a/caf\xe9\n.wav"))
"""No UTF-8, and a line feed."""
REQUESTS = (
    Probe(0, PATH),
    Copy(1, PATH, None, Path("copy.wav"), always=True),
    Load(3, TranscribeOptions("whisper", "cpu")),
    Transcribe(2, PATH, TranscribeOptions(vocabulary=("Łódź",), end=9.5), ResumeState(SEGMENTS, 30.5, 2.1, CARRIED)),
    Align(1, PATH, TranscribeOptions(), (*SEGMENTS[0].words, Word("neu")), 0.5, 2.25),
    Caption(0, TranscribeOptions(vocabulary=("Łódź",)), 12.5, 0.6),
    Hear(bytes(range(256)), is_last=True),
    Cancel(),
)
EVENTS = (
    Ready("kernel"),
    Working((3, 4)),
    Started("cuda"),
    Progress(42.3, None, 3.0, SEGMENTS, bytes(range(256)), CARRIED),
    Probed(None, has_video=True),
    Copied(False),
    Captions(SEGMENTS[0].words, (Word("dann", 2.0, 2.5),), 3.0, "de"),
    Captioned(),
    Loaded("cpu"),
    Transcribed(Transcript(SEGMENTS, 60.0, "parakeet", "cpu", options={"vocabulary": ["Łódź"]}, notes=("a note",))),
    Aligned(((0.5, 0.75), None)),
    Cancelled(),
)
ERRORS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.TranscriberError)]


@pytest.mark.parametrize("request_sent", REQUESTS, ids=lambda request: type(request).__name__)
def test_every_request(request_sent: Request) -> None:
    line = encode(7, request_sent)
    assert line.count("\n") == 1
    assert (decode(line).id, decode(line).request()) == (7, request_sent)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_every_event(event: Event | ProcessEvent) -> None:
    line = encode(7, event)
    assert line.count("\n") == 1
    assert (decode(line).id, decode(line).event()) == (7, event)


def test_none_is_forgotten_here() -> None:
    assert {type(request) for request in REQUESTS} == set(get_args(Request))
    assert {Failed, *map(type, EVENTS)} == set(get_args(Event | ProcessEvent))


@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_comes_back_as_what_it_was(kind: type[errors.TranscriberError]) -> None:
    error = kind("it failed", "try again")
    for name in vars(error).keys() - {"message", "hint"}:
        setattr(error, name, "language")
    failed = decode(encode(7, Failed(error, Blame.NONE))).event()
    assert isinstance(failed, Failed)
    assert failed.blame is Blame.NONE
    assert type(failed.error) is kind
    assert vars(failed.error) == vars(error)


@given(transcripts(ANY))
def test_every_transcript(transcript: Transcript) -> None:
    assert decode(encode(7, Transcribed(transcript))).event() == Transcribed(transcript)


@pytest.mark.parametrize("line", ['{"id": 7, "kind": "strange"}', '{"id": 7, "kind": "probe", "strange": 1}'])
def test_of_what_is_no_request_it_is_known_whose_it_is(line: str) -> None:
    message = decode(line)
    assert message.id == 7
    with pytest.raises(KeyError):
        message.request()


@pytest.mark.parametrize(
    ("working", "blame"),
    [
        (set(), Blame.CULPRIT),
        ({7}, Blame.CULPRIT),
        ({7, 8}, Blame.SUSPECT),
        ({8}, Blame.NONE),
        ({8, 9}, Blame.NONE),
    ],
)
def test_who_is_to_blame_when_the_engine_dies(working: set[int], blame: Blame) -> None:
    assert blame_of(7, working) is blame
