"""What people may be called."""

import re
import unicodedata

from transcriber.errors import UnsupportedOptionError

LONGEST_NAME = 100
"""Characters."""
_NOT_IN_NAMES = ("Cc", "Cs", "Zl", "Zp")
"""Categories of characters: controls, halves of characters, separators of lines."""


def checked_name(name: str) -> str:
    """The name without blanks around it. Raises UnsupportedOptionError unless people can be called so."""
    name = re.sub(" +", " ", unicodedata.normalize("NFC", name.strip()))
    if not 0 < len(name) <= LONGEST_NAME:
        why = f"a name of {len(name)} characters is too long" if name else "an empty name is none"
        raise UnsupportedOptionError(why, f"choose one of 1 to {LONGEST_NAME} characters")
    if any(unicodedata.category(char) in _NOT_IN_NAMES for char in name):
        raise UnsupportedOptionError("a name is one line, without control characters", "choose another")
    return name
