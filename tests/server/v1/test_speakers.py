"""Who speaks, as OpenAI's audio API asks for it and is told it; and people whose voices are sent along."""

import json
from base64 import b64encode
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.support.conversation import FIRST, SECOND, conversation, set_up_speakers
from tests.support.fakes import EchoEngine
from tests.support.v1 import ask, error_of
from transcriber import exports
from transcriber.errors import UnsupportedOptionError
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.models.store import ModelStore
from transcriber.server.routes.v1 import known_speakers
from transcriber.server.routes.v1.errors import LARGEST_FIELD
from transcriber.transcript import Transcript
from transcriber.transcript_json import from_dict, to_dict

DIARIZE = "gpt-4o-transcribe-diarize"


@pytest.fixture
def transcript() -> Transcript:
    return conversation()


@pytest.fixture
def store(store: ModelStore) -> ModelStore:
    set_up_speakers(store.folder)
    return store


def reference(content: bytes = b"a voice", media: str = "audio/wav") -> str:
    return f"data:{media};base64,{b64encode(content).decode()}"


def known(**voices: str) -> dict[str, list[str]]:
    return {"known_speaker_names[]": list(voices), "known_speaker_references[]": list(voices.values())}


def test_diarized_json(web: TestClient, engine: EchoEngine) -> None:
    answer = ask(web, model=DIARIZE, response_format="diarized_json").json()
    assert set(answer) == {"task", "duration", "text", "segments", "usage"}
    assert (answer["task"], answer["duration"]) == ("transcribe", 10.0)
    assert answer["text"] == "Who is there? It is me. Come in."
    assert answer["segments"][1] == {
        "type": "transcript.text.segment",
        "id": "seg_002",
        "start": 3.0,
        "end": 4.4,
        "text": "It is me.",
        "speaker": "B",
    }
    assert [segment["speaker"] for segment in answer["segments"]] == ["A", "B", "A"]
    assert engine.asked[0][1].speakers == "auto"


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({}, "off"),
        ({"model": DIARIZE}, "off"),
        ({"model": DIARIZE, "response_format": "verbose_json"}, "auto"),
        ({"model": f"{DIARIZE}-2025-10-15", "response_format": "srt"}, "auto"),
        ({"model": "gpt-4o-transcribe"}, "off"),
        ({"response_format": "diarized_json"}, "auto"),
        ({"response_format": "diarized_json", "speakers": "3"}, "3"),
        ({"model": DIARIZE, "speakers": "off"}, "off"),
        ({"speakers": " 2-4 ", "response_format": "srt"}, "2-4"),
        ({"speakers": "AUTO"}, "auto"),
        (known(Anna=reference()), "auto"),
    ],
)
def test_how_many_people_are_asked_for(web: TestClient, engine: EchoEngine, fields: dict, count: str) -> None:
    response = ask(web, **fields)
    assert response.status_code == 200, response.text
    assert engine.asked[0][1].speakers == count


@pytest.mark.parametrize("name", ["srt", "vtt"])
def test_subtitles_say_who_speaks(web: TestClient, transcript: Transcript, name: str) -> None:
    answer = ask(web, response_format=name, speakers="2")
    assert answer.content == exports.render(transcript, name)
    assert SECOND.casefold() in answer.text.casefold()


def test_every_other_format_says_it_too(web: TestClient, transcript: Transcript) -> None:
    verbose = ask(
        web, response_format="verbose_json", speakers="2", **{"timestamp_granularities[]": ["segment", "word"]}
    ).json()
    assert [segment["speaker"] for segment in verbose["segments"]] == [FIRST, SECOND, FIRST]
    assert [word["speaker"] for word in verbose["words"]] == [FIRST] * 3 + [SECOND] * 3 + [FIRST] * 2
    assert [segment["speaker"] for segment in ask(web, speakers="2").json()["segments"]] == ["A", "B", "A"]
    assert ask(web, response_format="text", speakers="2").content == exports.render(transcript, "txt")
    assert ask(web, response_format="text", model=DIARIZE).text == f"{transcript.text}\n"
    assert set(ask(web, model=DIARIZE).json()) == {"text", "usage"}


def test_segments_come_at_the_end_of_a_stream(web: TestClient, transcript: Transcript) -> None:
    text = ask(web, model=DIARIZE, response_format="diarized_json", stream="true").text
    events = [json.loads(line[6:]) for line in text.split("\n\n") if line.startswith("data: {")]
    kinds = [event["type"].removeprefix("transcript.text.") for event in events]
    assert kinds == ["delta"] * 3 + ["segment"] * 3 + ["done"]
    assert "".join(event.get("delta", "") for event in events) == events[-1]["text"] == transcript.text
    assert [event["speaker"] for event in events[3:6]] == ["A", "B", "A"]


class Recognizing(EchoEngine):
    """Hears the second of the known speakers in place of the second voice, and reads the recordings of all."""

    def transcribe(self, path: Path, options, *more) -> int:  # type: ignore[no-untyped-def]
        self.references = [Path(place).read_bytes() for _, place in options.known_speakers]
        self.places = [Path(place) for _, place in options.known_speakers]
        (_, name) = [name for name, _ in options.known_speakers]
        self.transcript_of = renamed(self.transcript_of, SECOND, name)
        return super().transcribe(path, options, *more)


