"""Faults, injected where the libraries raise theirs: every step down, each said once, and no word lost or doubled."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import numpy as np
import pytest
import torch

from tests.support.places import DEMO_MODELS, RATE
from transcriber.engines import fallback
from transcriber.engines.fallback import MIN_DIVIDED_SECONDS, Failure, FallbackEngine, failure_of, map_errors
from transcriber.engines.loading import load_engine, models_cache
from transcriber.engines.protocol import BaseEngine
from transcriber.errors import AudioDecodeError, EngineCrashError, ModelCorruptError, StorageError, UnexpectedError
from transcriber.models.capabilities import Capabilities
from transcriber.options import TranscribeOptions
from transcriber.transcript import Hypothesis, Word

CARD = TranscribeOptions("parakeet", "cuda")
OUT_OF_MEMORY = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")


class Counting(BaseEngine):
    """Writes for each second of audio the number that its samples are. Takes at most `fits` seconds a batch."""

    capabilities = Capabilities(("en",), has_word_times=True)

    def __init__(self, device: str, fits: float = 1e9, error: Exception = OUT_OF_MEMORY) -> None:
        super().__init__(None, device, "float32", batch_size=8)
        self.fits, self.error = fits, error
        self.written: list[str] = []
        self.is_plain = False

    def transcribe(self, batch: list[np.ndarray], options: TranscribeOptions) -> list[Hypothesis]:
        if len(batch) * max(map(len, batch)) / RATE > self.fits:
            raise self.error
        return [Hypothesis(tuple(self._words(samples)), "en") for samples in batch]

    def _words(self, samples: np.ndarray) -> Iterator[Word]:
        """One for each second that begins in it."""
        for at in np.flatnonzero(np.diff(np.floor(samples), prepend=np.floor(samples[0]) - (samples[0] % 1 == 0))):
            self.written.append(f"{int(samples[at])}")
            yield Word(self.written[-1], at / RATE, at / RATE + 0.5)


def seconds(first: int, count: int) -> np.ndarray:
    """Samples that tell which second they are."""
    return first + np.arange(count * RATE) / RATE


def words(hypotheses: list[Hypothesis]) -> list[list[str]]:
    return [[word.text for word in hypothesis.words] for hypothesis in hypotheses]


def numbers(first: int, count: int) -> list[str]:
    return [str(number) for number in range(first, first + count)]


@pytest.fixture
def engines() -> dict[str, Counting]:
    return {"cuda": Counting("cuda"), "cpu": Counting("cpu")}


@pytest.fixture
def engine(engines: dict[str, Counting]) -> FallbackEngine:
    return FallbackEngine(lambda options: engines[options.device], CARD)


BATCH = [seconds(100 * number, 20) for number in range(1, 7)]
WRITTEN = [numbers(100 * number, 20) for number in range(1, 7)]


def test_where_all_is_well_nothing_is_said(engine: FallbackEngine) -> None:
    assert words(engine.transcribe(BATCH, CARD)) == WRITTEN
    assert engine.notes == []


def test_smaller_batches(engine: FallbackEngine, engines: dict[str, Counting]) -> None:
    engines["cuda"].fits = 45
    assert words(engine.transcribe(BATCH, CARD)) == WRITTEN
    assert engine.notes == [fallback.SMALLER_BATCHES]
    assert sorted(engines["cuda"].written) == sorted(chain(*WRITTEN)), "nothing is transcribed twice"
    assert engine.batch_size == 1 and engine.device == "cuda"


def test_smaller_chunks(engine: FallbackEngine, engines: dict[str, Counting]) -> None:
    engines["cuda"].fits = 12
    heard = engine.transcribe(BATCH, CARD)
    assert words(heard) == WRITTEN
    assert [word.start for word in heard[2].words] == pytest.approx(range(20), abs=1e-3)
    assert heard[0].language == "en"
    assert engine.notes == [fallback.SMALLER_BATCHES, fallback.SMALLER_CHUNKS]
    assert sorted(engines["cuda"].written) == sorted(chain(*WRITTEN))
    assert words(engine.transcribe(BATCH[:1], CARD)) == WRITTEN[:1]
    assert len(engine.notes) == 2, "each step is said once"


def test_then_the_processor(engine: FallbackEngine, engines: dict[str, Counting]) -> None:
    engines["cuda"].fits = MIN_DIVIDED_SECONDS / 2
    assert words(engine.transcribe(BATCH, CARD)) == WRITTEN
    assert engine.notes == [fallback.SMALLER_BATCHES, fallback.SMALLER_CHUNKS, fallback.PROCESSOR]
    assert (engine.device, engine.batch_size) == ("cpu", 8)
    assert sorted(engines["cpu"].written) == sorted(chain(*WRITTEN))


def test_what_the_card_wrote_is_kept(engine: FallbackEngine, engines: dict[str, Counting]) -> None:
    """It fails in the second batch."""
    assert words(engine.transcribe(BATCH[:3], CARD)) == WRITTEN[:3]
    engines["cuda"].fits = 0
    assert words(engine.transcribe(BATCH[3:], CARD)) == WRITTEN[3:]
    assert sorted(engines["cpu"].written) == sorted(chain(*WRITTEN[3:]))


def test_the_next_recording_begins_on_the_card_again(engines: dict[str, Counting]) -> None:
    engines["cuda"].fits = 0
    first = FallbackEngine(lambda options: engines[options.device], CARD)
    first.transcribe(BATCH, CARD)
    assert first.device == "cpu"
    engines["cuda"].fits = 1e9
    second = FallbackEngine(lambda options: engines[options.device], CARD)
    assert words(second.transcribe(BATCH, CARD)) == WRITTEN
    assert (second.device, second.notes) == ("cuda", [])


def test_a_failing_card_is_left_at_once(engine: FallbackEngine, engines: dict[str, Counting]) -> None:
    engines["cuda"].fits = 0
    engines["cuda"].error = RuntimeError("CUDA error: no kernel image is available for execution on the device\nmore")
    assert words(engine.transcribe(BATCH, CARD)) == WRITTEN
    (note,) = engine.notes
    assert "no kernel image is available" in note and "more" not in note


def test_a_decoder_with_graphs_is_replaced_once(engine: FallbackEngine, engines: dict[str, Counting]) -> None:
    card = engines["cuda"]
    card.fits, card.error = 0, RuntimeError("CUDA graph capture failed: operation not permitted")

    def use_plain_decoder() -> bool:
        was_plain, card.is_plain, card.fits = card.is_plain, True, 1e9
        return not was_plain

    card.use_plain_decoder = use_plain_decoder
    assert words(engine.transcribe(BATCH, CARD)) == WRITTEN
    assert (engine.notes, engine.device) == ([fallback.PLAIN_DECODER], "cuda")
    card.fits = 0
    card.use_plain_decoder = lambda: False
    assert words(engine.transcribe(BATCH, CARD)) == WRITTEN
    assert engine.device == "cpu"


def test_memory_that_runs_out_while_a_model_is_loaded() -> None:
    """Other models go; then the processor is tried."""
    models_cache["other"] = object()
    failures = [OUT_OF_MEMORY, OUT_OF_MEMORY]

    def load(options: TranscribeOptions) -> Counting:
        if options.device == "cuda" and failures:
            raise failures.pop()
        return Counting(options.device)

    engine = FallbackEngine(load, CARD)
    assert engine.notes == [fallback.OTHER_MODELS, fallback.PROCESSOR]
    assert engine.device == "cpu" and not models_cache


def test_where_no_step_is_left_it_is_an_error(engines: dict[str, Counting]) -> None:
    engines["cpu"].fits, engines["cpu"].error = 0, RuntimeError("DefaultCPUAllocator: can't allocate memory")
    engine = FallbackEngine(lambda options: engines["cpu"], replace(CARD, device="cpu"))
    with pytest.raises(EngineCrashError, match="the computer ran out of memory"):
        engine.transcribe(BATCH, CARD)
    assert engine.notes == [fallback.SMALLER_BATCHES, fallback.SMALLER_CHUNKS]


def test_a_processor_that_has_no_memory_for_the_model_either(engines: dict[str, Counting]) -> None:
    """The card fails while it transcribes; then the model cannot be loaded for the processor."""

    def load(options: TranscribeOptions) -> Counting:
        if options.device == "cpu":
            raise MemoryError
        return engines["cuda"]

    engine, engines["cuda"].fits = FallbackEngine(load, CARD), 0
    with pytest.raises(EngineCrashError, match="the computer ran out of memory"):
        engine.transcribe([seconds(0, 1)], CARD)
    assert engine.notes == [fallback.PROCESSOR]


@pytest.mark.parametrize("error", [AudioDecodeError("out of memory"), ValueError("wrong"), KeyError("x")])
def test_other_errors_go_on_their_way(engine: FallbackEngine, engines: dict[str, Counting], error: Exception) -> None:
    engines["cuda"].fits, engines["cuda"].error = 0, error
    with pytest.raises(type(error)):
        engine.transcribe(BATCH, CARD)
    assert engine.notes == []


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (OUT_OF_MEMORY, Failure.MEMORY),
        (torch.OutOfMemoryError("HIP out of memory. Tried to allocate 2.00 GiB."), Failure.MEMORY),
        (RuntimeError("CUDA error: out of memory"), Failure.MEMORY),
        (RuntimeError("CUDA failed with error out of memory"), Failure.MEMORY),  # CTranslate2's
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"), Failure.MEMORY),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), Failure.MEMORY),
        (MemoryError(), Failure.MEMORY),
        (RuntimeError("cuDNN error: CUDNN_STATUS_NOT_INITIALIZED"), Failure.CARD),
        (RuntimeError("HIP error: invalid device function"), Failure.CARD),
        (RuntimeError("CUDA error: operation not permitted when stream is capturing"), Failure.GRAPHS),
        (RuntimeError("Expected all tensors to be on the same device"), None),
        (ModelCorruptError("truncated"), None),
    ],
)
def test_what_libraries_say(error: Exception, failure: Failure | None) -> None:
    assert failure_of(error) is failure


def test_the_real_model_with_less_memory(sample_audio: np.ndarray, sample_words: list[dict]) -> None:
    """NeMo's own model, whose encoder runs out of memory with more than six seconds at once."""
    options = TranscribeOptions("parakeet", "cpu")
    engine = FallbackEngine(lambda options: load_engine(options, DEMO_MODELS), options)

    def check(module: torch.nn.Module, inputs: tuple, named: dict) -> None:
        if named["audio_signal"].shape[0] * named["audio_signal"].shape[-1] > 600:
            raise OUT_OF_MEMORY

    hook = engine.engine.model.encoder.register_forward_pre_hook(check, with_kwargs=True)
    try:
        heard = engine.transcribe([sample_audio, sample_audio[: 5 * RATE]], options)
    finally:
        hook.remove()
    assert words(heard)[0] == [word["text"] for word in sample_words]
    assert [word.start for word in heard[0].words] == pytest.approx([w["start"] for w in sample_words], abs=0.2)
    assert engine.notes == [fallback.SMALLER_BATCHES, fallback.SMALLER_CHUNKS]


@pytest.mark.parametrize("raised", [KeyError("strange"), SystemExit(3), RecursionError()])
def test_whatever_is_raised_is_told_of_one_recording(raised: BaseException) -> None:
    """A library that wants to end the program ends one recording."""
    with pytest.raises(UnexpectedError) as told, map_errors():
        raise raised
    assert told.value.__cause__ is raised
    with pytest.raises(StorageError, match=r"a\.nemo cannot be used \(Permission denied\)"), map_errors():
        raise PermissionError(13, "Permission denied", "a.nemo")
