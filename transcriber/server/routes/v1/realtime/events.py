"""The events that a client and the server send each other, as JSON texts.

Source: OpenAI's API reference, “Realtime”, client events and server events.
"""

import json
import secrets
from base64 import b64decode
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from transcriber.errors import TranscriberError
from transcriber.server.routes.v1.error_table import ErrorEntry, entry_of
from transcriber.server.routes.v1.errors import error_body

WRONG = ErrorEntry(400, "invalid_value")


def _decoded(text: Any) -> bytes:
    """Raises ValueError."""
    if not isinstance(text, str):
        raise ValueError("must be a text: the sound in base64")
    try:
        return b64decode(text, validate=True)
    except ValueError as error:
        raise ValueError("is not base64") from error


class _Event(BaseModel):
    model_config = ConfigDict(extra="forbid")

    event_id: str | None = None


class Update(_Event):
    """Set some of the session's fields."""

    type: Literal["session.update"]
    session: dict[str, Any]


class Append(_Event):
    """The next sound."""

    type: Literal["input_audio_buffer.append"]
    audio: Annotated[bytes, BeforeValidator(_decoded)]


class Commit(_Event):
    """What has come is one item."""

    type: Literal["input_audio_buffer.commit"]


class Clear(_Event):
    """What has come since the last item is not wanted."""

    type: Literal["input_audio_buffer.clear"]


ClientEvent = Update | Append | Commit | Clear
_KINDS = {
    "session.update",
    "input_audio_buffer.append",
    "input_audio_buffer.commit",
    "input_audio_buffer.clear",
    "audio/pcm",
    "audio/pcmu",
    "audio/pcma",
}
_ADAPTER: TypeAdapter[ClientEvent] = TypeAdapter(Annotated[ClientEvent, Field(discriminator="type")])


class WrongEventError(Exception):
    """What a client sent cannot be done: `message` and `entry` say what is wrong."""

    def __init__(self, message: str, entry: ErrorEntry = WRONG) -> None:
        super().__init__(message)
        self.entry = entry


def read(text: str | None) -> tuple[ClientEvent | WrongEventError, str | None]:
    """The event, or what is wrong with it, and the id that the client gave it."""
    try:
        content = json.loads(text or "")
    except (ValueError, RecursionError):
        return WrongEventError("a message must be a text in JSON", ErrorEntry(400, "invalid_json")), None
    event_id = content.get("event_id") if isinstance(content, dict) else None
    try:
        return _ADAPTER.validate_python(content), event_id
    except ValidationError as error:
        return wrong(error), event_id if isinstance(event_id, str) else None


def wrong(error: ValidationError, within: str = "") -> WrongEventError:
    """What is wrong with a field, of those of the object `within`."""
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "union_tag_invalid" and not within:
        known = first["ctx"]["expected_tags"]
        return WrongEventError(f"a transcription session takes {known}", ErrorEntry(400, "unknown_event", "type"))
    # pydantic names the kind of an object where it may be of several, too: that is no field
    place = ".".join(filter(None, [within, *(str(part) for part in first["loc"] if str(part) not in _KINDS)]))
    why = first["msg"].removeprefix("Value error, ")
    return WrongEventError(f"{place}: {why}" if place else why, replace(WRONG, parameter=place or None))


def event(kind: str, **fields: Any) -> dict[str, Any]:
    """One of the server's."""
    return {"type": kind, "event_id": identity("event"), **fields}


def error_event(error: WrongEventError | TranscriberError, event_id: str | None = None) -> dict[str, Any]:
    """What went wrong, with the id of the client's event that is to blame."""
    return event("error", error={**error_of(error), "event_id": event_id})


def error_of(error: WrongEventError | TranscriberError) -> dict[str, Any]:
    entry = error.entry if isinstance(error, WrongEventError) else entry_of(error)
    return error_body(str(error), entry)["error"]


def identity(kind: str) -> str:
    """A new one, such as item_3f0c…."""
    return f"{kind}_{secrets.token_hex(10)}"
