"""Where a transcript came from, in words: for the head and the foot of the formats that people read."""

from pathlib import PurePath

from transcriber.clock import clock
from transcriber.exports.timing import one_line
from transcriber.smpte import RATES, text_of
from transcriber.transcript import Diarization, Start, Transcript


def title(transcript: Transcript) -> str:
    """The recording's name without its extension."""
    return one_line(PurePath(transcript.source.name).stem) if transcript.source else "Transcript"


def facts(transcript: Transcript) -> list[tuple[str, str]]:
    """Names and values: recording, length, model, and what else is known."""
    source = transcript.source
    known = [
        ("Recording", source.name if source else ""),
        ("SHA-256 of the recording", source.sha256 if source else ""),
        ("Length", clock(transcript.duration)),
        ("Time code at the beginning", _time_code(transcript.start)),
        ("Language", transcript.language or ""),
        ("Model", transcript.model),
        ("Revision of the model", transcript.revision or ""),
        ("SHA-256 of the model", transcript.model_sha256 or ""),
        ("Computed in", transcript.compute_type),
        ("Speakers", _who_spoke(transcript.diarization)),
        ("Speech with words", f"{100 * transcript.coverage.ratio:.1f} %" if transcript.coverage else ""),
        ("Made with", ", ".join(f"{name} {version}" for name, version in transcript.versions.items())),
    ]
    return [(name, one_line(value)) for name, value in known if value]


def _who_spoke(diarization: Diarization | None) -> str:
    """ "Anna 00:12:03, Ben 00:04:10; told apart by speakers (revision abc)"."""
    if diarization is None or not diarization.voices:
        return ""
    people = ", ".join(f"{voice.speaker} {clock(voice.seconds)}" for voice in diarization.voices)
    revision = f" (revision {diarization.revision})" if diarization.revision else ""
    return f"{people}; told apart by {diarization.model}{revision}"


def _time_code(start: Start | None) -> str:
    if start is None:
        return ""
    return (
        text_of(round(start.seconds * RATES[start.rate]), start.rate, start.drop)
        if start.rate
        else clock(start.seconds)
    )
