"""THE table of models that can be set up: where each comes from, and what its publisher says of it.

Adding a model is adding a row. Revisions are full commit hashes, so that a model never changes under a user. Checksums
and sizes stand here where they are publicly known; what is not known is None, and the manifest beside each frozen file
records what was downloaded.
"""

from dataclasses import dataclass, replace

from transcriber.errors import UnknownModelError

WHISPER = "openai-whisper"
"""In place of a repository: the checkpoints that the package of this name downloads."""


@dataclass(frozen=True)
class ModelSpec:
    """One model."""

    name: str
    title: str
    file: str
    """Its name in the models folder; empty for what a Python package carries."""
    repository: str
    """A hub repository, or WHISPER, or the name of a Python package that carries the model."""
    revision: str
    """Full commit hash; for an openai-whisper checkpoint its SHA-256; empty where none is known: then the set-up takes
    the newest, and the manifest pins it."""
    source_files: tuple[str, ...]
    """What is downloaded from the repository."""
    languages: tuple[str, ...]
    """ISO 639 codes, or ("any",)."""
    tasks: tuple[str, ...]
    licence: str
    parameters: str
    memory_gb: float
    """Needed on a graphics card, or of the computer's memory without one."""
    wer: float | None = None
    """Mean English word error rate in percent."""
    rtfx: int | None = None
    """Seconds of audio a second on an A100."""
    source: str = ""
    """Where these two figures are published."""
    size: int | None = None
    """Bytes of the download."""
    sha256: str | None = None
    """Of the only source file."""
    category: str = "Transcription"
    aliases: tuple[str, ...] = ()
    """Other names under which it can be asked for."""
    is_default: bool = False
    """Set up and required unless the user chooses."""
    engine: str = ""
    """The engine type that its file is for."""

    @property
    def language_summary(self) -> str:
        """ "English", "25 languages" …: for people."""
        if len(self.languages) > 1:
            return f"{len(self.languages)} languages"
        return {"en": "English", "any": "any language"}[self.languages[0]]

    @property
    def page(self) -> str:
        if self.repository == WHISPER:
            return "https://github.com/openai/whisper"
        return f"https://huggingface.co/{self.repository}"


ENGLISH = ("en",)
EUROPEAN = tuple("bg hr cs da nl en et fi fr de el hu it lv lt mt pl pt ro sk sl es sv ru uk".split())
MANY = tuple(  # openai-whisper's own list
    "en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml "
    "cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am "
    "yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su yue".split()
)
BEFORE_V3 = MANY[:-1]
WRITE, TRANSLATE = "transcribe", "translate"
LEADERBOARD = "Open ASR Leaderboard (A100, batch 128), March 2026"


def _whisper(name: str, sha256: str, size: int | None, parameters: str, memory_gb: float, **known) -> ModelSpec:
    """A row of openai-whisper's own table; parameters and memory are those of its README."""
    is_english = name.endswith(".en")
    return ModelSpec(
        name=f"whisper-{name}",
        title=f"OpenAI Whisper {name}",
        file=f"whisper-{name}.pt",
        repository=WHISPER,
        revision=sha256,
        source_files=(f"{name}.pt",),
        languages=ENGLISH if is_english else MANY if "v3" in name else BEFORE_V3,
        tasks=(WRITE,) if is_english else (WRITE, TRANSLATE),
        licence="MIT",
        parameters=parameters,
        memory_gb=memory_gb,
        size=size,
        sha256=sha256,
        engine="whisper",
        **{"aliases": (name,), **known},
    )


