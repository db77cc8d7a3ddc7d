"""What can be asked of a transcription: declared once here, filled by every door."""

from dataclasses import dataclass

from transcriber.errors import UnsupportedOptionError

DEVICES = ("auto", "cuda", "cpu")


@dataclass(frozen=True)
class TranscribeOptions:
    """Options of one transcription."""

    model: str = "parakeet"
    """The name of a frozen model."""
    device: str = "auto"
    """Where the model runs: "auto" is CUDA where there is one, else the CPU."""
    engine: str = "auto"
    """The engine type that runs it, such as "whisper" or "faster-whisper", where there are several for its kind."""
    compute_type: str = "auto"
    """What it is computed in, such as "float32" or "int8"; "auto" is the engine's own choice for the device."""

    def __post_init__(self) -> None:
        if self.device not in DEVICES:
            raise UnsupportedOptionError(f"there is no device “{self.device}”", f"choose one of {', '.join(DEVICES)}")
