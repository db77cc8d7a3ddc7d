"""OpenAI's official client asks who spoke; behind the real program an engine that hears a conversation."""

import shutil
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest
from openai import OpenAI
from openai.types.audio import TranscriptionDiarized, TranscriptionTextSegmentEvent

from tests.support.conversation import set_up_speakers
from tests.support.page_program import SMALL_ENGINE, Program
from tests.support.places import DEMO_MODELS, SAMPLE

MODEL = "gpt-4o-transcribe-diarize"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("openai")
    shutil.copytree(DEMO_MODELS, folder / "models")
    set_up_speakers(folder / "models")
    with Program(folder / "data", folder / "models", SMALL_ENGINE) as program:
        yield program


@pytest.fixture
def ask(program: Program):
    client = OpenAI(base_url=f"{program.address}v1", api_key="none", max_retries=0)

    def ask(**fields: object) -> object:
        usual = {"file": SAMPLE, "model": MODEL, "response_format": "diarized_json", "chunking_strategy": "auto"}
        return client.audio.transcriptions.create(**{**usual, **fields})

    return ask


def reference(recording: bytes) -> str:
    """As OpenAI's guide makes it."""
    return "data:audio/flac;base64," + b64encode(recording).decode()


def test_segments_with_speakers(ask) -> None:
    answer = ask()
    assert isinstance(answer, TranscriptionDiarized)
    assert [(part.speaker, part.text) for part in answer.segments] == [
        ("A", "Who is there?"),
        ("B", "It is me."),
        ("A", "Come in."),
    ]
    assert (answer.task, answer.duration, answer.usage.type) == ("transcribe", 10.0, "duration")
    assert answer.text == " ".join(part.text for part in answer.segments)


def test_segments_of_a_stream(ask) -> None:
    events = list(ask(stream=True))
    segments = [event for event in events if isinstance(event, TranscriptionTextSegmentEvent)]
    assert [event.speaker for event in segments] == ["A", "B", "A"]
    assert events[-1].type == "transcript.text.done"
    assert events[-1].text == "".join(event.delta for event in events if event.type == "transcript.text.delta")


def test_known_speakers_of_several_megabytes(ask, program: Program) -> None:
    recording = SAMPLE.read_bytes()
    large = recording + bytes(4_000_000 - len(recording))
    ask(known_speaker_names=["Anna", "Tom"], known_speaker_references=[reference(recording), reference(large)])
    asked = (program.data_dir / "asked.jsonl").read_text().splitlines()[-1]
    assert '"speakers": "auto"' in asked
    assert '"known_speakers": [["Anna", ' in asked
    assert list((program.data_dir / "temporary").glob("tmp*/*")) == []


@pytest.mark.parametrize("size", [4_600_000, 9_000_000, 20_000_000])
def test_a_reference_that_is_too_large(ask, size: int) -> None:
    with pytest.raises(openai.BadRequestError, match=r"larger than 6 MB|exceeded maximum size"):
        ask(known_speaker_names=["Anna"], known_speaker_references=[reference(bytes(size))])


def test_a_reference_elsewhere_is_not_fetched(ask) -> None:
    with pytest.raises(openai.BadRequestError, match="nothing is fetched from elsewhere") as refused:
        ask(known_speaker_names=["Anna"], known_speaker_references=["https://example.org/anna.wav"])
    assert refused.value.param == "known_speaker_references[]"


def test_names_without_voices(ask) -> None:
    with pytest.raises(openai.BadRequestError, match="send one of each for every person"):
        ask(known_speaker_names=["Anna", "Tom"], known_speaker_references=[reference(b"a voice")])


def test_our_own_field(ask) -> None:
    verbose = ask(response_format="verbose_json", extra_body={"speakers": "2"})
    assert [part.speaker for part in verbose.segments] == ["Speaker 1", "Speaker 2", "Speaker 1"]
    with pytest.raises(openai.BadRequestError, match="no number of speakers"):
        ask(extra_body={"speakers": "some"})


def test_without_the_model_the_command_is_said(ask, program: Program) -> None:
    (model,) = [path for path in Path(program.models_dir).iterdir() if path.read_bytes() == b"a model"]
    model.unlink()
    try:
        with pytest.raises(openai.NotFoundError, match=rf"python setup_local_models\.py {model.stem}"):
            ask()
    finally:
        model.write_bytes(b"a model")
