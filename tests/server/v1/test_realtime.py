"""OpenAI's realtime protocol without its client; a test says what the engine hears."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from tests.support.fakes import EchoEngine, crash
from transcriber.errors import ModelLoadError
from transcriber.jobs import caption_stream
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.live.captions import Captions
from transcriber.server.routes.v1 import realtime as module
from transcriber.server.routes.v1.realtime import conversation
from transcriber.transcript import Word
from transcriber.worker.blame import Blame
from transcriber.worker.protocol import Failed

ADDRESS = "ws://127.0.0.1:7860/v1/realtime"
SECOND = b64encode(bytes(48_000)).decode()
"""Of silence: 24 kHz, 16 bits."""
TRANSCRIPTION = "conversation.item.input_audio_transcription."


class Client:
    def __init__(self, socket: WebSocketTestSession, engine: EchoEngine) -> None:
        self.socket, self.engine = socket, engine

    def send(self, kind: str, **fields: Any) -> None:
        self.socket.send_json({"type": kind, **fields})

    def update(self, **given: Any) -> dict[str, Any]:
        """Fields of the input; returns what is in effect then."""
        self.send("session.update", session={"type": "transcription", "audio": {"input": given}})
        return self.next("session.updated")["session"]["audio"]["input"]

    def append(self, audio: str = SECOND) -> None:
        """And wait until the engine has it."""
        self.send("input_audio_buffer.append", audio=audio)
        self.error()

    def error(self) -> dict[str, Any] | None:
        """What is wrong with what was sent before, if anything is."""
        self.send("nonsense", event_id="after")
        error = self.next("error")["error"]
        if error["event_id"] == "after":
            return None
        assert self.next("error")["error"]["event_id"] == "after"
        return error

    def next(self, kind: str) -> dict[str, Any]:
        told = self.socket.receive_json()
        assert told["type"] == kind, told
        return told

    def kinds(self, count: int) -> list[str]:
        return [self.socket.receive_json()["type"] for _ in range(count)]

    def hear(self, number: int, *settled: Word, **told: Any) -> None:
        """What the engine says."""
        self.engine.captions[number][2](Captions(settled, **{"unsettled": (), "end": 1.0, **told}))


def word(text: str, start: float) -> Word:
    return Word(text, start, start + 0.4)


@contextmanager
def connected(web: TestClient, engine: EchoEngine, asked: str = "?intent=transcription") -> Iterator[Client]:
    with web.websocket_connect(ADDRESS + asked) as socket:
        yield Client(socket, engine)


@pytest.fixture
def client(web: TestClient, engine: EchoEngine) -> Iterator[Client]:
    """Whose session has begun."""
    with connected(web, engine) as client:
        client.next("session.created")
        yield client


def refused(web: TestClient, status: int, address: str = f"{ADDRESS}?intent=transcription", **asked: Any) -> dict:
    with pytest.raises(WebSocketDenialResponse) as raised, web.websocket_connect(address, **asked):
        raise AssertionError("it was let in")
    assert raised.value.status_code == status
    return raised.value.json()["error"]


def test_a_session_begins_with_what_is_in_effect(web: TestClient, engine: EchoEngine) -> None:
    with connected(web, engine) as client:
        session = client.next("session.created")["session"]
    assert (session["type"], session["object"]) == ("transcription", "realtime.transcription_session")
    given = session["audio"]["input"]
    assert given["format"] == {"type": "audio/pcm", "rate": 24_000}
    assert given["turn_detection"]["type"] == "server_vad"
    assert given["transcription"]["model"] == "parakeet"


def test_turns_that_pauses_end(client: Client) -> None:
    client.update(turn_detection={"type": "server_vad", "prefix_padding_ms": 200, "silence_duration_ms": 700})
    client.append()
    client.hear(1, began=0.9, end=1.2)
    started = client.next("input_audio_buffer.speech_started")
    assert started["audio_start_ms"] == 700
    client.hear(1, word("Ask", 0.9), began=0.9, unsettled=(word("nod", 1.3),))
    client.hear(1, word("not.", 1.3), began=0.9, ended=1.7)
    assert [client.next(f"{TRANSCRIPTION}delta")["delta"] for _ in range(2)] == ["Ask", " not."]
    assert client.next("input_audio_buffer.speech_stopped")["audio_end_ms"] == 2_400
    committed = client.next("input_audio_buffer.committed")
    assert (committed["previous_item_id"], committed["item_id"]) == (None, started["item_id"])
    assert client.next("conversation.item.added")["item"]["id"] == started["item_id"]
    client.next("conversation.item.done")
    completed = client.next(f"{TRANSCRIPTION}completed")
    assert (completed["transcript"], completed["item_id"]) == ("Ask not.", started["item_id"])
    assert completed["usage"] == {"type": "duration", "seconds": 1.7}
    client.hear(1, word("What", 3.0), began=3.0)
    other = client.next("input_audio_buffer.speech_started")["item_id"]
    assert other != started["item_id"]
    assert client.next(f"{TRANSCRIPTION}delta")["delta"] == "What"
    client.hear(1, began=3.0, ended=3.4)
    client.next("input_audio_buffer.speech_stopped")
    assert client.next("input_audio_buffer.committed")["previous_item_id"] == started["item_id"]


def test_items_that_a_client_makes(client: Client, engine: EchoEngine) -> None:
    assert client.update(turn_detection=None)["turn_detection"] is None
    client.append()
    client.hear(1, word("Ask", 0.0), began=0.0)
    assert client.next(f"{TRANSCRIPTION}delta")["delta"] == "Ask"
    client.hear(1, word("not.", 0.4), began=0.0, ended=0.8)
    client.next(f"{TRANSCRIPTION}delta")
    client.send("input_audio_buffer.commit")
    assert client.kinds(3) == ["input_audio_buffer.committed", "conversation.item.added", "conversation.item.done"]
    assert client.next(f"{TRANSCRIPTION}completed")["transcript"] == "Ask not."
    assert len(engine.sound[1]) == pytest.approx(32_000, abs=4)
    client.send("input_audio_buffer.commit")
    assert client.next("error")["error"]["code"] == "input_audio_buffer_commit_empty"
    client.append()
    assert engine.captions[2][1] == pytest.approx(1.0, abs=0.01)
    client.send("input_audio_buffer.commit")
    assert client.kinds(3)[0] == "input_audio_buffer.committed"
    assert client.next(f"{TRANSCRIPTION}completed")["transcript"] == ""


def test_what_comes_behind_a_turn_can_be_committed(client: Client) -> None:
    client.append()
    client.append()
    client.hear(1, word("Ask", 0.0), began=0.0, ended=0.4, start=0.6)
    client.kinds(7)
    client.send("input_audio_buffer.commit")
    assert client.kinds(3)[0] == "input_audio_buffer.committed"
    completed = client.next(f"{TRANSCRIPTION}completed")
    assert (completed["transcript"], completed["usage"]["seconds"]) == ("", pytest.approx(1.6, abs=0.01))


@pytest.mark.parametrize(
    ("kind", "milliseconds", "is_enough"),
    [
        ("audio/pcm", 100, True),
        ("audio/pcmu", 100, True),
        ("audio/pcma", 120, True),
        ("audio/pcm", 90, False),
    ],
)
def test_the_shortest_item(client: Client, kind: str, milliseconds: int, is_enough: bool) -> None:
    """Counted in what was sent: some of it is still on its way to the models' rate."""
    client.update(format={"type": kind}, turn_detection=None)
    client.append(b64encode(bytes(milliseconds * (48 if kind == "audio/pcm" else 8))).decode())
    client.send("input_audio_buffer.commit")
    client.next("input_audio_buffer.committed" if is_enough else "error")


