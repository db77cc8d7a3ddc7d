"""The demo Whisper through faster-whisper: the same words as through openai-whisper, and no network."""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("faster_whisper", reason="needs requirements-faster-whisper.txt")

from tests.support.places import DEMO_MODELS, RATE, SAMPLE
from tests.support.programs import run_program
from transcriber.engines.faster_whisper.engine import FasterWhisperEngine, restore
from transcriber.engines.whisper import engine as whisper
from transcriber.errors import EngineUnavailableError, ModelCorruptError, UnsupportedOptionError


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copy(DEMO_MODELS / "whisper.pt", tmp_path_factory.mktemp("models")))


@pytest.fixture(scope="module")
def engine(checkpoint: Path) -> FasterWhisperEngine:
    return FasterWhisperEngine(restore(checkpoint, "cpu", "float32"), "cpu", "float32")


def test_float32_gives_what_openai_whisper_gives(engine: FasterWhisperEngine, sample_audio: np.ndarray) -> None:
    """Words, times and confidence."""
    other = whisper.WhisperEngine(whisper.restore(DEMO_MODELS / "whisper.pt", "cpu", "float32"), "cpu", "float32")
    recordings = [sample_audio, np.zeros(RATE, np.float32)]
    ours, theirs = engine.transcribe(recordings), other.transcribe(recordings)
    for mine, his in zip(ours, theirs, strict=True):
        assert [word.text for word in mine.words] == [word.text for word in his.words]
        for word, same in zip(mine.words, his.words, strict=True):
            assert (*word.span, word.confidence) == pytest.approx((*same.span, same.confidence), abs=0.025)
    assert ours[1].words == ()


def test_int8_gives_the_words(checkpoint: Path, sample_audio: np.ndarray, sample_words: list[dict]) -> None:
    """So small a model may hear one more in the silence behind them."""
    model = restore(checkpoint, "cpu", "int8")
    assert model.model.compute_type.startswith("int8")
    words = FasterWhisperEngine(model, "cpu", "int8").transcribe([sample_audio])[0].words
    assert [word.text for word in words[: len(sample_words)]] == [word["text"] for word in sample_words]
    assert len(words) <= len(sample_words) + 1


def test_no_word_is_dropped(engine: FasterWhisperEngine, sample_audio: np.ndarray) -> None:
    """Every word of the text that Whisper writes, also where it takes two windows, gets its times."""
    audio = np.concatenate([sample_audio, sample_audio])
    segments, _ = engine.model.transcribe(audio, condition_on_previous_text=False, temperature=0.0)
    words = engine.transcribe([audio])[0].words
    assert len(words) >= 38
    assert [word.text for word in words] == [word for segment in segments for word in segment.text.split()]
    assert all(0 <= word.span[0] <= word.span[1] for word in words)


@pytest.mark.parametrize("samples", [0, 1, 159, 160, 1_000])
def test_the_shortest_recordings(engine: FasterWhisperEngine, sample_audio: np.ndarray, samples: int) -> None:
    assert engine.transcribe([sample_audio[:samples]])[0].words == ()


def test_a_compute_type_that_the_device_lacks_is_refused(checkpoint: Path) -> None:
    for compute_type in ("float16", "int3"):
        with pytest.raises(UnsupportedOptionError, match=rf"{compute_type} on this cpu") as raised:
            restore(checkpoint, "cpu", compute_type)
        assert raised.value.hint == "choose int8 or float32"


def test_a_device_that_is_not_there_is_said(checkpoint: Path) -> None:
    import ctranslate2

    if ctranslate2.get_cuda_device_count():
        pytest.skip("this computer has a graphics card")
    with pytest.raises(EngineUnavailableError, match="cuda"):
        restore(checkpoint, "cuda", "float16")


def test_faster_whisper_absent(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    with pytest.raises(EngineUnavailableError) as raised:
        restore(checkpoint, "cpu", "int8")
    assert raised.value.hint == "run `pip install -r requirements-faster-whisper.txt`"


def test_a_damaged_conversion_says_which_folder_to_delete(tmp_path: Path) -> None:
    checkpoint = Path(shutil.copy(DEMO_MODELS / "whisper.pt", tmp_path))
    restore(checkpoint, "cpu", "int8")
    model = tmp_path / ".converted" / "whisper.pt-int8" / "model.bin"
    model.write_bytes(b"\xff" * model.stat().st_size)
    with pytest.raises(ModelCorruptError, match=r"whisper\.pt-int8") as raised:
        restore(checkpoint, "cpu", "int8")
    assert "delete the folder" in raised.value.hint
    shutil.rmtree(model.parent)
    restore(checkpoint, "cpu", "int8")


OFFLINE = """
import sys

def refuse(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.gethostbyname"):
        print("NETWORK", event, args)
        raise PermissionError(event)

sys.addaudithook(refuse)
from pathlib import Path
import soundfile
from transcriber.engines.faster_whisper.engine import FasterWhisperEngine, restore
from transcriber.system.offline import deny_network
deny_network()
engine = FasterWhisperEngine(restore(Path(sys.argv[1]), "cpu", "int8"), "cpu", "int8")
(heard,) = engine.transcribe([soundfile.read(sys.argv[2], dtype="float32")[0]])
print(*(word.text for word in heard.words[:3]))
"""


def test_converts_and_transcribes_without_a_network(tmp_path: Path) -> None:
    """From the bare checkpoint, with an empty cache, and with nothing that tells libraries to stay offline."""
    checkpoint = shutil.copy(DEMO_MODELS / "whisper.pt", tmp_path)
    cache = tmp_path / "cache"
    environment = {"HF_HOME": str(cache), "HF_HUB_OFFLINE": "0", "TRANSFORMERS_OFFLINE": "0", "HOME": str(cache)}
    result = run_program("-c", OFFLINE, checkpoint, SAMPLE, **environment)
    assert result.stdout.split() == ["one", "two", "three"], result.stdout + result.stderr
    assert not list(cache.rglob("*.json"))
