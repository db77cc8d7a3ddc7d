"""A user's names and terms: one a line, UTF-8, the most important first. A `#` begins a comment, but not in “C#”."""

import re
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from transcriber.errors import StorageError, UnsupportedOptionError
from transcriber.system.atomic_file import write_whole

MOST_TERMS = 1_000
LONGEST_TERM = 100
"""Characters."""
LARGEST_FILE = 1 << 20
"""Bytes."""
_COMMENT = re.compile(r"(^|\s)#.*")
_BETWEEN = re.compile(r"[,;，、；،؛]|[:：](?=\s|$)")
"""What stands between the items of a list."""
_SENTENCE_END = re.compile(r"[.!?…。！？।؟]+(?:\s+|$)")
_QUOTES = "\"'“”„«» "
_AROUND = f".,!?…。！？।؟()[]*{_QUOTES}"
MOST_WORDS = 5
"""Of an item of a list: what has more is prose."""
HEADER = "# Names and terms that are said in your recordings, one a line, the most important first.\n"


def read(path: Path) -> tuple[str, ...]:
    """The terms of a file.

    Raises StorageError for a file that cannot be read, UnsupportedOptionError for one that is no list of terms.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise StorageError(
            f"the vocabulary {path} cannot be read ({error.strerror or error})", "check its name and permissions"
        ) from error
    if len(content) > LARGEST_FILE:
        raise UnsupportedOptionError(f"the vocabulary {path} is too long", f"keep the first {MOST_TERMS} terms")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnsupportedOptionError(f"the vocabulary {path} is not UTF-8 text", "save it as UTF-8") from error
    return parse(text)


def parse(text: str) -> tuple[str, ...]:
    """The terms of a text: without comments, blank lines and repetitions, in their order, spaces made single.

    Raises UnsupportedOptionError, which names the line, for what cannot be a term.
    """
    terms: dict[str, None] = {}
    for number, line in enumerate(text.splitlines(), 1):
        term = " ".join(_COMMENT.sub("", line).split())
        if len(term) > LONGEST_TERM or not term.isprintable():
            raise UnsupportedOptionError(
                f"line {number} of the vocabulary is no name or term",
                f"write one a line, of at most {LONGEST_TERM} characters",
            )
        if term:
            terms[term] = None
    if len(terms) > MOST_TERMS:
        raise UnsupportedOptionError(
            f"the vocabulary has {len(terms)} terms", f"keep the {MOST_TERMS} most important ones"
        )
    return tuple(terms)


def hints(text: str) -> tuple[str, ...]:
    """What of another program's prompt can serve as terms: the items of a list, and of prose the names in it.

    A prompt is a hint: what cannot be used of it is left out, and nothing in it is an error.
    """
    terms: dict[str, None] = {}
    for line in text.splitlines():
        seen = "".join(sign if sign.isprintable() else " " * sign.isspace() for sign in line)
        parts = [part.strip(_QUOTES).split() for part in _BETWEEN.split(seen.rstrip(_AROUND))]
        is_list = all(len(words) <= MOST_WORDS for words in parts)
        for words in filter(None, parts):
            is_item = len(words) <= MOST_WORDS and (is_list or words[0] != words[0].lower())
            terms |= dict.fromkeys([" ".join(words)] if is_item else _names(" ".join(words)))
    return tuple(term for term in terms if 0 < len(term) <= LONGEST_TERM)[:MOST_TERMS]


def _names(prose: str) -> Iterator[str]:
    """Words with a capital in them, those that follow one another as one; the first of a sentence has one anyway."""
    for sentence in _SENTENCE_END.split(prose):
        words = [word.strip(_AROUND) for word in sentence.split()]
        cased = [word[at == 0 :] if len(word) > 1 else "" for at, word in enumerate(words)]
        looks = [word != word.lower() for word in cased]
        for is_name, run in groupby(zip(words, looks, strict=True), itemgetter(1)):
            name = [word for word, _ in run]
            if is_name and len(name) <= MOST_WORDS:
                yield " ".join(name)


def write(path: Path, terms: tuple[str, ...]) -> None:
    """Write a file that read() reads, all or nothing. Raises StorageError, and what parse() raises."""
    text = HEADER + "".join(f"{term}\n" for term in parse("\n".join(terms)))
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise StorageError(
            f"the vocabulary {path} cannot be written ({error.strerror or error})", "check the space on its disk"
        ) from error
