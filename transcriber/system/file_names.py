"""Names of files: short enough for every file system, and distinct on all of them."""

import hashlib
import re
import unicodedata

MAX_NAME_BYTES = 255
"""In UTF-8: what the usual file systems take. Some take more (255 units of UTF-16), none of them less."""
NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*]')
"""What Windows does not let into names of files, besides controls."""
HASH_DIGITS = 8
HASH_SUFFIX = re.compile(rf"~[0-9a-f]{{{HASH_DIGITS}}}$")


def fitted(stem: str, ending: str = "") -> str:
    """The name `stem` + `ending`. Where that is too long, the stem is cut, and a hash of all of it tells it from others
    that begin alike; also where it looks as if it had been cut so, and might be what another one is cut to."""
    if _size(stem + ending) <= MAX_NAME_BYTES and not (_size(stem) > MAX_NAME_BYTES // 2 and HASH_SUFFIX.search(stem)):
        return stem + ending
    suffix = _hash_suffix(stem)
    room = MAX_NAME_BYTES - _size(suffix + ending)
    kept = stem[:room]
    while _size(kept) > room:
        kept = kept[:-1]
    return kept.rstrip() + suffix + ending


def allowed(text: str) -> str:
    """A readable text as a name of a file may have it."""
    return NOT_IN_NAMES.sub("_", text)


def with_hash(stem: str) -> str:
    """The stem with a hash of it, for one of two with the same collision_key()."""
    return stem + _hash_suffix(stem)


def collision_key(name: str) -> str:
    """Equal for names that some file systems take for one: in another case, with accents composed in another way."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _hash_suffix(stem: str) -> str:
    return "~" + hashlib.sha256(stem.encode("utf-8", "surrogatepass")).hexdigest()[:HASH_DIGITS]


def _size(name: str) -> int:
    """Bytes; one for each that is no UTF-8 (PEP 383)."""
    return sum(1 if "\udc80" <= char <= "\udcff" else len(char.encode("utf-8", "surrogatepass")) for char in name)
