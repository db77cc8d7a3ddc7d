"""One client's session: what it sets, the sound that it sends, and what it is told."""

from collections.abc import Callable
from typing import Any, Protocol

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from transcriber.errors import TranscriberError
from transcriber.jobs.configurations import Configurations
from transcriber.options import TranscribeOptions
from transcriber.server.routes.v1.error_table import ErrorEntry
from transcriber.server.routes.v1.realtime.events import (
    Append,
    Clear,
    ClientEvent,
    Commit,
    Update,
    WrongEventError,
    event,
    identity,
    wrong,
)
from transcriber.server.routes.v1.realtime.settings import Settings
from transcriber.server.routes.v1.realtime.sound import KeptSound, Room
from transcriber.server.routes.v1.realtime.stretch import Stretch
from transcriber.worker.client import EngineClient

LEAST_SECONDS = 0.1
"""Of sound in an item that a client makes."""
MOST_KEPT = 64_000_000
"""Bytes of sound after which another file is begun at the end of a turn: half an hour."""


class Connection(Protocol):
    """Whom a conversation is with."""

    def tell(self, told: dict[str, Any]) -> None:
        """The next event."""

    def call(self, work: Callable[[], None]) -> None:
        """Do it in the thread of the event loop; may be called from any."""

    def fail(self, error: TranscriberError) -> None:
        """It cannot go on."""


class Conversation:
    """All methods are called in the thread of the event loop."""

    def __init__(
        self,
        engine: EngineClient,
        configurations: Configurations,
        room: Room,
        settings: Settings,
        connection: Connection,
    ) -> None:
        self.engine, self.configurations, self.room = engine, configurations, room
        self.settings, self.connection = settings, connection
        self.previous_item: str | None = None
        self._options: TranscribeOptions | None = None
        """What the settings mean, as soon as that had to be known."""
        self._id = identity("sess")
        self._incoming = settings.input.format.incoming()
        self._seconds = 0.0
        """Of sound that has come."""
        self._begun: float | None = None
        """The second with which the sound begins that is in no item yet."""
        self._stretch: Stretch | None = None
        """To which what comes is added."""
        self._stretches: set[Stretch] = set()
        """Of which more is to come, too."""
        self.connection.tell(event("session.created", session=self._session()))

    async def handle(self, told: ClientEvent) -> None:
        """Raises WrongEventError and TranscriberError: then nothing has changed."""
        match told:
            case Update():
                self._update(told.session)
            case Append():
                await self._append(told.audio)
            case Commit():
                self._commit()
            case Clear():
                self._clear()

    def close(self) -> None:
        """Nobody listens any more."""
        for stretch in list(self._stretches):
            stretch.cancel()

    def turn_ended(self, stretch: Stretch, ended: float) -> None:
        self._begun = ended if self._seconds > ended else None
        if self._is_outdated(stretch) or stretch.sound.size > MOST_KEPT:
            self._replace(stretch, stretch.rest())

    def stretch_ended(self, stretch: Stretch, error: TranscriberError | None) -> None:
        self._stretches.discard(stretch)
        if error:
            self.connection.fail(error)

    def _update(self, changes: dict[str, Any]) -> None:
        try:
            settings = self.settings.updated(changes)
        except ValidationError as error:
            raise wrong(error, "session") from error
        options = settings.options(self.configurations)
        stretch, detection = self._stretch, settings.input.turn_detection
        is_outdated = stretch and (stretch.options, stretch.detection) != (options, detection)
        rest = stretch.rest() if stretch and is_outdated and not stretch.turn else None
        self._options = options
        if settings.input.format != self.settings.input.format:
            self._incoming = settings.input.format.incoming()
        self.settings = settings
        self.connection.tell(event("session.updated", session=self._session()))
        if stretch and rest:
            self._replace(stretch, rest)
        elif stretch and is_outdated and not stretch.detection and detection:  # a client that commits no more
            self._commit()

    async def _append(self, audio: bytes) -> None:
        """What takes long is done beside the event loop: the page is on the same."""
        if self._is_too_much():
            why = "too much sound waits to be heard: send it more slowly, or commit and wait"
            raise WrongEventError(why, ErrorEntry(413, "too_large"))
        pcm = await run_in_threadpool(self._incoming.add, audio)
        stretch = self._stretch or self._begin(None)
        if self._begun is None:
            self._begun = self._seconds
        stretch.sound.add(pcm)
        self._seconds = stretch.sound.end
        await run_in_threadpool(stretch.grown)

    def _is_too_much(self) -> bool:
        return sum(stretch.sound.size for stretch in self._stretches) > self.room.largest

    def _commit(self) -> None:
        stretch = self._stretch
        if stretch and self._begun is not None:
            stretch.sound.add(self._incoming.finish())
            self._incoming, self._seconds = self.settings.input.format.incoming(), stretch.sound.end
        if not stretch or self._begun is None or self._seconds - self._begun < LEAST_SECONDS - 0.001:
            why = f"the buffer has less than {1000 * LEAST_SECONDS:.0f} ms of sound; append some first"
            raise WrongEventError(why, ErrorEntry(400, "input_audio_buffer_commit_empty"))
        self._forget_sound(stretch)
        stretch.commit()

    def _clear(self) -> None:
        if stretch := self._stretch:
            self._forget_sound(stretch)
            stretch.cancel()
        self.connection.tell(event("input_audio_buffer.cleared"))

    def _forget_sound(self, stretch: Stretch) -> None:
        """What comes now is no part of it."""
        self._seconds = stretch.sound.end
        self._incoming, self._begun, self._stretch = self.settings.input.format.incoming(), None, None

    def _begin(self, sound: KeptSound | None) -> Stretch:
        """With sound that has come already, if there is some."""
        self._options = self._options or self.settings.options(self.configurations)
        sound = sound or KeptSound(self.room.folder, self._seconds)
        self._stretch = Stretch(self, self.engine, self._options, self.settings.input.turn_detection, sound)
        self._stretches.add(self._stretch)
        self._stretch.begin()
        return self._stretch

    def _replace(self, stretch: Stretch, rest: KeptSound) -> None:
        """By one to which the settings of now apply, for the rest of its sound."""
        stretch.cancel()
        self._begin(rest)

    def _is_outdated(self, stretch: Stretch) -> bool:
        return (stretch.options, stretch.detection) != (self._options, self.settings.input.turn_detection)

    def _session(self) -> dict[str, Any]:
        settings = self.settings.model_dump()
        return {**settings, "id": self._id, "object": "realtime.transcription_session"}
