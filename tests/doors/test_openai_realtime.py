"""OpenAI's official client, and hostile ones, speak into the real program over a WebSocket."""

import json
import socket
import struct
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import numpy as np
import pytest
import soxr
from openai import OpenAI
from openai.resources.realtime.realtime import RealtimeConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.support.places import RATE

TRANSCRIPTION = "conversation.item.input_audio_transcription."
PIECE = 9_600
"""Bytes of 0.2 seconds."""


@pytest.fixture
def client(address: str) -> OpenAI:
    return OpenAI(base_url=f"{address}v1", api_key="none", max_retries=0)


@pytest.fixture(scope="module")
def spoken(sample_audio: np.ndarray) -> bytes:
    """Five words, a pause, five words, a pause: 24 kHz, 16 bits."""
    pause = np.zeros(2 * RATE, np.float32)
    samples = np.concatenate([sample_audio[: int(5.1 * RATE)], pause, sample_audio[int(5.1 * RATE) : 10 * RATE], pause])
    return (soxr.resample(samples, RATE, 24_000) * 32767).astype("<i2").tobytes()


def opened(client: OpenAI) -> Any:
    return client.realtime.connect(extra_query={"intent": "transcription"})


def update(connection: RealtimeConnection, **given: Any) -> None:
    connection.session.update(session={"type": "transcription", "audio": {"input": given}})


def say(connection: RealtimeConnection, sound: bytes, size: int = PIECE) -> None:
    for at in range(0, len(sound), size):
        connection.input_audio_buffer.append(audio=b64encode(sound[at : at + size]).decode())


def until(connection: RealtimeConnection, kind: str, count: int = 1) -> list[Any]:
    """What is told until that was told so often."""
    told = []
    while sum(event.type == kind for event in told) < count:
        told.append(connection.recv())
        assert told[-1].type != "error", told[-1]
    return told


def of_kind(told: list[Any], kind: str) -> list[Any]:
    return [event for event in told if event.type == kind]


def test_turns_of_a_voice_detector(client: OpenAI, spoken: bytes, words: str) -> None:
    with opened(client) as connection:
        update(
            connection,
            transcription={"model": "parakeet", "language": "en"},
            turn_detection={"type": "server_vad", "silence_duration_ms": 1_500},
        )
        say(connection, spoken)
        told = until(connection, f"{TRANSCRIPTION}completed", 2)
    assert [event.type for event in told[:2]] == ["session.created", "session.updated"]
    completed = of_kind(told, f"{TRANSCRIPTION}completed")
    assert " ".join(event.transcript for event in completed) == " ".join(words.split()[:10])
    for event in completed:
        deltas = [delta for delta in of_kind(told, f"{TRANSCRIPTION}delta") if delta.item_id == event.item_id]
        assert "".join(delta.delta for delta in deltas) == event.transcript
    started, stopped = (of_kind(told, f"input_audio_buffer.speech_{what}") for what in ("started", "stopped"))
    assert [event.audio_start_ms for event in started] == pytest.approx([200, 7_320], abs=250)
    assert [event.audio_end_ms for event in stopped] == pytest.approx([6_120, 13_270], abs=250)
    committed = of_kind(told, "input_audio_buffer.committed")
    assert [event.item_id for event in committed] == [event.item_id for event in completed]
    assert committed[1].previous_item_id == committed[0].item_id


@pytest.mark.parametrize("size", [PIECE, 10_000_000])
def test_an_item_that_the_client_makes(client: OpenAI, spoken: bytes, words: str, size: int) -> None:
    """Also where it sends all of it at once."""
    with opened(client) as connection:
        update(connection, transcription={"model": "parakeet"}, turn_detection=None)
        say(connection, spoken, size)
        connection.input_audio_buffer.commit()
        told = until(connection, f"{TRANSCRIPTION}completed")
        assert told[-1].transcript == " ".join(words.split()[:10])
        assert told[-1].usage.seconds == pytest.approx(len(spoken) / 48_000, abs=0.1)
        connection.input_audio_buffer.append(audio=b64encode(spoken).decode())
        connection.input_audio_buffer.clear()
        until(connection, "input_audio_buffer.cleared")


@pytest.fixture
def url(address: str) -> str:
    return f"{address.replace('http:', 'ws:')}v1/realtime?intent=transcription"


def still_serves(url: str) -> None:
    with connect(url, proxy=None) as other:
        assert json.loads(other.recv(10))["type"] == "session.created"


@pytest.fixture
def raw(url: str) -> Iterator[ClientConnection]:
    with connect(url, proxy=None, max_size=None) as connection:
        assert json.loads(connection.recv(10))["type"] == "session.created"
        yield connection


def test_what_is_too_long_ends_the_connection_that_sends_it(raw: ClientConnection, url: str) -> None:
    with pytest.raises(ConnectionClosed) as raised:
        raw.send(json.dumps({"type": "input_audio_buffer.append", "audio": "A" * 30_000_000}))
        raw.recv(30)
    assert raised.value.rcvd is None or raised.value.rcvd.code == 1009
    still_serves(url)


@pytest.mark.parametrize(
    "frames",
    [
        b"\x81\x85\0\0\0\0\xff\xfe\xfd\xfc\xfb",
        b"\x83\x80\0\0\0\0",
        b"\xf1\x80\0\0\0\0",
        b"\x80\x80\0\0\0\0",
        b"\x81\x05hello",
        b"\x89\xfe\x01\x00\0\0\0\0" + bytes(256),
        b"\x81\xff" + struct.pack("!Q", 1 << 62) + b"\0\0\0\0",
        b"\x01\x81\0\0\0\0a" * 3,
        bytes(1000),
        b"GET / HTTP/1.1\r\n\r\n",
    ],
    ids=[
        "no UTF-8",
        "no opcode",
        "reserved",
        "nothing to go on",
        "unmasked",
        "long ping",
        "huge",
        "twice",
        "0",
        "HTTP",
    ],
)
def test_frames_that_are_none_end_their_connection(raw: ClientConnection, url: str, frames: bytes) -> None:
    raw.socket.sendall(frames)
    with pytest.raises((ConnectionClosed, TimeoutError)):
        raw.recv(20)
    raw.close_socket()
    still_serves(url)


def test_a_client_that_vanishes_is_forgotten(url: str) -> None:
    """More of them, one after another, than may be there at once."""
    for _ in range(40):
        connection = connect(url, proxy=None)
        connection.send(json.dumps({"type": "input_audio_buffer.append", "audio": b64encode(bytes(9_600)).decode()}))
        connection.socket.shutdown(socket.SHUT_RDWR)
    still_serves(url)


def test_a_hundred_at_once_are_served_or_told_that_they_are_too_many(url: str) -> None:
    refused = 0
    with ExitStack() as stack:
        for _ in range(100):
            try:
                stack.enter_context(connect(url, proxy=None))
            except InvalidStatus as error:
                assert error.response.status_code == 429
                assert json.loads(error.response.body)["error"]["code"] == "busy"
                refused += 1
    assert 60 <= refused <= 68
    still_serves(url)


def test_another_page_is_refused(url: str) -> None:
    with pytest.raises(InvalidStatus) as raised:
        connect(url, proxy=None, origin="http://evil.example")
    assert raised.value.response.status_code == 403
