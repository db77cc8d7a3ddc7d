"""The label of a speaker in a subtitle: the name in capitals."""


def speaker_label(speaker: str | None, previous: str | None) -> str:
    """Before what a speaker says; empty where nobody is known, or the one before goes on. A “ß” becomes “SS”."""
    return f"{speaker.upper()}: " if speaker and speaker != previous else ""
