"""The label of a speaker in a subtitle: the name in capitals."""

from transcriber.exports.timing import UNKNOWN_SPEAKER


def speaker_label(speaker: str | None, previous: str | None) -> str:
    """Before what a speaker says; empty where nobody is known, or the one before goes on. A “ß” becomes “SS”."""
    return "" if speaker == previous else f"{(speaker or UNKNOWN_SPEAKER).upper()}: "
