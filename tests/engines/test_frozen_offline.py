"""With the network denied by the kernel and nothing in any cache, every kind of frozen model loads and transcribes."""

import json
import shutil
from pathlib import Path

import pytest

from tests.support.places import DEMO_MODELS, SAMPLE
from tests.support.programs import run_program
from transcriber.options import TranscribeOptions
from transcriber.pipeline.transcriber import Transcriber

SCRIPT = """
import json, sys
from transcriber.system.offline import deny_network, keep_quiet, refuse_egress
keep_quiet(); deny_network(); refuse_egress()
from transcriber.options import TranscribeOptions
from transcriber.pipeline.transcriber import Transcriber
transcriber = Transcriber(sys.argv[1])
texts = {}
for name, engine, compute_type in json.loads(sys.argv[3]):
    transcript = transcriber.transcribe(sys.argv[2], TranscribeOptions(name, "cpu", engine, compute_type))
    texts[f"{name} {engine}"] = [transcript.text, list(transcript.notes)]
open(sys.argv[4], "w").write(json.dumps(texts))
"""
ASKED = [
    ("parakeet", "auto", "auto"),
    ("canary-1b-flash", "auto", "auto"),
    ("whisper", "auto", "auto"),
    ("whisper", "faster-whisper", "float32"),
    ("canary", "auto", "auto"),
]


@pytest.fixture
def models(tmp_path: Path, small_salm) -> Path:
    """The demo models, and a small Canary-Qwen of random weights in canary.nemo."""
    folder = tmp_path / "models"
    folder.mkdir()
    for source, name in (("parakeet", "parakeet"), ("canary", "canary-1b-flash"), ("whisper", "whisper")):
        suffix = ".pt" if source == "whisper" else ".nemo"
        shutil.copy(DEMO_MODELS / f"{source}{suffix}", folder / f"{name}{suffix}")
    shutil.copy(small_salm.frozen, folder / "canary.nemo")
    return folder


def test_every_kind_of_frozen_model(models: Path, tmp_path: Path, transcriber: Transcriber, small_salm) -> None:
    """The words are those of the models in this process; of Canary-Qwen, those that the unfrozen model writes."""
    (tmp_path / "home").mkdir()
    nowhere = str(tmp_path / "home")
    result = run_program(
        *("-c", SCRIPT, models, SAMPLE, json.dumps(ASKED), tmp_path / "texts.json"),
        HOME=nowhere,
        HF_HOME=nowhere,
        XDG_CACHE_HOME=nowhere,
        timeout=280,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    texts = json.loads((tmp_path / "texts.json").read_text())
    for name, demo in (("parakeet", "parakeet"), ("canary-1b-flash", "canary"), ("whisper", "whisper")):
        expected = transcriber.transcribe(SAMPLE, TranscribeOptions(demo, "cpu")).text
        assert texts[f"{name} auto"][0] == expected
    assert texts["whisper faster-whisper"][0] == texts["whisper auto"][0]
    assert texts["canary auto"][0] == _unfrozen(small_salm)
    assert all("is unverified: nothing records" in " ".join(notes) for _, notes in texts.values())


def _unfrozen(small_salm) -> str:
    """What the model that was never frozen writes for the sample."""
    from transcriber.audio.recording import Recording
    from transcriber.engines.canary_qwen.engine import NemoSalmEngine

    engine = NemoSalmEngine(small_salm.model, "cpu", "bfloat16")
    with Recording(SAMPLE) as recording:
        (hypothesis,) = engine.transcribe(list(recording.blocks()))
    return " ".join(word.text for word in hypothesis.words)