def test_a_long_session_begins_another_file(
    client: Client, engine: EchoEngine, dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "MOST_KEPT", 100_000)
    for _ in range(4):
        client.append()
    client.hear(1, word("Ask", 0.0), began=0.0, ended=3.0, start=3.5, end=4.0)
    client.kinds(7)
    assert engine.captions[2][1] == pytest.approx(3.5)
    client.error()
    (kept,) = dispatcher.jobs.folder.temporary.glob("*.pcm")
    assert kept.stat().st_size < 20_000


def test_what_waits_has_a_limit(client: Client) -> None:
    """That of a request: 1 MB here."""
    for _ in range(4):
        client.append(b64encode(bytes(48_000 * 10)).decode())
    client.send("input_audio_buffer.append", audio=SECOND)
    assert client.next("error")["error"]["code"] == "too_large"


def test_what_is_cleared_is_not_told(client: Client, engine: EchoEngine) -> None:
    client.append()
    client.hear(1, began=0.0)
    item = client.next("input_audio_buffer.speech_started")["item_id"]
    client.send("input_audio_buffer.clear")
    client.next("input_audio_buffer.cleared")
    assert engine.cancelled == {1}
    client.hear(1, word("Ask", 0.0), began=0.0, ended=0.4)
    client.append()
    client.hear(2, word("What", 1.2), began=1.2)
    assert client.next("input_audio_buffer.speech_started")["item_id"] != item
    client.next(f"{TRANSCRIPTION}delta")


