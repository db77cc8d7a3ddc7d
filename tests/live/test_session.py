"""Captions of recordings that go on: what is settled stays, nothing is lost, and nothing made up."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import pytest

from tests.support.places import DEMO_MODELS, RATE
from transcriber.live.captions import Captions
from transcriber.live.session import LONGEST_SECONDS, CaptionSession
from transcriber.options import TranscribeOptions
from transcriber.pipeline.recording_models import RecordingModels
from transcriber.pipeline.transcriber import Transcriber
from transcriber.transcript import Word, normal

MODELS = ("parakeet", "canary")
"""The demo Whisper has not learnt to write without timestamps, as drafts are."""
Load = Callable[[], RecordingModels]


@pytest.fixture(scope="module")
def loads() -> dict[str, Load]:
    transcriber = Transcriber(DEMO_MODELS)
    asked = {name: TranscribeOptions(name, "cpu", language="en", compute_type="float32") for name in MODELS}
    return {name: lambda options=options: transcriber.load_models(options) for name, options in asked.items()}


def listen(session: CaptionSession, samples: np.ndarray, seconds: float = 0.5) -> Iterator[Captions]:
    """Each piece once the one before was listened to."""
    for piece in np.array_split(samples, max(1, round(len(samples) / RATE / seconds))):
        session.add(piece)
        while session.is_due:
            yield session.step()
    session.finish()
    while not session.is_settled:
        yield session.step()


def settled(told: Sequence[Captions]) -> list[Word]:
    return [word for captions in told for word in captions.settled]


def texts(words: Sequence[Word]) -> list[str]:
    return [normal(word.text) for word in words]


@pytest.fixture
def session(loads: dict[str, Load]) -> CaptionSession:
    return CaptionSession(loads["parakeet"], TranscribeOptions("parakeet", "cpu"))


@pytest.mark.parametrize("name", MODELS)
def test_every_family_writes_what_is_said(
    loads: dict[str, Load], name: str, sample_audio: np.ndarray, sample_words: list[dict]
) -> None:
    options = TranscribeOptions(name, "cpu", language="en", compute_type="float32")
    told = list(listen(CaptionSession(loads[name], options), sample_audio))
    assert texts(settled(told)) == [word["text"] for word in sample_words]
    assert not told[-1].unsettled
    shown = [texts([*settled(told[: at + 1]), *captions.unsettled]) for at, captions in enumerate(told)]
    assert any(len(one) < len(sample_words) for one in shown if one), "nothing was written before the end"


def test_words_are_settled_in_the_order_in_which_they_are_said(
    session: CaptionSession, sample_audio: np.ndarray
) -> None:
    told = list(listen(session, sample_audio))
    words = settled(told)
    assert all(word.span[1] <= following.span[0] + 0.05 for word, following in pairwise(words))
    assert len([captions for captions in told if captions.settled]) >= 5


def test_where_nobody_speaks_the_model_is_not_asked(loads: dict[str, Load], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transcriber.pipeline.recognition.draft", None)
    session = CaptionSession(loads["parakeet"], TranscribeOptions("parakeet", "cpu"))
    noise = np.random.default_rng(0).normal(0, 0.003, 90 * RATE).astype(np.float32)
    told = list(listen(session, noise))
    assert not settled(told)
    assert not any(captions.unsettled for captions in told)
    assert told[-1].end == pytest.approx(90.0)
    assert session._window.seconds < 4


def test_what_was_said_before_a_pause_is_settled_in_it(session: CaptionSession, sample_audio: np.ndarray) -> None:
    word = sample_audio[: int(1.2 * RATE)]
    told = list(listen(session, np.concatenate([word, np.zeros(2 * RATE, np.float32)])))
    (first, *_) = [captions for captions in told if captions.settled]
    assert texts(first.settled) == ["one"]
    assert first.end < 2.5


@pytest.mark.parametrize("seconds", [0.5, 9.0])
def test_a_pause_ends_what_is_said_however_much_comes_at_once(
    loads: dict[str, Load], sample_audio: np.ndarray, sample_words: list[dict], seconds: float
) -> None:
    """Also where somebody speaks again before the engine looks."""
    silence = np.zeros(2 * RATE, np.float32)
    spoken = [sample_audio[: int(5.1 * RATE)], silence, sample_audio[int(5.1 * RATE) : int(10.3 * RATE)], silence]
    session = CaptionSession(loads["parakeet"], TranscribeOptions("parakeet", "cpu"), pause=1.5)
    told = list(listen(session, np.concatenate(spoken), seconds))
    ended = [(captions.began, captions.ended) for captions in told if captions.ended is not None]
    assert np.allclose(np.array(ended), [(0.5, 4.62), (7.62, 11.77)], atol=0.25)
    (first,) = (at for at, captions in enumerate(told) if captions.ended == ended[0][1])
    before, after = texts(settled(told[: first + 1])), texts(settled(told[first + 1 :]))
    assert before == [word["text"] for word in sample_words if word["end"] < 5]
    assert before + after == [word["text"] for word in sample_words if word["end"] < 10]


def test_speech_without_a_pause_is_cut_and_not_lost(session: CaptionSession, sample_audio: np.ndarray) -> None:
    """Two minutes of words close together."""
    close = np.concatenate([sample_audio[int(0.4 * RATE) : int(19.8 * RATE)]] * 6)
    told = list(listen(session, close))
    words = texts(settled(told))
    assert 117 <= len(words) <= 123
    assert session._window.seconds <= LONGEST_SECONDS


def test_more_than_can_be_heard_at_once_is_not_lost(
    session: CaptionSession, sample_audio: np.ndarray, sample_words: list[dict]
) -> None:
    """The engine was away for a minute."""
    told = list(listen(session, np.tile(sample_audio, 3), seconds=60))
    assert texts(settled(told)) == [word["text"] for word in sample_words] * 3


def test_a_session_that_begins_later_counts_from_there(loads: dict[str, Load], sample_audio: np.ndarray) -> None:
    session = CaptionSession(loads["parakeet"], TranscribeOptions("parakeet", "cpu"), start=100.0)
    words = settled(list(listen(session, sample_audio[: 3 * RATE])))
    assert words[0].span[0] == pytest.approx(100.5, abs=0.15)


def test_speech_that_is_found_late_is_heard(session: CaptionSession, sample_audio: np.ndarray) -> None:
    """Quiet speech long behind a loud voice: the voice detector finds it when it has forgotten how loud that was."""
    one, loud = sample_audio[int(0.4 * RATE) : int(1.2 * RATE)], sample_audio[int(1.2 * RATE) : int(5.1 * RATE)]
    silence = np.zeros(int(9.5 * RATE), np.float32)
    told = list(listen(session, np.concatenate([loud, silence, 0.005 * one, silence[: 3 * RATE]])))
    assert texts(settled(told))[:4] == ["two", "three", "four", "five"]
    assert len(settled(told)) == 5
    assert [captions.ended for captions in told if captions.ended is not None][1] == pytest.approx(14.1, abs=0.2)


@pytest.mark.parametrize("seconds", [26, 30, 50])
def test_the_end_of_a_burst_is_heard_without_more_to_come(
    loads: dict[str, Load], sample_audio: np.ndarray, seconds: int
) -> None:
    session = CaptionSession(loads["parakeet"], TranscribeOptions("parakeet", "cpu"), pause=1.5)
    close = np.concatenate([sample_audio[int(0.4 * RATE) : int(19.8 * RATE)]] * 3)[: seconds * RATE]
    session.add(np.concatenate([close, np.zeros(2 * RATE, np.float32)]))
    told = []
    while session.is_due:
        told.append(session.step())
    assert [captions.ended for captions in told if captions.ended is not None] == [pytest.approx(seconds, abs=1.2)]
    assert not told[-1].unsettled


def test_nothing_was_said(session: CaptionSession) -> None:
    session.finish()
    session.step()
    told = session.step()
    assert session.is_settled
    assert not told.settled
