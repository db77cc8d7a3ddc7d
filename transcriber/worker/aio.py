"""What another program asks the engine, while that program waits: the events as they come, and an end when it leaves.

Nothing of it is kept: unlike the page's recordings, those of programs are no jobs.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from functools import partial
from pathlib import Path

from transcriber.options import TranscribeOptions
from transcriber.transcript import Transcript
from transcriber.worker.client import EngineClient, Listener
from transcriber.worker.protocol import Copied, End, Event, Failed, Probed, Transcribed
from transcriber.worker.scheduling import LONG, PROBE, SHORT, is_short


async def probe(engine: EngineClient, path: Path) -> Probed:
    """What a recording's file says. Raises TranscriberError."""
    probed = await _last(_events(engine, partial(engine.probe, path, PROBE)))
    assert isinstance(probed, Probed)
    return probed


async def listen(engine: EngineClient, path: Path, options: TranscribeOptions) -> AsyncGenerator[Event, None]:
    """The events of a transcription, the last of them Transcribed; it is cancelled when nobody listens any more.

    Raises TranscriberError.
    """
    probed = await probe(engine, path)
    priority = SHORT if is_short(probed.duration, path.stat().st_size) else LONG
    async with aclosing(_events(engine, partial(engine.transcribe, path, options, priority))) as events:
        async for event in events:
            yield event


async def transcribe(engine: EngineClient, path: Path, options: TranscribeOptions) -> Transcript:
    """The transcript of a recording. Raises TranscriberError."""
    transcribed = await _last(listen(engine, path, options))
    assert isinstance(transcribed, Transcribed)
    return transcribed.transcript


async def copy(engine: EngineClient, path: Path, track: int | None, target: Path, always: bool) -> bool:
    """Whether a copy for the player was made: `always`, or where browsers miss places. Raises TranscriberError."""
    copied = await _last(_events(engine, partial(engine.copy, path, track, target, always)))
    assert isinstance(copied, Copied)
    return copied.is_made


async def _last(events: AsyncGenerator[Event, None]) -> Event:
    async with aclosing(events):
        async for event in events:
            last = event
    return last


async def _events(engine: EngineClient, ask: Callable[[Listener], int]) -> AsyncGenerator[Event, None]:
    """Those of one request, which `ask` makes. Raises the error of Failed; a request that is left is cancelled."""
    loop, queue = asyncio.get_running_loop(), asyncio.Queue[Event]()
    number = ask(lambda event: _hand_over(loop, queue, event))
    is_over = False
    try:
        while not is_over:
            event = await queue.get()
            is_over = isinstance(event, End)
            if isinstance(event, Failed):
                raise event.error
            yield event
    finally:
        if not is_over:
            engine.cancel(number)


def _hand_over(loop: asyncio.AbstractEventLoop, queue: "asyncio.Queue[Event]", event: Event) -> None:
    """From the engine client's thread."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(queue.put_nowait, event)
