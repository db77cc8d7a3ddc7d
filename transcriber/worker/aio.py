"""What another program asks the engine, while that program waits: the events as they come, and an end when it leaves.

Nothing of it is kept: unlike the page's recordings, those of programs are no jobs.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from functools import partial
from pathlib import Path

from transcriber.options import TranscribeOptions
from transcriber.transcript import Transcript, from_dict
from transcriber.worker.client import LAST_EVENTS, EngineClient, Event, error_of
from transcriber.worker.scheduling import LONG, PROBE, SHORT, is_short


async def listen(engine: EngineClient, path: Path, options: TranscribeOptions) -> AsyncGenerator[Event, None]:
    """The events of a transcription, the last of them "done"; it is cancelled when nobody listens any more.

    Raises TranscriberError.
    """
    async with aclosing(_events(engine, partial(engine.probe, path, PROBE))) as probed:
        (found,) = [event async for event in probed]
    priority = SHORT if is_short(found["duration"], path.stat().st_size) else LONG
    async with aclosing(_events(engine, partial(engine.transcribe, path, options, priority))) as events:
        async for event in events:
            yield event


async def transcribe(engine: EngineClient, path: Path, options: TranscribeOptions) -> Transcript:
    """The transcript of a recording. Raises TranscriberError."""
    async with aclosing(listen(engine, path, options)) as events:
        async for event in events:
            if event["event"] == "done":
                return from_dict(event["transcript"])
    raise AssertionError("the last event is “done”, or an error")


async def copy(engine: EngineClient, path: Path, track: int | None, target: Path, always: bool) -> bool:
    """Whether a copy for the player was made: `always`, or where browsers miss places. Raises TranscriberError."""
    async with aclosing(_events(engine, partial(engine.copy, path, track, target, always))) as events:
        async for event in events:
            if event["event"] == "done":
                return bool(event["is_made"])
    raise AssertionError("the last event is “done”, or an error")


async def _events(engine: EngineClient, begin: Callable[[Callable[[Event], None]], int]) -> AsyncGenerator[Event, None]:
    """Those of one request, which `begin` makes."""
    loop, told = asyncio.get_running_loop(), asyncio.Queue[Event]()
    number = begin(lambda event: _hand_over(loop, told, event))
    is_over = False
    try:
        while not is_over:
            event = await told.get()
            is_over = event["event"] in LAST_EVENTS
            if event["event"] == "failed":
                raise error_of(event)
            yield event
    finally:
        if not is_over:
            engine.cancel(number)


def _hand_over(loop: asyncio.AbstractEventLoop, told: "asyncio.Queue[Event]", event: Event) -> None:
    """From the engine client's thread."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(told.put_nowait, event)