def test_what_is_set_in_the_midst_holds_from_the_next_turn_on(client: Client, engine: EchoEngine) -> None:
    client.append()
    client.hear(1, began=0.0)
    client.next("input_audio_buffer.speech_started")
    client.update(transcription={"language": "en", "keywords": ["Łódź"]})
    client.append()
    assert list(engine.captions) == [1]
    client.hear(1, word("Ask", 0.0), began=0.0, ended=0.4, start=0.9)
    client.kinds(6)
    options, start, _ = engine.captions[2]
    assert (options.language, options.vocabulary, start) == ("en", ("Łódź",), pytest.approx(0.9))
    assert len(engine.sound[2]) == pytest.approx(1.1 * 32_000, abs=600)
    client.update(turn_detection=None)
    assert 3 in engine.captions


def test_a_client_that_leaves_the_turns_to_the_server_loses_nothing(client: Client, engine: EchoEngine) -> None:
    client.update(turn_detection=None)
    client.append()
    client.hear(1, word("Ask", 0.0), began=0.0)
    client.next(f"{TRANSCRIPTION}delta")
    client.update(turn_detection={"type": "server_vad"})
    client.kinds(3)
    assert client.next(f"{TRANSCRIPTION}completed")["transcript"] == "Ask"


@pytest.mark.parametrize("kind", ["audio/pcmu", "audio/pcma"])
def test_telephones(client: Client, engine: EchoEngine, kind: str) -> None:
    assert client.update(format={"type": kind})["format"] == {"type": kind}
    client.append(b64encode(b"\xd5" * 8_000).decode())
    assert len(engine.sound[1]) == pytest.approx(32_000, abs=3_000)  # the rest comes with the next


def test_fields_that_have_no_meaning_here_are_said_to_have_none(client: Client) -> None:
    given = client.update(noise_reduction={"type": "near_field"}, turn_detection={"type": "server_vad", "threshold": 1})
    assert given["noise_reduction"] is None
    assert given["turn_detection"]["threshold"] == 0.5


@pytest.mark.parametrize(
    ("given", "parameter", "said"),
    [
        ({"format": {"type": "audio/mp3"}}, "session.audio.input.format", "audio/pcm"),
        ({"format": {"type": "audio/pcm", "rate": 16_000}}, "session.audio.input.format.rate", "24000"),
        ({"turn_detection": {"type": "semantic_vad"}}, "session.audio.input.turn_detection.type", "server_vad"),
        (
            {"turn_detection": {"silence_duration_ms": 1}},
            "session.audio.input.turn_detection.silence_duration_ms",
            "100",
        ),
        ({"transcription": None}, "session.audio.input.transcription", "valid"),
        ({"voice": "alloy"}, "session.audio.input.voice", "not permitted"),
        ({"transcription": {"model": "nobody"}}, "model", "there is no model “nobody” here"),
        ({"transcription": {"language": "xx"}}, "language", "xx"),
    ],
)
def test_what_cannot_be_set_changes_nothing(client: Client, given: dict, parameter: str, said: str) -> None:
    client.send("session.update", session={"audio": {"input": given}}, event_id="mine")
    error = client.next("error")["error"]
    assert (error["type"], error["param"], error["event_id"]) == ("invalid_request_error", parameter, "mine")
    assert said in error["message"]
    assert client.update()["turn_detection"]["silence_duration_ms"] == 500


