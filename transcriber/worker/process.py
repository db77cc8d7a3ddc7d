"""The engine process: all models and all parsing of media, in a process without a network.

    python -m transcriber.worker.process --models-dir DIR

It reads requests from standard input and writes events to standard output, as protocol.py describes them. The lowest
priority goes first, batch by batch; recordings of one priority for which the same is asked share batches. Captions do
not wait for the end of a batch (engines/giving_way.py).
No request ends the process: what nobody foresaw fails that one, and its traceback is in errors.log. It ends when its
standard input closes, which happens however its parent ends.
"""

import argparse
import itertools
import queue
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from transcriber.audio.samples import samples_of
from transcriber.engines.fallback import map_errors
from transcriber.engines.giving_way import way
from transcriber.errors import TranscriberError
from transcriber.models.devices import limit_thread_spinning, use_expandable_segments
from transcriber.options import TranscribeOptions
from transcriber.pipeline.events import TranscriptionEvent
from transcriber.system import child_process
from transcriber.system.offline import deny_network, keep_quiet, refuse_egress
from transcriber.transcript import Transcript
from transcriber.unexpected import map_and_log_error
from transcriber.worker.protocol import (
    NO_REQUEST,
    Align,
    Aligned,
    Cancel,
    Cancelled,
    Caption,
    Captioned,
    Copied,
    Copy,
    Event,
    Failed,
    Hear,
    Load,
    Loaded,
    Message,
    Probe,
    Probed,
    ProcessEvent,
    Ready,
    Request,
    Transcribe,
    Transcribed,
    Working,
    decode,
    encode,
)
from transcriber.worker.scheduling import Scheduler, Task

if TYPE_CHECKING:
    from transcriber.live.session import CaptionSession
    from transcriber.pipeline.batching import BatchTranscriber
    from transcriber.pipeline.transcriber import Transcriber

URGENT = ("caption", "hear")
"""Kinds of requests that are accepted also while something is worked at."""
Steps = Generator[None, None, None]


