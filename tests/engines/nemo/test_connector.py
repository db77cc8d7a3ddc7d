"""Our connector against NeMo's own restore_from(): what comes out is the same, only how differs."""

import gc
import os
import shutil
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from nemo.collections.asr.models import ASRModel, EncDecClassificationModel, EncDecRNNTBPEModel, SortformerEncLabelModel
from nemo.core.classes.common import _is_target_allowed
from nemo.utils.app_state import AppState
from omegaconf import OmegaConf

from tests.support.archives import Evil, Member, repack, saved, weights_of, with_weights, write_nemo
from tests.support.places import DEMO_MODELS
from tests.support.small_sortformer import write_sortformer
from transcriber.engines.families import kind_of
from transcriber.engines.nemo.checkpoint import restore
from transcriber.engines.nemo.connector import TIMESTAMPS, MappedConnector
from transcriber.engines.nemo.files import ASR_MODELS, DIARIZATION
from transcriber.errors import ModelCorruptError, ModelRefusedError
from transcriber.frozen import configuration

CANARY = DEMO_MODELS / "canary.nemo"
LAYERS = [f"encoder.layers.{k}.feed_forward1.linear1.weight" for k in (0, 1)]


def plain(path: Path, calling_class: Any = ASRModel, **options: Any) -> Any:
    return calling_class.restore_from(str(path), map_location="cpu", **options)


def ours(path: Path, calling_class: Any = ASRModel, **options: Any) -> Any:
    return plain(path, calling_class, save_restore_connector=MappedConnector(), **options)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo Parakeet with its weights in float32, as the published models have them; the demo's are in float16."""
    state = {k: v.float() if v.is_floating_point() else v for k, v in weights_of(DEMO_MODELS / "parakeet.nemo").items()}
    path = tmp_path_factory.mktemp("models") / "parakeet.nemo"
    return with_weights(DEMO_MODELS / "parakeet.nemo", path, saved(state))


@pytest.fixture(scope="module")
def parakeet(archive: Path) -> Any:
    """It, restored in NeMo's own way."""
    return plain(archive)


def assert_same(one: Any, other: Any) -> None:
    """Bit by bit, with the buffers that are in no archive, types, gradients and layout."""
    assert type(one) is type(other)
    for kind in ("state_dict", "named_parameters", "named_buffers"):
        expected, found = dict(getattr(one, kind)()), dict(getattr(other, kind)())
        assert expected.keys() == found.keys()
        for name, tensor in expected.items():
            assert torch.equal(tensor, found[name]), name
            assert (tensor.dtype, tensor.stride()) == (found[name].dtype, found[name].stride()), name
            assert tensor.requires_grad == found[name].requires_grad, name


def configuration_of(model: Any) -> dict[str, Any]:
    """Without the names of the files in folders that are gone."""
    fields: Any = OmegaConf.to_container(model.cfg)
    for name in ("model_path", "vocab_path", "spe_tokenizer_vocab"):
        fields["tokenizer"].pop(name, None)
    return fields


def test_a_model_is_the_same(parakeet: Any, sample_audio: np.ndarray, archive: Path) -> None:
    model = ours(archive)
    assert_same(parakeet, model)
    assert configuration_of(model) == configuration_of(parakeet)
    assert model.training == parakeet.training
    assert model.tokenizer.text_to_ids("seven") == parakeet.tokenizer.text_to_ids("seven")
    clip = [sample_audio[:80_000]]
    expected, heard = (one.transcribe(clip, timestamps=True, verbose=False)[0] for one in (parakeet, model))
    assert heard.text == expected.text
    assert heard.text
    assert heard.timestamp["word"] == expected.timestamp["word"]
    lstm = model.decoder.prediction["dec_rnn"].lstm
    assert lstm._flat_weights[0] is lstm.weight_ih_l0


def test_restored_for_inference(parakeet: Any, archive: Path) -> None:
    model = restore(archive, "cpu")
    assert not model.training
    assert not any(parameter.requires_grad for parameter in model.parameters())
    assert all(torch.equal(value, parakeet.state_dict()[name]) for name, value in model.state_dict().items())


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_the_weights_are_mapped_and_let_go(archive: Path) -> None:
    def maps() -> int:
        gc.collect()  # NeMo's models hold themselves in cycles
        return Path("/proc/self/maps").read_text(encoding="utf-8").count(str(archive))

    before = maps()
    model = restore(archive, "cpu")
    assert maps() == before + 1
    del model
    assert maps() == before


def test_an_archive_published_by_nvidia(shared_data: Path) -> None:
    path = shared_data / "nemo" / "vad_multilingual_marblenet.nemo"
    expected, found = (way(path, EncDecClassificationModel).eval() for way in (plain, ours))
    assert_same(expected, found)
    noise = torch.from_numpy(np.random.default_rng(0).standard_normal((2, 16_000)).astype(np.float32))
    for model in (expected, found):
        model.preprocessor.featurizer.dither = 0.0
    inputs = {"input_signal": noise, "input_signal_length": torch.tensor([16_000, 9_000])}
    with torch.no_grad():
        assert torch.equal(expected(**inputs), found(**inputs))