def renamed(transcript: Transcript, before: str, name: str) -> Transcript:
    return from_dict(json.loads(json.dumps(to_dict(transcript)).replace(before, name)))


@pytest.fixture
def recognizing(dispatcher: Dispatcher, transcript: Transcript) -> Recognizing:
    dispatcher.engine = Recognizing(transcript)
    return dispatcher.engine


def test_known_speakers_come_by_their_names(recognizing: Recognizing, web: TestClient) -> None:
    """And whoever else speaks is A, unless a known speaker is."""
    voices = {"A": reference(b"one"), "Łukasz": reference(b"another", "audio/mpeg")}
    answer = ask(web, model=DIARIZE, response_format="diarized_json", **known(**voices)).json()
    assert [segment["speaker"] for segment in answer["segments"]] == ["B", "Łukasz", "B"]
    assert recognizing.references == [b"one", b"another"]
    assert not any(place.exists() for place in recognizing.places)


def test_names_as_other_clients_spell_the_fields(recognizing: Recognizing, web: TestClient) -> None:
    fields = {"known_speaker_names": ["Ann", "Ben"], "known_speaker_references": [reference(), reference(b"2")]}
    assert ask(web, response_format="diarized_json", **fields).status_code == 200
    assert recognizing.references == [b"a voice", b"2"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (known(Anna="https://example.org/anna.wav"), "nothing is fetched from elsewhere"),
        (known(Anna="/etc/passwd"), "nothing is fetched from elsewhere"),
        (known(Anna="file:///etc/passwd"), "nothing is fetched from elsewhere"),
        (known(Anna="data:audio/wav;base64,"), "is empty"),
        (known(Anna=""), "is no data URL"),
        (known(Anna="data:audio/wav;base64,a b c!"), "is no base64"),
        (known(Anna="data:audio/wav;base64,Ł"), "is no base64"),
        (known(Anna="data:audio/wav,abc"), "is not in base64"),
        (known(Anna=reference(media="text/html")), "is said to be text/html"),
        (known(Anna=reference(media="audio/../../x")), "is said to be audio/../../x"),
        ({"known_speaker_names[]": ["Anna", "Ben"], "known_speaker_references[]": [reference()]}, "2 known_speaker"),
        ({"known_speaker_references[]": [reference()]}, "0 known_speaker_names[] and 1"),
        ({"known_speaker_names[]": ["Anna", " Anna"], "known_speaker_references[]": [reference()] * 2}, "“Anna”"),
        ({"known_speaker_names[]": ["x" * 10_000], "known_speaker_references[]": [reference()]}, "too long"),
        ({"known_speaker_names[]": ["a\nb"], "known_speaker_references[]": [reference()]}, "one line"),
        (known(**{str(number): reference() for number in range(17)}), "17 known speakers are too many"),
    ],
)
def test_hostile_references(web: TestClient, engine: EchoEngine, fields: dict, words: str) -> None:
    error = error_of(ask(web, response_format="diarized_json", **fields), 400)
    assert words in error["message"]
    assert (error["param"], error["code"]) == ("known_speaker_references[]", "unsupported_option")
    assert len(error["message"]) < 500
    assert engine.asked == []


def test_recordings_of_voices_may_have_some_megabytes() -> None:
    """More than other fields, whose limit would be one."""
    (speaker,) = known_speakers.parse(["Anna"], [reference(bytes(4_000_000))])
    assert speaker.recording == bytes(4_000_000)
    with pytest.raises(UnsupportedOptionError, match="larger than 6 MB"):
        known_speakers.parse(["Anna"], [reference(bytes(4_600_000))])
    assert known_speakers.LARGEST_MB * 1_000_000 < LARGEST_FIELD


@pytest.mark.parametrize(
    ("fields", "parameter", "words"),
    [
        ({"speakers": "many"}, "speakers", "“many” is no number of speakers"),
        ({"speakers": "0"}, "speakers", "“0” is no number of speakers"),
        ({"speakers": "off", "response_format": "diarized_json"}, "speakers", "nobody is to be told apart"),
        ({"speakers": "off", **known(Anna=reference())}, "speakers", "nobody is to be told apart"),
        ({"response_format": "diarized_json", "timestamp_granularities[]": "word"}, "response_format", "verbose_json"),
    ],
)
def test_what_contradicts_itself(web: TestClient, engine: EchoEngine, fields: dict, parameter: str, words: str) -> None:
    error = error_of(ask(web, **fields), 400)
    assert error["param"] == parameter
    assert words in error["message"]
    assert engine.asked == []


def test_translations_have_no_such_format(web: TestClient) -> None:
    error = error_of(ask(web, "translations", model="whisper", response_format="diarized_json"), 400)
    assert error["param"] == "response_format"


def test_without_the_model_the_command_is_said(web: TestClient, store: ModelStore, engine: EchoEngine) -> None:
    store.diarizing().path.unlink()
    error = error_of(ask(web, response_format="diarized_json"), 404)
    assert f"run `python setup_local_models.py {store.diarizing().name}` once" in error["message"]
    assert error["code"] == "model_not_found"
    assert engine.asked == []
