"""The table of models that can be set up: where each comes from, and what its publisher says of it.

Adding a model is adding a row. Revisions are full commit hashes, so that a model never changes under a user.
"""

from dataclasses import dataclass

from transcriber.errors import UnknownModelError


@dataclass(frozen=True)
class ModelSpec:
    """One model: `file` is its name in the models folder, `source_file` that in the publisher's repository."""

    name: str
    file: str
    title: str
    repository: str
    """A hub repository, or "openai-whisper" for the checkpoints that package downloads."""
    revision: str
    """Full commit hash; for an openai-whisper checkpoint its SHA-256."""
    source_file: str
    download_gb: float
    languages: str
    licence: str
    wer: str
    """Mean English word error rate in percent, Open ASR Leaderboard."""
    rtfx: str
    """Seconds of audio a second on an A100 at batch 128, the same leaderboard."""
    gpu_memory_gb: str
    copy_as_published: bool = False
    """Freeze by copying the publisher's archive, because save_to() would lose parts of it."""

    @property
    def page(self) -> str:
        if self.repository == "openai-whisper":
            return "https://github.com/openai/whisper"
        return f"https://huggingface.co/{self.repository}"


MODELS: dict[str, ModelSpec] = {
    spec.name: spec
    for spec in (
        ModelSpec(
            name="parakeet",
            file="parakeet.nemo",
            title="NVIDIA Parakeet TDT 0.6B v2",
            repository="nvidia/parakeet-tdt-0.6b-v2",
            revision="48b630d20b000e5ad3735e5378a2d9bde3f80826",
            source_file="parakeet-tdt-0.6b-v2.nemo",
            download_gb=2.5,
            languages="English",
            licence="CC BY 4.0",
            wer="6.05",
            rtfx="3,386",
            gpu_memory_gb="about 2",
        ),
        ModelSpec(
            name="canary",
            file="canary.nemo",
            title="NVIDIA Canary 1B v2",
            repository="nvidia/canary-1b-v2",
            revision="87bc52657add533cd0156b3fc1aef027280754bf",
            source_file="canary-1b-v2.nemo",
            download_gb=6.4,
            languages="25 European languages",
            licence="CC BY 4.0",
            wer="7.15",
            rtfx="749",
            gpu_memory_gb="about 6",
            copy_as_published=True,  # its timestamp model would be lost
        ),
        ModelSpec(
            name="whisper",
            file="whisper.pt",
            title="OpenAI Whisper large-v3-turbo",
            repository="openai-whisper",
            revision="aff26ae408abcba5fbf8813c21e62b0941638c5f6eebfb145be0c9839262a19a",
            source_file="large-v3-turbo",
            download_gb=1.6,
            languages="99 languages",
            licence="MIT",
            wer="7.83",
            rtfx="200",
            gpu_memory_gb="about 6",
        ),
    )
}


def find(name: str) -> ModelSpec:
    """The row called `name`.

    Raises UnknownModelError, which lists the names there are.
    """
    try:
        return MODELS[name]
    except KeyError:
        raise UnknownModelError(f"there is no model “{name}”", f"choose one of {', '.join(MODELS)}") from None