def test_canary_with_its_timestamp_model(tmp_path: Path, archive: Path, parakeet: Any) -> None:
    """The demo Canary with a second model inside, as Canary 1B v2 has one; here it is the demo Parakeet."""
    names = dict(zip(("./model_config.yaml", "./model_weights.ckpt"), TIMESTAMPS, strict=True))
    second: list[Member] = []
    repack(archive, tmp_path / "unused", lambda name, content: second.append((names.get(name, name), content)) or [])

    def join(name: str, content: bytes) -> list[Member]:
        if name.endswith(".yaml"):
            return [(name, content.replace(b"restore_timestamps_model: false\n", b"")), *second]
        return [(name, content)]

    model = restore(repack(CANARY, tmp_path / "canary.nemo", join), "cpu")
    assert_same(parakeet, model.timestamps_asr_model)
    assert not model.timestamps_asr_model.training
    assert not any("timestamps_asr_model" in name for name, _ in model.named_modules())
    for name, weight in weights_of(CANARY).items():
        assert torch.equal(model.state_dict()[name], weight.to(model.state_dict()[name].dtype))


def test_a_model_that_tells_speakers_apart(tmp_path: Path) -> None:
    """A small Sortformer of the published configuration's classes."""
    write_sortformer(tmp_path / "sortformer.nemo")
    assert kind_of(tmp_path / "sortformer.nemo") is DIARIZATION
    expected = plain(tmp_path / "sortformer.nemo", SortformerEncLabelModel).eval().requires_grad_(False)
    assert_same(expected, restore(tmp_path / "sortformer.nemo", "cpu"))


# -------------------------------------------------------------------------------------------------------- unusual


def test_archives_that_cannot_be_mapped(tmp_path: Path, parakeet: Any, archive: Path) -> None:
    """Compressed, and with a checkpoint of the format before torch 1.6."""
    packed = repack(DEMO_MODELS / "parakeet.nemo", tmp_path / "a.nemo", lambda name, content: [(name, content)], "w:gz")
    assert_same(parakeet, ours(packed))
    old = saved(weights_of(archive), _use_new_zipfile_serialization=False)
    assert_same(parakeet, ours(with_weights(archive, tmp_path / "b.nemo", old)))


def test_weights_in_half_precision_become_what_nemo_makes_of_them(tmp_path: Path, archive: Path) -> None:
    state = {k: v.bfloat16() if v.is_floating_point() else v for k, v in weights_of(archive).items()}
    path = with_weights(archive, tmp_path / "a.nemo", saved(state))
    assert_same(plain(path), ours(path))


class Tied(EncDecRNNTBPEModel):
    """Two layers that share a parameter."""

    def __init__(self, cfg: Any, trainer: Any = None) -> None:
        super().__init__(cfg=cfg, trainer=trainer)
        first, second = self.encoder.layers[:2]
        second.feed_forward1.linear1.weight = first.feed_forward1.linear1.weight


def test_tied_parameters_stay_tied(tmp_path: Path, archive: Path) -> None:
    state = weights_of(archive)
    state[LAYERS[1]] = state[LAYERS[0]].clone()
    path = with_weights(archive, tmp_path / "a.nemo", saved(state))
    model = ours(path, Tied)
    assert_same(plain(path, Tied), model)
    assert model.get_parameter(LAYERS[0]) is model.get_parameter(LAYERS[1])


def test_a_missing_weight(tmp_path: Path, archive: Path) -> None:
    state = weights_of(archive)
    del state[LAYERS[1]]
    path = with_weights(archive, tmp_path / "a.nemo", saved(state))
    with pytest.raises(ModelCorruptError, match="loading state_dict"):
        restore(path, "cpu")
    models = []
    for way in (plain, ours):
        torch.manual_seed(1)
        models.append(way(path, strict=False))
    assert_same(*models)
    assert models[1].get_parameter(LAYERS[1]).std() > 0


def test_only_the_configuration(parakeet: Any, archive: Path) -> None:
    assert ours(archive, return_config=True) == plain(archive, return_config=True)
    config = plain(archive, return_config=True)
    config.decoding.greedy.max_symbols = 7
    assert ours(archive, override_config_path=config).cfg.decoding.greedy.max_symbols == 7


# -------------------------------------------------------------------------------------------------- what is around


def surroundings() -> tuple[Any, ...]:
    app = AppState()
    return os.getcwd(), gc.isenabled(), torch.get_num_threads(), app.is_model_being_restored, app.nemo_file_folder


