"""What a model leaves out is heard again, and what it makes up is dropped. The models here do so on purpose."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.support.places import RATE
from transcriber.engines.protocol import BaseEngine
from transcriber.models.capabilities import Capabilities
from transcriber.options import TranscribeOptions
from transcriber.pipeline.chunking import Chunk, chunks
from transcriber.pipeline.recognition import transcribe_chunks
from transcriber.pipeline.vad import FRAME_SECONDS, detect_speech
from transcriber.transcript import Hypothesis, Word

OPTIONS = TranscribeOptions()
SPOKEN = [(1.0, "one"), (3.0, "two"), (5.0, "three"), (7.0, "four")]


class Forgetful(BaseEngine):
    """A model that knows what is said at each second of the recording, and forgets what it is told to forget.

    Each second of the recording has a level of its own, which tells it where the audio is from.
    """

    def __init__(
        self,
        forgets: Callable[[float, float, str], bool] = lambda start, length, word: False,
        adds: tuple[Word, ...] = (),
        has_word_times: bool = True,
    ) -> None:
        super().__init__(None, "cpu", "float32")
        self.capabilities = Capabilities(("en",), has_word_times=has_word_times)
        self.forgets, self.adds = forgets, adds
        self.heard: list[tuple[float, float]] = []

    def transcribe(self, batch: list[np.ndarray], options: TranscribeOptions = OPTIONS) -> list[Hypothesis]:
        return [Hypothesis(tuple(self._words(samples))) for samples in batch]

    def _words(self, samples: np.ndarray) -> list[Word]:
        start, length = round(float(samples[0]), 4), len(samples) / RATE
        self.heard.append((start, start + length))
        spoken = [Word(text, at - start, at - start + 0.5, 0.9) for at, text in SPOKEN]
        words = [word for word in spoken if word.span[0] >= 0 and word.span[1] <= length]
        words = [word for word in words if not self.forgets(start, length, word.text)]
        if start == 0:
            words = sorted([*words, *self.adds], key=lambda word: word.span)
        return words if self.capabilities.has_word_times else [Word(word.text) for word in words]


def chunk() -> Chunk:
    """Ten seconds; each sample says which second of the recording it is; speech is where SPOKEN says."""
    speech = np.full(round(10 / FRAME_SECONDS), 0.01)
    for at, _ in SPOKEN:
        speech[round(at / FRAME_SECONDS) : round((at + 0.5) / FRAME_SECONDS)] = 0.9
    return Chunk(np.arange(10 * RATE, dtype=np.float32) / RATE, 0.0, speech, 10.0)


def texts(words: list[Word]) -> str:
    return " ".join(word.text for word in words)


def test_where_all_is_well_nothing_is_heard_twice() -> None:
    engine = Forgetful()
    (one,) = transcribe_chunks(engine, [chunk()], OPTIONS)
    assert texts(one.words) == "one two three four"
    assert len(engine.heard) == 1
    assert (one.coverage.ratio, one.coverage.retried, one.coverage.dropped) == (1.0, 0, ())


def test_what_was_left_out_is_heard_with_its_surroundings() -> None:
    engine = Forgetful(lambda start, length, word: length > 5 and word == "three")
    (one,) = transcribe_chunks(engine, [chunk()], OPTIONS)
    assert texts(one.words) == "one two three four"
    assert [word.span[0] for word in one.words] == pytest.approx([1, 3, 5, 7], abs=1e-3)
    assert len(engine.heard) == 2 and engine.heard[1] == pytest.approx((3.5, 7.0), abs=0.1)
    assert (one.coverage.retried, one.coverage.recovered, one.coverage.uncovered) == (1, 1, ())


def test_then_it_is_heard_on_its_own() -> None:
    engine = Forgetful(lambda start, length, word: length > 1.5 and word in ("two", "three"))
    (one,) = transcribe_chunks(engine, [chunk()], OPTIONS)
    assert texts(one.words) == "one two three four"
    assert engine.heard[-1] == pytest.approx((4.75, 5.75), abs=0.1)
    assert (one.coverage.retried, one.coverage.recovered) == (2, 2)


def test_then_another_model_hears_it_and_what_is_left_is_told() -> None:
    engine = Forgetful(lambda start, length, word: word in ("two", "three"))
    other = Forgetful(lambda start, length, word: word == "three")
    (one,) = transcribe_chunks(engine, [chunk()], OPTIONS, lambda: other)
    assert texts(one.words) == "one two four"
    assert one.coverage.uncovered == (pytest.approx((5.0, 5.5), abs=0.1),)
    assert (one.coverage.retried, one.coverage.recovered) == (2, 1)
    assert one.coverage.ratio == pytest.approx(0.75, abs=0.02)


def test_no_other_model_is_loaded_unless_it_is_needed() -> None:
    def load() -> Forgetful:
        raise AssertionError

    transcribe_chunks(Forgetful(), [chunk()], OPTIONS, load)


def test_words_where_nobody_speaks_are_dropped() -> None:
    made_up = (Word("you", 8.6, 8.9), Word("near", 7.7, 8.0))
    (one,) = transcribe_chunks(Forgetful(adds=made_up), [chunk()], OPTIONS)
    assert texts(one.words) == "one two three four near"
    assert texts(list(one.coverage.dropped)) == "you"


def test_a_word_that_reaches_over_what_was_left_out_does_not_hide_it() -> None:
    class Stretching(Forgetful):
        """Lets “two” last four seconds, over “three”, which it forgets."""

        def _words(self, samples: np.ndarray) -> list[Word]:
            found = super()._words(samples)
            if len(samples) < 9 * RATE:
                return found
            return [replace(word, end=7.0) if word.text == "two" else word for word in found if word.text != "three"]

    (one,) = transcribe_chunks(Stretching(), [chunk()], OPTIONS)
    assert texts(one.words) == "one two three four"
    assert [word.span for word in one.words] == [pytest.approx((at, at + 0.5), abs=0.1) for at, _ in SPOKEN]
    assert (one.coverage.retried, one.coverage.recovered) == (1, 1)


def test_whether_a_sentence_is_made_up_shows_in_the_times_that_the_model_gave() -> None:
    """Most of “you.” lies where nobody speaks; what is left of it once it is mended does not."""
    (one,) = transcribe_chunks(Forgetful(adds=(Word("you.", 0.0, 1.2),)), [chunk()], OPTIONS)
    assert texts(one.words) == "one two three four"
    assert texts(list(one.coverage.dropped)) == "you."


def test_a_silent_chunk_is_not_heard_at_all() -> None:
    engine = Forgetful()
    silent = Chunk(np.zeros(RATE, np.float32), 0.0, np.full(31, 0.1), 1.0)
    spoken, nothing = transcribe_chunks(engine, [chunk(), silent], OPTIONS)
    assert len(engine.heard) == 1 and not nothing.words
    assert texts(spoken.words) == "one two three four"


def test_a_loop_that_a_second_hearing_does_not_repeat_is_dropped() -> None:
    loop = tuple(Word("two", 3.0 + 0.05 * at, 3.05 + 0.05 * at) for at in range(1, 10))
    (one,) = transcribe_chunks(Forgetful(adds=loop), [chunk()], OPTIONS)
    assert texts(one.words) == "one two three four"
    assert len(one.coverage.dropped) == 9


def test_a_sentence_written_twice_gives_way_to_what_a_second_hearing_writes_there() -> None:
    class Echo(Forgetful):
        """Writes seven words in the first five seconds, and once more over what is said behind them."""

        def _words(self, samples: np.ndarray) -> list[Word]:
            found = super()._words(samples)
            times = [(1.0 + 0.5 * at, 1.4 + 0.5 * at) for at in range(14)]
            sentence = [Word(text, *span) for text, span in zip([*"abcdefg"] * 2, times, strict=True)]
            return sentence if len(samples) > 9 * RATE else found

    (one,) = transcribe_chunks(Echo(), [chunk()], OPTIONS)
    assert texts(one.words) == "a b c d e f g three four"
    assert texts(list(one.coverage.dropped)) == "a b c d e f g"


def test_what_is_really_repeated_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    repeated = [(1.0 + 0.55 * at, "no") for at in range(12)]
    monkeypatch.setattr("tests.pipeline.test_recognition.SPOKEN", repeated)
    (one,) = transcribe_chunks(Forgetful(), [chunk()], OPTIONS)
    assert texts(one.words) == " ".join(["no"] * 12)
    assert not one.coverage.dropped


def test_a_model_without_word_times_that_writes_little_hears_the_parts() -> None:
    engine = Forgetful(lambda start, length, word: length > 5, has_word_times=False)
    (one,) = transcribe_chunks(engine, [chunk()], OPTIONS)
    assert texts(one.words) == "one two three four"
    assert one.coverage.recovered == 1
    silent = Forgetful(lambda start, length, word: True, has_word_times=False)
    (one,) = transcribe_chunks(silent, [chunk()], OPTIONS)
    assert one.coverage.uncovered == (pytest.approx((1.0, 7.5), abs=0.1),)


def test_a_loop_without_word_times_is_heard_part_by_part() -> None:
    """The whole chunk ends in a loop, its parts do not."""
    engine = Forgetful(adds=tuple(Word("four", 8 + at / 50, 8.02 + at / 50) for at in range(20)), has_word_times=False)
    (one,) = transcribe_chunks(engine, [chunk()], OPTIONS)
    assert texts(one.words) == "one two three four"
    assert len(engine.heard) == 3
    assert {word.text for word in one.coverage.dropped} == {"four"}
    assert (one.coverage.dropped[0].span, one.coverage.retried) == ((0.0, 10.0), 0)


def test_a_loop_in_the_parts_too_is_dropped_where_nobody_could_say_so_much() -> None:
    class Looping(Forgetful):
        def _words(self, samples: np.ndarray) -> list[Word]:
            return [*super()._words(samples), *[Word("you")] * (30 if len(samples) > 5 * RATE else 9)]

    (one,) = transcribe_chunks(Looping(has_word_times=False), [chunk()], OPTIONS)
    assert texts(one.words) == "one you two three four you"
    assert {word.text for word in one.coverage.dropped} == {"you"}


@pytest.mark.parametrize("lost", [0, 2])
def test_what_is_really_repeated_stays_without_word_times_too(monkeypatch: pytest.MonkeyPatch, lost: int) -> None:
    """Though the parts may lose a word or two."""
    spoken = [(1 + at / 2, "no" if at < 12 - lost else "last") for at in range(12)]
    monkeypatch.setattr("tests.pipeline.test_recognition.SPOKEN", spoken)
    engine = Forgetful(lambda start, length, word: length < 9 and word == "last", has_word_times=False)
    (one,) = transcribe_chunks(engine, [chunk()], OPTIONS)
    assert texts(one.words) == " ".join(word for _, word in spoken)
    assert len(engine.heard) > 1 and one.coverage.dropped == ()


def test_the_real_model_is_given_a_second_chance(
    transcriber, sample_audio: np.ndarray, sample_words: list[dict]
) -> None:
    """A Parakeet that is deaf for the middle of a long chunk."""

    class Deaf(BaseEngine):
        def __init__(self, engine) -> None:
            super().__init__(None, engine.device, engine.compute_type)
            self.engine, self.capabilities = engine, engine.capabilities

        def transcribe(self, batch: list[np.ndarray], options: TranscribeOptions) -> list[Hypothesis]:
            return self.engine.transcribe([self._muted(samples) for samples in batch], options)

        def _muted(self, samples: np.ndarray) -> np.ndarray:
            if len(samples) < 15 * RATE:
                return samples
            muted = samples.copy()
            muted[8 * RATE : int(11.4 * RATE)] = 0
            return muted

    engine = Deaf(transcriber.load(TranscribeOptions("parakeet", "cpu")))
    (whole,) = chunks(detect_speech([sample_audio]), 30.0)
    (one,) = transcribe_chunks(engine, [whole], TranscribeOptions("parakeet", "cpu"))
    assert [word.text for word in one.words] == [word["text"] for word in sample_words]
    assert one.coverage.retried >= 3 and one.coverage.ratio == 1
