"""A stretch of sound that one stream of captions is made of, and what a client is told of it, turn by turn."""

from typing import TYPE_CHECKING, Any

from transcriber.errors import TranscriberError
from transcriber.jobs.caption_stream import CaptionStream
from transcriber.live.captions import PAUSE_SECONDS, Captions
from transcriber.options import TranscribeOptions
from transcriber.server.routes.v1.realtime.events import error_of, event, identity
from transcriber.server.routes.v1.realtime.settings import ServerVad
from transcriber.server.routes.v1.realtime.sound import KeptSound
from transcriber.transcript import Word, joined
from transcriber.worker.client import EngineClient

if TYPE_CHECKING:
    from transcriber.server.routes.v1.realtime.conversation import Conversation

TRANSCRIPTION = "conversation.item.input_audio_transcription"


class Turn:
    """What somebody says, which becomes an item of the conversation."""

    def __init__(self) -> None:
        self.item = identity("item")
        self.words: list[Word] = []


class Stretch:
    """All methods but grown() are called in the thread of the event loop."""

    def __init__(
        self,
        conversation: "Conversation",
        engine: EngineClient,
        options: TranscribeOptions,
        detection: ServerVad | None,
        sound: KeptSound,
    ) -> None:
        self.conversation, self.options, self.detection, self.sound = conversation, options, detection, sound
        self.turn: Turn | None = None
        """The one that goes on; without `detection`, there is one from the first word on."""
        self.start = sound.start
        """The second with which the next item begins."""
        self.is_committed = False
        """Whether the client has said that it ends here."""
        self._is_cancelled = False
        self._settled_until = sound.start
        self._stream = CaptionStream(
            engine,
            options,
            sound,
            lambda captions: conversation.connection.call(lambda: self._on_captions(captions)),
            lambda error: conversation.connection.call(lambda: self._on_end(error)),
            sound.start,
            detection.silence_duration_ms / 1000 if detection else PAUSE_SECONDS,
        )

    def begin(self) -> None:
        self._stream.begin()

    def rest(self) -> KeptSound:
        """The sound of which nothing was told."""
        return self.sound.after(self._settled_until)

    def grown(self) -> None:
        """More of its sound has come. May be called from any thread."""
        self._stream.grown()

    def commit(self) -> None:
        """It ends here, and what was said since the last item is one."""
        self.is_committed = True
        self._commit(self._turn())
        self._stream.end()

    def cancel(self) -> None:
        """Nobody wants to know any more."""
        self._is_cancelled = True
        self._stream.cancel()
        self.sound.close()

    def _turn(self) -> Turn:
        self.turn = self.turn or Turn()
        return self.turn

    def _on_captions(self, captions: Captions) -> None:
        if self._is_cancelled:
            return
        self._settled_until = max(self._settled_until, captions.settled_until)
        if self.detection and captions.began is not None and not self.turn:
            self._announce(captions.began, self.detection)
        if captions.settled:
            self._tell_words(captions.settled)
        if self.detection and captions.ended is not None and self.turn and not self.is_committed:
            self._end_turn(captions.ended, self.detection)

    def _announce(self, began: float, detection: ServerVad) -> None:
        start = max(0, round(1000 * began) - detection.prefix_padding_ms)
        self._tell("input_audio_buffer.speech_started", audio_start_ms=start)

    def _tell_words(self, words: tuple[Word, ...]) -> None:
        turn = self._turn()
        blank = " " if turn.words and words[0].space_before else ""
        turn.words += words
        self._tell(f"{TRANSCRIPTION}.delta", content_index=0, delta=blank + joined(words))

    def _end_turn(self, ended: float, detection: ServerVad) -> None:
        turn = self._turn()
        self._tell(
            "input_audio_buffer.speech_stopped", audio_end_ms=round(1000 * ended) + detection.silence_duration_ms
        )
        self._commit(turn)
        self._complete(ended)
        self.conversation.turn_ended(self, ended)

    def _commit(self, turn: Turn) -> None:
        previous, self.conversation.previous_item = self.conversation.previous_item, turn.item
        self._tell("input_audio_buffer.committed", previous_item_id=previous)
        for happened in ("added", "done"):
            told = event(f"conversation.item.{happened}", previous_item_id=previous, item=_item(turn))
            self.conversation.connection.tell(told)

    def _complete(self, until: float) -> None:
        turn = self._turn()
        usage = {"type": "duration", "seconds": round(max(0.0, until - self.start), 3)}
        self._tell(f"{TRANSCRIPTION}.completed", content_index=0, transcript=joined(turn.words), usage=usage)
        self.turn, self.start = None, until

    def _on_end(self, error: TranscriberError | None) -> None:
        if error:
            self._tell(f"{TRANSCRIPTION}.failed", content_index=0, error=error_of(error))
        elif self.is_committed and not self._is_cancelled:
            self._complete(self.sound.end)
        self.sound.close()
        self.conversation.stretch_ended(self, error)

    def _tell(self, kind: str, **fields: Any) -> None:
        self.conversation.connection.tell(event(kind, item_id=self._turn().item, **fields))


def _item(turn: Turn) -> dict[str, Any]:
    return {
        "id": turn.item,
        "object": "realtime.item",
        "type": "message",
        "role": "user",
        "status": "completed",
        "content": [{"type": "input_audio", "transcript": None}],
    }