def test_the_process_is_left_as_it_was(tmp_path: Path, archive: Path) -> None:
    before = surroundings()
    restore(archive, "cpu")
    assert surroundings() == before
    swapped = with_weights(archive, tmp_path / "swapped.nemo", saved(weights_of(CANARY)))
    with pytest.raises(ModelCorruptError, match=r"swapped\.nemo"):
        restore(swapped, "cpu")
    assert surroundings() == before


def test_saving_over_the_file_that_a_model_is_mapped_from(tmp_path: Path, parakeet: Any, archive: Path) -> None:
    """NeMo's own way of saving cuts the file off first, which would end this process."""
    path = Path(shutil.copy(archive, tmp_path / "a.nemo"))
    model = restore(path, "cpu")
    model.save_to(str(path))
    assert model.get_parameter(LAYERS[0]).abs().sum() > 0, "the map is gone"
    assert_same(parakeet, plain(path))
    assert [file.name for file in tmp_path.iterdir()] == ["a.nemo"]
    assert abs(path.stat().st_size - archive.stat().st_size) < 20_480, "each tensor is saved once"


def test_a_failed_save_leaves_the_old_file(tmp_path: Path, archive: Path) -> None:
    path = Path(shutil.copy(archive, tmp_path / "a.nemo"))
    with pytest.raises(FileNotFoundError):
        MappedConnector._make_nemo_file_from_folder(str(path), str(tmp_path / "nothing"))
    assert path.read_bytes() == archive.read_bytes()
    assert [file.name for file in tmp_path.iterdir()] == ["a.nemo"]


def test_threads_get_their_own_models(tmp_path: Path, archive: Path) -> None:
    """Two archives that differ in one weight, restored at once, while another thread makes ordinary layers."""
    state = weights_of(archive)
    state[LAYERS[0]] = torch.zeros_like(state[LAYERS[0]])
    other = with_weights(archive, tmp_path / "other.nemo", saved(state))
    sums: dict[Path, set[float]] = {archive: set(), other: set()}
    ended, unfilled = threading.Event(), []

    def restore_one(path: Path) -> None:
        model = restore(path, "cpu")
        sums[path].add(model.get_parameter(LAYERS[0]).double().abs().sum().item())
        metadata = AppState().get_model_metadata_from_guid(model.model_guid)
        assert metadata.restoration_path == str(path)

    def make_layers() -> None:
        while not ended.wait(0.001):
            unfilled.append(not 0.05 < torch.nn.Linear(64, 64).weight.std() < 0.1)

    aside = threading.Thread(target=make_layers)
    threads = [threading.Thread(target=restore_one, args=(path,)) for path in (archive, other) for _ in range(2)]
    for thread in (aside, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    ended.set()
    aside.join()
    assert sums[other] == {0.0}
    assert len(sums[archive]) == 1
    assert sums[archive].pop() > 0
    assert unfilled
    assert not any(unfilled)


# -------------------------------------------------------------------------------------------------------- hostile


def test_a_hostile_archive_is_refused_by_the_connector_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVIL", str(tmp_path / "evil"))
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
    path = write_nemo(tmp_path / "a.nemo", weights=saved(Evil()))
    for load in (ours, lambda archive: restore(archive, "cpu")):
        with pytest.raises(ModelRefusedError, match="mkdir"):
            load(path)
    (tmp_path / "weights.ckpt").write_bytes(saved(Evil()))
    with pytest.raises(Exception, match=r"[Ww]eights.only"):
        MappedConnector._load_state_dict_from_disk(str(tmp_path / "weights.ckpt"))
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize(
    "target",
    [
        *(f"modules.{name}" for name in ("AudioToMelSpectrogramPreprocessor", "SpectrogramAugmentation")),
        *(f"modules.{name}" for name in ("ConformerEncoder", "RNNTDecoder", "StatelessTransducerDecoder", "RNNTJoint")),
        *(f"modules.{name}" for name in ("ConvASREncoder", "ConvASRDecoder", "ConvASRDecoderClassification")),
        "modules.sortformer_modules.SortformerModules",
        "modules.transformer.get_nemo_transformer",
        "modules.transformer.transformer_encoders.TransformerEncoder",
        "parts.submodules.token_classifier.TokenClassifier",
        "losses.bce_loss.BCELoss",
        "metrics.WER",
        "metrics.BLEU",
        "models.ctc_bpe_models.EncDecCTCModelBPE",
        *(name.removeprefix("nemo.collections.asr.") for name in sorted(ASR_MODELS)),
    ],
)
def test_what_speech_models_are_made_of_is_allowed_here_and_by_nemo(target: str) -> None:
    assert configuration.ALLOWED_CLASSES.fullmatch(f"nemo.collections.asr.{target}")
    assert _is_target_allowed(f"nemo.collections.asr.{target}")
