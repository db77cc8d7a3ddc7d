"""How fast a model is here: measured by what was finished, estimated before."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.computers import computer
from tests.support.fakes import pretend
from transcriber.jobs import speeds as measuring
from transcriber.jobs.results import Results
from transcriber.jobs.speeds import Speed, Speeds, estimate
from transcriber.models import catalog
from transcriber.models.frozen_model import FrozenModel
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions
from transcriber.transcript import Diarization, Transcript

CPU = TranscribeOptions("parakeet", "cpu")


@pytest.fixture
def speeds(results: Results) -> Speeds:
    return results.speeds


@pytest.fixture
def model(tmp_path: Path) -> FrozenModel:
    store = ModelStore(tmp_path / "models")
    pretend(store, "parakeet")
    return store.find("parakeet")


def finished(model: FrozenModel, rtfx: float, **others: object) -> Transcript:
    """An hour that took so long."""
    assert model.manifest
    known = Transcript((), 3600.0, "parakeet", "cpu", 3600.0 / rtfx, model_sha256=model.manifest.sha256)
    known = replace(known, compute_type="float32", options={"engine": "nemo", "start": 0.0})
    return replace(known, **others)


def test_what_is_newer_counts_more(speeds: Speeds, model: FrozenModel) -> None:
    assert speeds.of(model) is None
    speeds.note(finished(model, 10.0))
    assert speeds.of(model) == pytest.approx(10.0)
    assert speeds.expected(model, CPU) == Speed(pytest.approx(10.0), is_estimate=False)
    for _ in range(6):
        speeds.note(finished(model, 20.0))
    assert speeds.of(model) == pytest.approx(20.0, rel=0.02)
    assert speeds.revision == 7


def test_of_a_part_its_own_seconds_count(speeds: Speeds, model: FrozenModel) -> None:
    speeds.note(finished(model, 10.0, duration=3600.0, elapsed=6.0))
    part = finished(model, 10.0)
    speeds.note(replace(part, options={**part.options, "start": 3590.0}, elapsed=0.1))
    assert speeds.of(model) == pytest.approx((1800 + 10) / (3 + 0.1))


@pytest.mark.parametrize("others", [{"duration": 4.0}, {"elapsed": 0.0}], ids=str)
def test_what_says_nothing_is_not_measured(speeds: Speeds, model: FrozenModel, others: dict) -> None:
    speeds.note(replace(finished(model, 10.0), **others))
    assert speeds.of(model) is None


def test_another_file_of_that_name_is_another_model(speeds: Speeds, model: FrozenModel) -> None:
    """A demo is a hundred times faster than what it stands for."""
    speeds.note(replace(finished(model, 500.0), model_sha256="00" * 32))
    assert speeds.of(model) is None
    speeds.note(replace(finished(model, 500.0), model_sha256=None))
    assert speeds.of(model) is None


def test_the_nearest_way_is_expected(speeds: Speeds, model: FrozenModel) -> None:
    diarization = Diarization("speakers", (), ())
    speeds.note(finished(model, 30.0, device="cuda:1"))
    assert speeds.expected(model, CPU).is_estimate
    speeds.note(finished(model, 10.0))
    speeds.note(finished(model, 14.0, compute_type="bfloat16"))
    speeds.note(finished(model, 8.0, diarization=diarization))
    assert speeds.expected(model, replace(CPU, compute_type="float32")).rtfx == pytest.approx(10.0)
    assert speeds.expected(model, replace(CPU, compute_type="bfloat16")).rtfx == pytest.approx(14.0)
    assert speeds.expected(model, replace(CPU, speakers="auto")).rtfx == pytest.approx(8.0)
    assert speeds.of(model) == pytest.approx(8.0)


def test_before_anything_is_measured_it_is_estimated(
    speeds: Speeds, model: FrozenModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a card as is published; on a processor a smaller model is faster, and more cores are."""
    card, plain = computer(64.0, card=12.0), computer(64.0)
    monkeypatch.setattr(measuring, "hardware", lambda: card)
    assert speeds.expected(model, replace(CPU, device="auto")) == Speed(3386, is_estimate=True)
    monkeypatch.setattr(measuring.os, "cpu_count", lambda: 2)
    slow = [estimate(catalog.find(name), plain) for name in ("whisper-tiny", "whisper-base", "whisper-large-v3")]
    assert slow == sorted(slow, reverse=True)
    assert estimate(catalog.find("whisper-base"), plain) == pytest.approx(28.4, rel=0.1)
    assert estimate(catalog.find("parakeet"), plain) == pytest.approx(7.0, rel=0.1)
    monkeypatch.setattr(measuring.os, "cpu_count", lambda: 4)
    assert estimate(catalog.find("parakeet"), plain) == pytest.approx(14.0, rel=0.1)
    assert estimate(catalog.diarizing()[0], plain) is None


def test_a_finished_job_is_measured(results: Results, model: FrozenModel) -> None:
    job = results.jobs.add("a.wav", "upload")
    results.finish(job.id, finished(model, 25.0))
    assert results.speeds.of(model) == pytest.approx(25.0)
