"""Names that a user gives: to recordings, and to folders of the library."""

from transcriber.errors import UnsupportedOptionError
from transcriber.readable import readable

MAX_NAME_CHARACTERS = 200


def checked_name(name: str, what: str) -> str:
    """The name on one line, without blanks around it. Raises UnsupportedOptionError where none is left, or too much;
    `what` it is the name of is said then."""
    name = readable(" ".join(name.split()))
    if not name:
        raise UnsupportedOptionError(f"a {what} needs a name", "write one")
    if len(name) > MAX_NAME_CHARACTERS:
        raise UnsupportedOptionError(
            f"this name has {len(name)} characters", f"choose one with at most {MAX_NAME_CHARACTERS}"
        )
    return name