def test_a_single_language_is_the_language(client: Client, engine: EchoEngine) -> None:
    assert client.update(transcription={"languages": ["en"]})["transcription"]["language"] == "en"
    assert client.update(turn_detection=None)["transcription"]["language"] == "en"
    assert (
        client.update(transcription={"languages": ["en", "de"], "language": "auto"})["transcription"]["language"]
        == "auto"
    )


@pytest.mark.parametrize("model", ["gpt-realtime-whisper", "gpt-realtime", "gpt-live-transcribe", "whisper-1"])
def test_openais_own_names(web: TestClient, engine: EchoEngine, model: str) -> None:
    with connected(web, engine, f"?intent=transcription&model={model}") as client:
        client.next("session.created")
        client.append()
    assert engine.captions[1][0].model == "parakeet"


def test_a_model_that_is_not_there_leaves_nothing(web: TestClient, engine: EchoEngine, dispatcher: Dispatcher) -> None:
    with connected(web, engine, "?intent=transcription&model=nobody") as client:
        client.next("session.created")
        for _ in range(3):
            client.send("input_audio_buffer.append", audio=SECOND)
            assert client.next("error")["error"]["code"] == "model_not_found"
        assert not list(dispatcher.jobs.folder.temporary.glob("*.pcm"))
        client.update(transcription={"model": "whisper-1"})
        client.append()
    assert len(engine.captions) == 1


def test_a_session_that_answers_is_not_there(client: Client) -> None:
    client.send("session.update", session={"type": "realtime"})
    assert client.next("error")["error"]["param"] == "session.type"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("", "invalid_json"),
        ("{", "invalid_json"),
        ("[" * 100_000, "invalid_json"),
        ("[]", "invalid_value"),
        ('{"type": 7}', "unknown_event"),
        ('{"type": "response.create"}', "unknown_event"),
        ('{"type": "input_audio_buffer.append"}', "invalid_value"),
        ('{"type": "input_audio_buffer.append", "audio": "a"}', "invalid_value"),
        ('{"type": "input_audio_buffer.append", "audio": "??"}', "invalid_value"),
        ('{"type": "input_audio_buffer.append", "audio": 7}', "invalid_value"),
        ('{"type": "input_audio_buffer.clear", "event_id": {}}', "invalid_value"),
        ('{"type": "session.update", "session": []}', "invalid_value"),
    ],
)
def test_what_is_no_event_is_said(client: Client, message: str, code: str) -> None:
    client.socket.send_text(message)
    error = client.next("error")["error"]
    assert (error["type"], error["code"]) == ("invalid_request_error", code)
    client.append()


def test_bytes_are_no_event(client: Client) -> None:
    client.socket.send_bytes(b"\0" * 100)
    assert client.next("error")["error"]["code"] == "invalid_json"


def test_an_engine_that_dies_hears_again_what_was_not_settled(
    client: Client, engine: EchoEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caption_stream, "later", lambda seconds, work: work())
    for _ in range(3):
        client.append()
    client.hear(1, word("Ask", 0.0), began=0.0, end=2.5)
    client.kinds(2)
    engine.captions[1][2](crash(Blame.SUSPECT))
    assert engine.captions[2][1] == pytest.approx(0.4)
    assert len(engine.sound[2]) == pytest.approx(2.6 * 32_000, abs=1_200)
    client.hear(2, word("not.", 0.4), began=0.4, ended=0.8)
    assert client.next(f"{TRANSCRIPTION}delta")["delta"] == " not."
    client.kinds(4)
    assert client.next(f"{TRANSCRIPTION}completed")["transcript"] == "Ask not."


