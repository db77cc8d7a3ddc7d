"""Where a transcript came from, in words: for the head and the foot of the formats that people read."""

from datetime import UTC, datetime
from pathlib import PurePath

from transcriber.clock import clock
from transcriber.exports.timing import one_line
from transcriber.smpte import RATES, text_of
from transcriber.transcript import Diarization, Start, Transcript

NONE, SHORT, FULL = "none", "short", "full"
ORIGINS = (NONE, SHORT, FULL)
"""How much is said of where a transcript came from: nothing, what a reader asks, all that proves it."""
PROOFS = ("SHA-256 of the recording", "Revision of the model", "SHA-256 of the model", "Computed in", "Made with")
"""Facts that only FULL has."""


def title(transcript: Transcript, given: str = "") -> str:
    """What was given, else the recording's name without its extension."""
    if given := one_line(given):
        return given
    return one_line(PurePath(transcript.source.name).stem) if transcript.source else "Transcript"


def facts(transcript: Transcript, origin: str = FULL) -> list[tuple[str, str]]:
    """Names and values: recording, length, model, and what else is known; `origin`: how much of it, of ORIGINS."""
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
        ("Corrected by hand", corrected(transcript)),
        ("Speakers", _who_spoke(transcript.diarization)),
        ("Speech with words", f"{100 * transcript.coverage.ratio:.1f} %" if transcript.coverage else ""),
        ("Made with", ", ".join(f"{name} {version}" for name, version in transcript.versions.items())),
    ]
    left_out = {NONE: [name for name, _ in known], SHORT: PROOFS, FULL: ()}[origin]
    return [(name, one_line(value)) for name, value in known if value and name not in left_out]


def corrected(transcript: Transcript) -> str:
    """ "3 changes, the last on 2026-11-30" (UTC); "" where the words are the model's own."""
    if not transcript.edits:
        return ""
    count = f"{transcript.edits} change{'s' * (transcript.edits > 1)}"
    if transcript.edited_at is None:
        return count
    return f"{count}, the last on {datetime.fromtimestamp(transcript.edited_at, UTC):%Y-%m-%d}"


def _who_spoke(diarization: Diarization | None) -> str:
    """ "Anna 00:12:03, Ben 00:04:10; told apart by speakers (revision abc)"."""
    if diarization is None or not diarization.voices:
        return ""
    people = ", ".join(f"{voice.speaker} {clock(voice.seconds)}" for voice in diarization.voices)
    revision = f" (revision {diarization.revision})" if diarization.revision else ""
    return f"{people}; told apart by {diarization.model or 'hand'}{revision}"


def _time_code(start: Start | None) -> str:
    if start is None:
        return ""
    return (
        text_of(round(start.seconds * RATES[start.rate]), start.rate, start.drop)
        if start.rate
        else clock(start.seconds)
    )
