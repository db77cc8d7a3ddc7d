"""NeMo's archives: the classes of models that are loaded from them."""

from transcriber.engines.kind import Kind
from transcriber.frozen.archive import ModelFile

MODELS = "nemo.collections.asr.models."
ASR_MODELS = {
    f"{MODELS}rnnt_bpe_models.EncDecRNNTBPEModel",
    f"{MODELS}hybrid_rnnt_ctc_bpe_models.EncDecHybridRNNTCTCBPEModel",
    f"{MODELS}aed_multitask_models.EncDecMultiTaskModel",
}
DIARIZATION_MODELS = {f"{MODELS}sortformer_diar_models.SortformerEncLabelModel"}


class NemoArchive(Kind):
    """A .nemo of one of some classes."""

    suffix = ".nemo"

    def __init__(self, name: str, title: str, classes: set[str]) -> None:
        self.name, self.title, self.classes = name, title, classes

    def recognises(self, file: ModelFile) -> bool:
        return file.nemo_class in self.classes


ASR = NemoArchive("nemo_asr", "speech model of NeMo's", ASR_MODELS)
DIARIZATION = NemoArchive("diarization", "diarization model of NeMo's", DIARIZATION_MODELS)
KINDS = (ASR, DIARIZATION)
