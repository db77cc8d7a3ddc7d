"""NeMo's archives: the classes of models that are loaded from them, and how one is frozen."""

from pathlib import Path
from typing import Any

from transcriber.engines.kind import Kind
from transcriber.frozen.archive import ModelFile
from transcriber.frozen.members import open_archive

MODELS = "nemo.collections.asr.models."
ASR_MODELS = {
    f"{MODELS}rnnt_bpe_models.EncDecRNNTBPEModel",
    f"{MODELS}hybrid_rnnt_ctc_bpe_models.EncDecHybridRNNTCTCBPEModel",
    f"{MODELS}aed_multitask_models.EncDecMultiTaskModel",
}
DIARIZATION_MODELS = {f"{MODELS}sortformer_diar_models.SortformerEncLabelModel"}
LOST_BY_SAVE_TO = "timestamps_asr_model"
"""Members of Canary 1B v2's archive whose names begin so: NeMo's save_to() does not carry them over."""


class NemoArchive(Kind):
    """A .nemo of one of some classes, written anew by NeMo's save_to() unless that would lose something."""

    suffix = ".nemo"

    def __init__(self, name: str, title: str, classes: set[str]) -> None:
        self.name, self.title, self.classes = name, title, classes

    def recognises(self, file: ModelFile) -> bool:
        return file.nemo_class in self.classes

    def restore(self, path: Path) -> Any:
        from transcriber.engines.nemo import checkpoint

        return checkpoint.restore(path, "cpu")

    def freeze(self, source: Path, target: Path) -> None:
        if loses_by_save_to(source):
            super().freeze(source, target)
        else:
            self.restore(source).save_to(str(target))


def loses_by_save_to(path: Path) -> bool:
    """Whether a .nemo holds what NeMo would not write again."""
    with open_archive(path) as archive:
        return any(Path(name).name.startswith(LOST_BY_SAVE_TO) for name in archive.members)


ASR = NemoArchive("nemo_asr", "speech model of NeMo's", ASR_MODELS)
DIARIZATION = NemoArchive("diarization", "diarization model of NeMo's", DIARIZATION_MODELS)
KINDS = (ASR, DIARIZATION)
