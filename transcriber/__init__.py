"""Local transcription with frozen models.

    from transcriber import Transcriber, render

    transcriber = Transcriber("local_models")
    transcript = transcriber.transcribe("interview.mp3")
    print(transcript.text)

Importing this loads no torch, NeMo, gradio or huggingface_hub; making a Transcriber loads no model yet. It connects to
nothing, and keeps the libraries below from reporting to their makers, but the process stays the caller's: only
deny_network() takes its network away, by the kernel where that can be, for good.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from transcriber.system.telemetry import silence

if TYPE_CHECKING:
    from transcriber.errors import TranscriberError
    from transcriber.exports import render
    from transcriber.options import TranscribeOptions
    from transcriber.pipeline.transcriber import Transcriber
    from transcriber.system.offline import deny_network
    from transcriber.transcript import Segment, Transcript, Word

__version__ = "0.1.0"
__all__ = [
    "Segment",
    "TranscribeOptions",
    "Transcriber",
    "TranscriberError",
    "Transcript",
    "Word",
    "deny_network",
    "render",
]

_HOMES = {
    "Transcriber": "pipeline.transcriber",
    "TranscribeOptions": "options",
    "TranscriberError": "errors",
    "Transcript": "transcript",
    "Segment": "transcript",
    "Word": "transcript",
    "render": "exports",
    "deny_network": "system.offline",
}
"""The module of each public name: it is imported when the name is used."""

silence()  # libraries read it when they are imported, which can happen from here on


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