class EngineServer:
    """Answers requests, the most urgent first, batch by batch."""

    def __init__(
        self,
        models_dir: Path,
        output: TextIO,
        log_dir: Path | None = None,
        unload_after: float | None = None,
        remembered_voices: Path | None = None,
    ) -> None:
        self.models_dir, self.output, self.log_dir = models_dir, output, log_dir
        self.unload_after = unload_after
        """Seconds without a request after which the models are let go; None is never."""
        self.remembered_voices = remembered_voices
        self.requests: queue.Queue[Message] = queue.Queue()
        self.deferred: deque[Message] = deque()
        """Those that came while something was worked at, and can wait until that is over."""
        self.captions: dict[int, CaptionSession] = {}
        """The recordings that are listened to, by the numbers of their requests."""
        self.scheduler = Scheduler()
        self.batch_transcribers: dict[tuple[int, TranscribeOptions], "BatchTranscriber"] = {}
        """The recordings that are transcribed, by priority and by what is asked."""
        self.working: dict[object, list[int]] = {}
        """The requests that are begun: of each batch transcriber, and beside them."""

    def send(self, number: int, event: Event | ProcessEvent) -> None:
        self.output.write(encode(number, event))
        self.output.flush()

    def serve(self) -> None:
        way.to(self._do_urgent)
        while True:
            while not (self.scheduler and self.requests.empty() and not self.deferred):
                self._accept(self._next_request())
            if task := self.scheduler.urgent():
                with way.closed():
                    self._work(task)
            else:
                self._work(self.scheduler.next())

    def _do_urgent(self) -> None:
        """Within a step of other work: hear what somebody says just now."""
        while not self.requests.empty():
            message = self.requests.get()
            if message.kind in URGENT or message.id in self.captions:
                self._accept(message)
            else:
                self.deferred.append(message)
        while task := self.scheduler.urgent():
            self._work(task)

    def _next_request(self) -> Message:
        if self.deferred:
            return self.deferred.popleft()
        try:
            return self.requests.get(timeout=self.unload_after)
        except queue.Empty:
            from transcriber.engines.loading import models_cache

            models_cache.forget_all()
            return self.requests.get()

    def _accept(self, message: Message) -> None:
        with self._failing(message.id):
            self._begin(message.id, message.request())

    def _begin(self, number: int, request: Request) -> None:
        match request:
            case Cancel():
                dropped = [batches.drop(number) for batches in self.batch_transcribers.values()]
                self.captions.pop(number, None)
                if any(dropped) or self.scheduler.cancel(number):
                    self.send(number, Cancelled())
            case Caption():
                self._begin_captions(number, request)
            case Hear():
                self._hear(number, request)
            case Transcribe():
                self._batch_transcriber(number, request).add(number, request.path, request.resume)
            case _:
                self.scheduler.add(Task(number, request.priority, self._steps(number, request)))

    def _steps(self, number: int, request: Probe | Copy | Load | Align) -> Steps:
        match request:
            case Probe():
                return self._probe(number, request)
            case Copy():
                return self._copy(number, request)
            case Load():
                return self._load(number, request)
            case Align():
                return self._align(number, request)

    def _work(self, task: Task) -> None:
        with self._failing(task.number):
            self.scheduler.step(task)

    @contextmanager
    def _failing(self, number: int) -> Iterator[None]:
        """Whatever is raised ends this request, and nothing else."""
        try:
            with map_errors():
                yield
        except TranscriberError as error:
            self._failed(number, error)

    def _works_at(self, whose: object, numbers: list[int]) -> None:
        self.working[whose] = numbers
        self.send(NO_REQUEST, Working(tuple(sorted(itertools.chain(*self.working.values())))))

    @cached_property
    def transcriber(self) -> "Transcriber":
        from transcriber.pipeline.transcriber import Transcriber

        return Transcriber(self.models_dir, self.remembered_voices)

    def _probe(self, number: int, request: Probe) -> Steps:
        from transcriber.audio.recording import Recording

        self._works_at("probe", [number])
        with Recording(request.path) as recording:
            self.send(number, Probed(recording.duration, recording.has_video))
        yield

    def _copy(self, number: int, request: Copy) -> Steps:
        from transcriber.audio import playable

        self._works_at("copy", [number])
        is_needed = request.always or playable.is_needed(request.path)
        yield
        if is_needed:
            yield from playable.write(request.path, request.track, request.target)
        self.send(number, Copied(is_needed))

    def _load(self, number: int, request: Load) -> Steps:
        self._works_at("load", [number])
        engine = self.transcriber.load(request.options)
        self.send(number, Loaded(engine.device))
        yield

    def _align(self, number: int, request: Align) -> Steps:
        self._works_at("align", [number])
        span = request.start, request.end
        times = self.transcriber.realign(request.path, request.words, span, request.options)
        self.send(number, Aligned(tuple(times)))
        yield

    def _begin_captions(self, number: int, request: Caption) -> None:
        from transcriber.live.session import CaptionSession

        load = partial(self.transcriber.load_models, request.options)
        session = CaptionSession(load, request.options, request.start, request.pause)
        self.captions[number] = session
        steps = self._caption(number, session)
        self.scheduler.add(Task(number, request.priority, steps, is_due=lambda: session.is_due))

    def _hear(self, number: int, request: Hear) -> None:
        if session := self.captions.get(number):  # else it has ended meanwhile
            session.add(samples_of(request.samples))
            if request.is_last:
                session.finish()

    def _caption(self, number: int, session: "CaptionSession") -> Steps:
        self._works_at(session, [number])
        try:
            while not session.is_settled:
                self.send(number, session.step())
                yield
            self.send(number, Captioned())
        finally:
            self.captions.pop(number, None)
            del self.working[session]

    def _batch_transcriber(self, number: int, request: Transcribe) -> "BatchTranscriber":
        key = priority, options = request.priority, request.options
        if key not in self.batch_transcribers:
            self.batch_transcribers[key] = self.transcriber.batch_transcriber(options, partial(self._works_at, key))
            self.scheduler.add(Task(number, priority, self._transcribe(key), is_shared=True))
        return self.batch_transcribers[key]

    def _transcribe(self, key: tuple[int, TranscribeOptions]) -> Steps:
        batches = self.batch_transcribers[key]
        try:
            while batches:
                with map_errors():
                    for number, event in batches.step():
                        self._tell(number, event)
                yield
        except TranscriberError as error:  # of no single recording
            for number in batches.numbers:
                self._failed(number, error)
            batches.close()
        finally:
            del self.batch_transcribers[key]

    def _tell(self, number: int, event: TranscriptionEvent) -> None:
        match event:
            case TranscriberError():
                self._failed(number, event)
            case Transcript():
                self.send(number, Transcribed(event))
            case _:
                self.send(number, event)

    def _failed(self, number: int, error: TranscriberError) -> None:
        self.send(number, Failed(map_and_log_error(error, self.log_dir)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models-dir", type=Path, required=True)
    parser.add_argument("--log-dir", type=Path, metavar="DIR", help="for tracebacks of what nobody foresaw")
    parser.add_argument("--unload-after", type=float, metavar="SECONDS")
    parser.add_argument("--remembered-voices", type=Path, metavar="FILE", help="of people whom the user has named")
    args = parser.parse_args()
    keep_quiet()
    use_expandable_segments()
    limit_thread_spinning()
    offline = "kernel" if deny_network() else "python"
    refuse_egress()
    output = child_process.own_output()
    server = EngineServer(args.models_dir, output, args.log_dir, args.unload_after, args.remembered_voices)
    child_process.read_input(lambda line: server.requests.put(decode(line)))
    server.send(NO_REQUEST, Ready(offline))
    server.serve()


if __name__ == "__main__":
    main()
