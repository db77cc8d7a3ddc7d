"""OpenAI's realtime API for transcription: sound in and settled words out, over a WebSocket.

Nothing of it is kept.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import anyio
from fastapi import APIRouter, HTTPException, WebSocket
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocketDisconnect

from transcriber.errors import TranscriberError
from transcriber.jobs.configurations import Configurations
from transcriber.server.routes.v1.error_table import ErrorEntry
from transcriber.server.routes.v1.errors import error_response
from transcriber.server.routes.v1.realtime import events
from transcriber.server.routes.v1.realtime.conversation import Conversation
from transcriber.server.routes.v1.realtime.events import ClientEvent, WrongEventError, error_event
from transcriber.server.routes.v1.realtime.settings import Settings
from transcriber.server.routes.v1.realtime.sound import Room
from transcriber.unexpected import map_and_log_error
from transcriber.worker.client import EngineClient

PATH = "/realtime"
MOST_UNTOLD = 1_000
"""Events that a client has not taken yet: one that takes none is not read from."""
SILENT_SECONDS = 1_800.0
"""After which a client that sends nothing is taken for gone."""
CLOSE_SECONDS = 10.0
"""That a client has to take what it was told, when it cannot go on."""
POLICY_VIOLATION, INTERNAL_ERROR = 1008, 1011
"""Source: RFC 6455, section 7.4.1."""


def router(engine: EngineClient, configurations: Configurations, room: Room) -> APIRouter:
    routes = APIRouter()

    @routes.get(PATH, include_in_schema=False)
    def no_socket() -> None:
        raise HTTPException(
            426, "this is a WebSocket: open it with ws:// in place of http://", {"upgrade": "websocket"}
        )

    @routes.websocket(PATH)
    async def realtime(socket: WebSocket) -> None:
        """The words of what is said, as they are settled."""
        if (intent := socket.query_params.get("intent")) != "transcription":
            why = "only transcription is done here: open it with ?intent=transcription"
            denial = error_response(why, ErrorEntry(400, "invalid_value", "intent" if intent else None))
            await denial(socket.scope, socket.receive, socket.send)
            return
        is_named = "realtime" in socket.scope["subprotocols"]
        await socket.accept("realtime" if is_named else None)
        model = socket.query_params.get("model") or configurations.active().name
        await _Connection(socket, engine, configurations, room, Settings.of(model)).serve()

    return routes


class _Connection:
    """One open socket."""

    def __init__(
        self,
        socket: WebSocket,
        engine: EngineClient,
        configurations: Configurations,
        room: Room,
        settings: Settings,
    ) -> None:
        self.socket = socket
        self._loop = asyncio.get_running_loop()
        self._untold: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._news = asyncio.Event()
        """Is set whenever the client might send more."""
        self._end: asyncio.Future[TranscriberError | WrongEventError | None] = self._loop.create_future()
        """Why it is over; None where the client has gone."""
        self._conversation = Conversation(engine, configurations, room, settings, self)

    async def serve(self) -> None:
        """Until the client goes, or it cannot go on."""
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(self._doing, self._read)
                group.start_soon(self._doing, self._write)
                if error := await self._end:
                    await self._close(error)
                group.cancel_scope.cancel()
        finally:
            self._conversation.close()

    async def _doing(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except WebSocketDisconnect:
            self._finish(None)
        except WrongEventError as error:
            self._finish(error)

    def tell(self, told: dict[str, Any]) -> None:
        self._untold.put_nowait(told)

    def call(self, work: Callable[[], None]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._do, work)

    def fail(self, error: TranscriberError) -> None:
        self._finish(error)

    def _finish(self, error: TranscriberError | WrongEventError | None) -> None:
        if not self._end.done():
            self._end.set_result(error)

    def _do(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  (a mistake of ours ends this session, and no other)
            self.fail(map_and_log_error(error, self.socket.app.state.log_dir))
        self._news.set()

    async def _read(self) -> None:
        """What the client sends. Raises WebSocketDisconnect when it goes, WrongEventError when it seems to have."""
        while True:
            with anyio.move_on_after(SILENT_SECONDS) as scope:
                message = await self.socket.receive()
            if scope.cancelled_caught:
                raise WrongEventError("nothing was sent for half an hour", ErrorEntry(408, "session_expired"))
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect
            if self._end.done():  # nothing is done any more but to tell why
                continue
            told, event_id = await run_in_threadpool(events.read, message.get("text"))
            await self._handle(told, event_id)
            while self._untold.qsize() > MOST_UNTOLD:
                self._news.clear()
                await self._news.wait()

    async def _handle(self, told: ClientEvent | WrongEventError, event_id: str | None) -> None:
        try:
            if isinstance(told, WrongEventError):
                raise told
            await self._conversation.handle(told)
        except (WrongEventError, TranscriberError) as error:
            self.tell(error_event(error, event_id))
        except Exception as error:  # noqa: BLE001  (as in _do)
            self.fail(map_and_log_error(error, self.socket.app.state.log_dir))

    async def _write(self) -> None:
        """What the client is told, in order."""
        while True:
            await self.socket.send_text(json.dumps(await self._untold.get()))
            self._news.set()

    async def _close(self, error: TranscriberError | WrongEventError) -> None:
        """Tell what was to be told, and why no more comes."""
        self.tell(error_event(error))
        code = POLICY_VIOLATION if isinstance(error, WrongEventError) else INTERNAL_ERROR
        with anyio.move_on_after(CLOSE_SECONDS), suppress(WebSocketDisconnect):
            while not self._untold.empty():
                await anyio.sleep(0.01)
            await self.socket.close(code)
