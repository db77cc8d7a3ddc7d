"""Text as it can be stored and shown, whatever the name of a file holds and whatever a console can show.

A name that is no UTF-8 comes from the system with a lone surrogate for each strange byte (PEP 383), and Windows lets
names have others. No database, no UTF-8 file and few consoles take them.
"""

import codecs
import io
import json
import re
import sys
from typing import Any

_LONE_SURROGATES = re.compile("[\udc80-\udcff]+|[\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_PLAIN = {"…": "...", "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "×": "x", "→": "->", "↑": "^"}
_PLAIN |= {"✓": "+", "✗": "x", "\N{NO-BREAK SPACE}": " "}
"""What consoles that know few characters are given for those that this program writes."""


def encodable(text: str) -> str:
    r"""The same text as UTF-8 can have it: with `\xe9` for a byte of a name that is no UTF-8."""
    return _LONE_SURROGATES.sub(_decoded, text)


def readable(text: str) -> str:
    r"""The same on one line and without controls, which could move a terminal's cursor: with `\x0a` for them."""
    return _CONTROLS.sub(lambda found: _code(found[0]), encodable(text))


def around(text: str, start: int, end: int, most_before: int, most_after: int) -> tuple[str, str]:
    """What stands before and behind a place of a text: so many characters at most, in whole words, with “…” for the
    rest."""
    before, after = text[max(0, start - most_before) : start], text[end : end + most_after]
    if start > most_before:
        before = f"…{_cut_at_blank(before[::-1])[::-1]}"
    if end + most_after < len(text):
        after = f"{_cut_at_blank(after)}…"
    return before, after


def _cut_at_blank(text: str) -> str:
    """Without the word that is cut off at its end, unless that is most of it."""
    kept = text.rpartition(" ")[0]
    return kept if len(kept) > len(text) // 2 else text


def json_text(value: Any, indent: int | None = None) -> str:
    """JSON that is valid UTF-8, whatever texts are in it."""
    written = json.dumps(value, ensure_ascii=False, indent=indent)
    return _LONE_SURROGATES.sub(lambda found: _decoded(found).replace("\\", "\\\\"), written)


def print_json(value: Any, indent: int | None = None) -> None:
    """JSON on standard output, as UTF-8 whatever the console is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(f"{json_text(value, indent)}\n".encode())
    sys.stdout.buffer.flush()


def let_console_show_all() -> None:
    """From here on what standard output and standard error cannot show is written in characters that they can."""
    codecs.register_error("plain", _in_plain_characters)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="plain")


def _decoded(surrogates: re.Match[str]) -> str:
    """Bytes may be text nevertheless, where the system's locale is not what its names are written in."""
    text = surrogates[0]
    if "\udc80" <= text[0] <= "\udcff":
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return _code(text)


def _code(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _in_plain_characters(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = encodable(error.object[error.start : error.end])
    # What encodable() made of bytes may again be more than the console can show.
    return "".join(_plain(character, error.encoding) for character in text), error.end


def _plain(character: str, encoding: str) -> str:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return _PLAIN.get(character) or _code(character)
    return character