ROWS = (
    ModelSpec(
        name="parakeet",
        title="NVIDIA Parakeet TDT 0.6B v2",
        file="parakeet.nemo",
        repository="nvidia/parakeet-tdt-0.6b-v2",
        revision="48b630d20b000e5ad3735e5378a2d9bde3f80826",
        source_files=("parakeet-tdt-0.6b-v2.nemo",),
        languages=ENGLISH,
        tasks=(WRITE,),
        licence="CC BY 4.0",
        parameters="0.6 B",
        memory_gb=2.0,
        wer=6.05,
        rtfx=3386,
        source=LEADERBOARD,
        aliases=("parakeet-tdt-0.6b-v2", "parakeet-v2"),
        is_default=True,
        engine="nemo",
    ),
    ModelSpec(
        name="parakeet-v3",
        title="NVIDIA Parakeet TDT 0.6B v3",
        file="parakeet-v3.nemo",
        repository="nvidia/parakeet-tdt-0.6b-v3",
        revision="",
        source_files=("parakeet-tdt-0.6b-v3.nemo",),
        languages=EUROPEAN,
        tasks=(WRITE,),
        licence="CC BY 4.0",
        parameters="0.6 B",
        memory_gb=2.0,
        wer=6.32,
        rtfx=3333,
        source=LEADERBOARD,
        aliases=("parakeet-tdt-0.6b-v3",),
        engine="nemo",
    ),
    ModelSpec(
        name="canary",
        title="NVIDIA Canary-Qwen 2.5B",
        file="canary.nemo",
        repository="nvidia/canary-qwen-2.5b",
        revision="",
        source_files=("config.json", "model.safetensors"),
        languages=ENGLISH,
        tasks=(WRITE,),
        licence="CC BY 4.0",
        parameters="2.5 B",
        memory_gb=6.0,
        wer=5.63,
        rtfx=418,
        source=LEADERBOARD,
        aliases=("canary-qwen", "canary-qwen-2.5b"),
        is_default=True,
        engine="canary-qwen",
    ),
    ModelSpec(
        name="canary-1b-v2",
        title="NVIDIA Canary 1B v2",
        file="canary-1b-v2.nemo",
        repository="nvidia/canary-1b-v2",
        revision="87bc52657add533cd0156b3fc1aef027280754bf",
        source_files=("canary-1b-v2.nemo",),
        languages=EUROPEAN,
        tasks=(WRITE, TRANSLATE),
        licence="CC BY 4.0",
        parameters="1 B",
        memory_gb=6.0,
        wer=7.15,
        rtfx=749,
        source=LEADERBOARD,
        engine="nemo",
    ),
    ModelSpec(
        name="canary-1b-flash",
        title="NVIDIA Canary 1B Flash",
        file="canary-1b-flash.nemo",
        repository="nvidia/canary-1b-flash",
        revision="",
        source_files=("canary-1b-flash.nemo",),
        languages=("en", "de", "es", "fr"),
        tasks=(WRITE, TRANSLATE),
        licence="CC BY 4.0",
        parameters="0.9 B",
        memory_gb=4.0,
        wer=6.35,
        rtfx=1046,
        source=LEADERBOARD,
        engine="nemo",
    ),
    ModelSpec(
        name="canary-180m-flash",
        title="NVIDIA Canary 180M Flash",
        file="canary-180m-flash.nemo",
        repository="nvidia/canary-180m-flash",
        revision="",
        source_files=("canary-180m-flash.nemo",),
        languages=("en", "de", "es", "fr"),
        tasks=(WRITE, TRANSLATE),
        licence="CC BY 4.0",
        parameters="0.2 B",
        memory_gb=1.5,
        engine="nemo",
    ),
    _whisper("tiny.en", "d3dd57d32accea0b295c96e26691aa14d8822fac7d9d27d5dc00b4ca2826dd03", None, "39 M", 1.0),
    _whisper("tiny", "65147644a518d12f04e32d6f3b26facc3f8dd46e5390956a9424a650c0ce22b9", None, "39 M", 1.0),
    _whisper("base.en", "25a8566e1d0c1e2231d1c762132cd20e0f96a85d16145c3a00adf5d1ac670ead", None, "74 M", 1.0),
    _whisper("base", "ed3a0b6b1c0edf879ad9b11b1af5a0e6ab5db9205f891f668f8b0e6c6326e34e", None, "74 M", 1.0),
    _whisper("small.en", "f953ad0fd29cacd07d5a9eda5624af0f6bcf2258be67c92b79389873d91e0872", None, "244 M", 2.0),
    _whisper("small", "9ecf779972d90ba49c06d968637d720dd632c55bbf19d441fb42bf17a411e794", None, "244 M", 2.0),
    _whisper("medium.en", "d7440d1dc186f76616474e0ff0b3b6b879abc9d1a4926b7adfa41db2d497ab4f", None, "769 M", 5.0),
    _whisper("medium", "345ae4da62f9b3d59415adc60127b97c714f32e89e936602e85993674d08dcb1", None, "769 M", 5.0),
    _whisper("large-v1", "e4b87e7e0bf463eb8e6956e646f1e277e901512310def2c24bf0e11bd3c28e9a", None, "1.6 B", 10.0),
    _whisper("large-v2", "81f7c96c852ee8fc832187b0132e569d6c3065a3252ed18e56effd0b6a73e524", None, "1.6 B", 10.0),
    _whisper(
        "large-v3",
        "e5b1a55b89c1367dacf97e3e19bfd829a01529dbfdeefa8caeb59b3f1b81dadb",
        None,
        "1.6 B",
        10.0,
        wer=7.44,
        rtfx=146,
        source=LEADERBOARD,
        aliases=("large-v3", "large"),
    ),
    replace(
        _whisper(
            "large-v3-turbo", "aff26ae408abcba5fbf8813c21e62b0941638c5f6eebfb145be0c9839262a19a", None, "0.8 B", 6.0
        ),
        name="whisper",
        file="whisper.pt",
        wer=7.83,
        rtfx=200,
        source=LEADERBOARD,
        aliases=("turbo", "large-v3-turbo"),
        is_default=True,
    ),
    ModelSpec(
        name="streaming",
        title="NVIDIA Nemotron Speech Streaming EN 0.6B",
        file="streaming.nemo",
        repository="nvidia/nemotron-speech-streaming-en-0.6b",
        revision="",
        source_files=("nemotron-speech-streaming-en-0.6b.nemo",),
        languages=ENGLISH,
        tasks=("captions",),
        licence="NVIDIA Open Model License",
        parameters="0.6 B",
        memory_gb=2.0,
        category="Live captions",
        aliases=("nemotron-speech-streaming-en-0.6b",),
        engine="nemo",
    ),
    ModelSpec(
        name="sortformer",
        title="NVIDIA Streaming Sortformer v2",
        file="sortformer.nemo",
        repository="nvidia/diar_streaming_sortformer_4spk-v2",
        revision="",
        source_files=("diar_streaming_sortformer_4spk-v2.nemo",),
        languages=("any",),
        tasks=("diarize",),
        licence="CC BY 4.0",
        parameters="0.1 B",
        memory_gb=1.0,
        category="Speakers",
    ),
    ModelSpec(
        name="silero-vad",
        title="Silero VAD",
        file="",
        repository="silero-vad",
        revision="",
        source_files=(),
        languages=("any",),
        tasks=("detect speech",),
        licence="MIT",
        parameters="0.3 M",
        memory_gb=0.1,
        category="Voice activity",
    ),
)
MODELS: dict[str, ModelSpec] = {row.name: row for row in ROWS}
_BY_ALIAS = {alias: row for row in ROWS for alias in (row.name, *row.aliases)}


def find(name: str) -> ModelSpec:
    """The row called `name`, or known as that.

    Raises UnknownModelError, which lists the names there are.
    """
    try:
        return _BY_ALIAS[name]
    except KeyError:
        raise UnknownModelError(f"there is no model “{name}”", f"choose one of {', '.join(MODELS)}") from None


def defaults() -> list[str]:
    """The models that are set up and required unless the user chooses."""
    return [row.name for row in ROWS if row.is_default]


def transcribing() -> list[ModelSpec]:
    """The models that make words of recordings."""
    return [row for row in ROWS if row.category == "Transcription"]
