"""The one way from a recording to its transcript: every door goes through here."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

from transcriber.engines.fallback import FallbackEngine, map_errors
from transcriber.engines.families import can_align
from transcriber.engines.loading import diarizer_of, engine_of, is_loaded
from transcriber.engines.protocol import Engine
from transcriber.errors import TranscriberError
from transcriber.models.frozen_model import FrozenModel
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions
from transcriber.pipeline import diarization
from transcriber.pipeline.batching import BatchTranscriber
from transcriber.pipeline.events import NumberedEvent, Progress
from transcriber.pipeline.realignment import realign
from transcriber.pipeline.recording_models import RecordingModels
from transcriber.pipeline.speaker_track import SpeakerModels
from transcriber.speaker_count import AUTO, OFF
from transcriber.speakers.remembered import RememberedVoices
from transcriber.transcript import Diarization, Transcript, Word
from transcriber.word_times.spans import Span

T = TypeVar("T")


class Transcriber:
    """Transcribes recordings with the frozen models of one folder. Models stay loaded. Not thread-safe."""

    def __init__(self, models_dir: Path | str = "local_models", remembered_voices: Path | None = None) -> None:
        """`remembered_voices`: the file of voices that were named before (speakers/remembered.py), to suggest names."""
        self.store = ModelStore(Path(models_dir))
        self.remembered_voices = remembered_voices

    def load(self, options: TranscribeOptions) -> FallbackEngine:
        """Load the model beforehand; what it says on the way is for one recording. Raises ModelError."""
        return self._load(self.store.find(options.model), options)

    def transcribe(
        self,
        path: Path | str,
        options: TranscribeOptions = TranscribeOptions(),
        on_progress: Callable[[Progress], None] = lambda progress: None,
    ) -> Transcript:
        """The transcript of one recording; `on_progress` is called after each batch. Raises ModelError, AudioError."""
        for _, event in self.transcribe_events([path], options):
            if isinstance(event, TranscriberError):
                raise event
            if isinstance(event, Transcript):
                return event
            if isinstance(event, Progress):
                on_progress(event)
        raise AssertionError("a recording ends with a transcript or an error")

    def transcribe_events(
        self, paths: Iterable[Path | str], options: TranscribeOptions = TranscribeOptions()
    ) -> Iterator[NumberedEvent]:
        """What becomes of each recording, with its place in `paths`, as it happens; short ones share a batch.

        The last event of each is its Transcript, or the TranscriberError that says why there is none.
        """
        with closing(self.batch_transcriber(options)) as batches:
            for number, path in enumerate(paths):
                batches.add(number, Path(path))
            while batches:
                yield from batches.step()

    def transcribe_all(
        self, paths: Iterable[Path | str], options: TranscribeOptions = TranscribeOptions()
    ) -> Iterator[Transcript | TranscriberError]:
        """The transcript of each recording, or why there is none, in the order of `paths`."""
        events = self.transcribe_events(paths, options)
        ends = ((place, event) for place, event in events if isinstance(event, Transcript | TranscriberError))
        return (end for _, end in in_order(ends))

    def diarize(
        self,
        path: Path | str,
        options: TranscribeOptions = TranscribeOptions(speakers=AUTO),
        on_progress: Callable[[Progress], None] = lambda progress: None,
    ) -> Diarization:
        """Who speaks when in one recording, without its words; `options` say how many people, which part, which model.

        Raises ModelError, AudioError.
        """
        steps = diarization.diarize(Path(path), options, self._speaker_models(options))
        with map_errors():
            while True:
                try:
                    on_progress(next(steps))
                except StopIteration as end:
                    return end.value

    def realign(self, path: Path, words: Sequence[Word], span: Span, options: TranscribeOptions) -> list[Span | None]:
        """When the new words of a correction are said (realignment.py); None for all where no model can say it.

        `options`: of the transcription that is corrected. The model is its own where that is in memory, or another one
        that is, else the smallest there is. Raises ModelError, AudioError.
        """
        models = sorted(self._aligning(options), key=lambda model: (model.name != options.model, _size(model)))
        if not models:
            return [None for word in words if word.start is None]
        model = next(filter(is_loaded, models), min(models, key=_size))
        asked = TranscribeOptions(model.name, options.device)
        if model.name == options.model:
            asked = replace(asked, engine=options.engine, compute_type=options.compute_type)
        with map_errors():
            return realign(self._load(model, asked), path, words, span, options)

    def batch_transcriber(
        self, options: TranscribeOptions, on_work: Callable[[list[int]], None] = lambda numbers: None
    ) -> BatchTranscriber:
        """For recordings that are transcribed side by side, step by step, with room for other work in between."""
        return BatchTranscriber(options, self.load_models, on_work)

    def load_models(self, options: TranscribeOptions) -> RecordingModels:
        """The model that the options name, and those that help it. Raises ModelError."""
        model = self.store.find(options.model)
        engine = self._load(model, options)
        other = replace(options, model=options.second_model, engine="auto", compute_type="auto")
        able = engine.capabilities
        is_untimed = not able.times_words(options) and not able.is_translation(options)
        title, aligner = self._aligner(options) if is_untimed else ("", None)
        return RecordingModels(
            engine,
            cache(lambda: self.load(other)) if options.second_model else None,
            aligner,
            title,
            model.manifest,
            tuple(model.notes()),
            self._speaker_models(options) if options.speakers != OFF else None,
        )

    def _speaker_models(self, options: TranscribeOptions) -> SpeakerModels:
        """What tells speakers apart, and the voices of people who are known. Raises ModelError, AudioError, and
        UnsupportedOptionError for more people than the model knows, or somebody who is not heard."""
        model = self.store.diarizing(options.speaker_model)
        diarizer = diarizer_of(model, options)
        known = {name: diarization.voice_of(name, Path(path), diarizer) for name, path in options.known_speakers}
        remembered = RememberedVoices(self.remembered_voices) if self.remembered_voices else None
        return SpeakerModels(diarizer, model.name, model.manifest, known, remembered)

    def _load(self, model: FrozenModel, options: TranscribeOptions) -> FallbackEngine:
        return FallbackEngine(partial(engine_of, model), options)

    def _aligner(self, options: TranscribeOptions) -> tuple[str, Engine | None]:
        """The title of a frozen model that can say where given words are spoken, and the model, where there is one."""
        for model in self._aligning(options):
            return model.spec.title, engine_of(model, TranscribeOptions(model.name, options.device))
        return "", None

    def _aligning(self, options: TranscribeOptions) -> Iterator[FrozenModel]:
        """The models that can say where given words of the options' language are spoken."""
        for model in self.store.present_models():
            if options.language in ("auto", *model.spec.languages) and can_align(model.path):
                yield model


def _size(model: FrozenModel) -> int:
    return model.status().size


def in_order(ends: Iterable[tuple[int, T]]) -> Iterator[tuple[int, T]]:
    """Items that come with their place, counted from 0, in the order of these; each place comes once."""
    waiting: dict[int, T] = {}
    next_place = 0
    for place, item in ends:
        waiting[place] = item
        while next_place in waiting:
            yield next_place, waiting.pop(next_place)
            next_place += 1