def test_what_cannot_go_on_is_said_and_ends(client: Client, engine: EchoEngine) -> None:
    client.append()
    engine.captions[1][2](Failed(ModelLoadError("the model is damaged", "freeze it again")))
    failed = client.next(f"{TRANSCRIPTION}failed")
    assert (failed["error"]["code"], failed["error"]["type"]) == ("model_unavailable", "server_error")
    assert client.next("error")["error"]["message"] == "the model is damaged; freeze it again"
    with pytest.raises(WebSocketDisconnect) as raised:
        client.socket.receive_json()
    assert raised.value.code == module.INTERNAL_ERROR


def test_a_client_that_is_ahead_is_taken_from_and_the_engine_is_not_flooded(
    client: Client, engine: EchoEngine, dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation.Conversation, "_is_too_much", lambda self: False)
    for _ in range(20):
        client.append(b64encode(bytes(48_000 * 10)).decode())
    held = len(engine.sound[1]) / 32_000
    assert 60 <= held < 100
    (kept,) = dispatcher.jobs.folder.temporary.glob("*.pcm")
    assert kept.stat().st_size == pytest.approx(200 * 32_000, abs=3_000)
    client.send("input_audio_buffer.commit")
    client.kinds(3)
    for end in (held, held + 60, held + 120):
        client.hear(1, end=end, start=end - 2)
    assert client.next(f"{TRANSCRIPTION}completed")["usage"]["seconds"] == pytest.approx(200, abs=0.1)
    assert len(engine.sound[1]) == pytest.approx(200 * 32_000, abs=100)
    client.error()
    assert not kept.exists()


def test_who_leaves_is_not_worked_for(web: TestClient, engine: EchoEngine, dispatcher: Dispatcher) -> None:
    with connected(web, engine) as client:
        client.next("session.created")
        client.append()
    assert engine.cancelled == {1}
    assert not list(dispatcher.jobs.folder.temporary.glob("*.pcm"))


def test_who_is_silent_for_long_is_let_go(web: TestClient, engine: EchoEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SILENT_SECONDS", 0.05)
    with connected(web, engine) as client:
        client.next("session.created")
        assert client.next("error")["error"]["code"] == "session_expired"
        with pytest.raises(WebSocketDisconnect) as raised:
            client.socket.receive_json()
        assert raised.value.code == module.POLICY_VIOLATION


def test_only_transcription_is_done(web: TestClient) -> None:
    assert refused(web, 400, ADDRESS)["param"] is None
    assert refused(web, 400, f"{ADDRESS}?intent=chat")["param"] == "intent"


def test_a_request_that_is_no_socket_is_told_so(web: TestClient) -> None:
    answer = web.get("/v1/realtime?intent=transcription")
    assert (answer.status_code, answer.headers["upgrade"]) == (426, "websocket")
    assert "ws://" in answer.json()["error"]["message"]


def test_another_page_is_refused(web: TestClient) -> None:
    assert refused(web, 403, headers={"origin": "http://evil.example"})["code"] == "forbidden"
    assert refused(web, 403, headers={"host": "evil.example:7860"})["code"] == "forbidden"
    for path in ("/", "/jobs", "/page/css/add.css", "/gradio_api/queue/data", "/v1/audio/transcriptions"):
        with (
            pytest.raises((WebSocketDenialResponse, WebSocketDisconnect)),
            web.websocket_connect(f"ws://127.0.0.1:7860{path}"),
        ):
            raise AssertionError(path)


def test_the_page_of_the_server_itself_is_not(web: TestClient) -> None:
    with web.websocket_connect(
        f"{ADDRESS}?intent=transcription", headers={"origin": "http://127.0.0.1:7860"}, subprotocols=["realtime"]
    ) as socket:
        assert socket.accepted_subprotocol == "realtime"


def test_only_so_many_at_once(web: TestClient, engine: EchoEngine) -> None:
    with connected(web, engine), connected(web, engine):
        assert refused(web, 429)["code"] == "busy"
    with connected(web, engine) as client:
        client.next("session.created")
