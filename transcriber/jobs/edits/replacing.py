"""A text replaced wherever it stands: {"find": "Tomson", "with": "Thomson", "places": […]}, as splicing.py has them."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Annotated, Any

from pydantic import Field

from transcriber.errors import UnsupportedOptionError
from transcriber.jobs.edits.rewriting import is_same, rewritten
from transcriber.jobs.edits.splicing import spliced
from transcriber.readable import around, encodable
from transcriber.transcript import Stored, Transcript, Word

CONTEXT_CHARACTERS = 40


@dataclass(frozen=True)
class Replacement(Stored):
    """Wherever `find` stands, `with_` is to stand."""

    find: str
    with_: Annotated[str, Field(alias="with")]
    match_case: bool = False
    whole_words: bool = False


@dataclass(frozen=True)
class Text:
    """The text of a transcript, in which the words can be found."""

    words: tuple[Word, ...]
    text: str = field(init=False)
    begins: list[int] = field(init=False)
    """Of each word, and the end of the text."""

    def __post_init__(self) -> None:
        pieces = [" " * (number > 0 and word.space_before) + word.text for number, word in enumerate(self.words)]
        ends = list(accumulate(map(len, pieces), initial=0))
        begins = [end - len(word.text) for end, word in zip(ends[1:], self.words)]
        object.__setattr__(self, "text", "".join(pieces))
        object.__setattr__(self, "begins", [*begins, ends[-1] + 1])

    @classmethod
    def of(cls, transcript: Transcript) -> "Text":
        return cls(tuple(word for segment in transcript.segments for word in segment.words))

    def word_at(self, character: int) -> int:
        """The number of the word in which a character stands, or behind which as the blank."""
        return max(0, bisect_right(self.begins, character) - 1)


def hits(text: Text, asked: Replacement) -> Iterator[re.Match[str]]:
    """Where it stands. Raises UnsupportedOptionError for nothing to be found."""
    find = " ".join(encodable(asked.find).split(" ")).strip()
    if not find:
        raise UnsupportedOptionError("there is nothing to be found", "write a word")
    pattern = re.escape(find)
    if asked.whole_words:
        pattern = rf"(?<!\w){pattern}(?!\w)"
    return re.finditer(pattern, text.text, 0 if asked.match_case else re.IGNORECASE)


def preview(transcript: Transcript, asked: Replacement) -> list[dict[str, Any]]:
    """Each place with the text around it, and the second at which it is said, where that is known. Raises what hits()
    raises."""
    text = Text.of(transcript)
    found = []
    for hit in hits(text, asked):
        number = text.word_at(hit.start())
        before, after = around(text.text, hit.start(), hit.end(), CONTEXT_CHARACTERS, CONTEXT_CHARACTERS)
        found.append(
            {
                "first": number,
                "count": text.word_at(hit.end() - 1) - number + 1,
                "start": text.words[number].start,
                "before": before,
                "match": hit[0],
                "after": after,
            }
        )
    return found


def make(transcript: Transcript, asked: Replacement, _: object) -> dict[str, Any] | None:
    """Raises UnsupportedOptionError where it is nowhere."""
    text = Text.of(transcript)
    found = list(hits(text, asked))
    if not found:
        raise UnsupportedOptionError(f"“{encodable(asked.find)[:100]}” is nowhere in this transcript")
    places = []
    for first, last, together in _joined(text, found):
        begin, end = text.begins[first], text.begins[last] + len(text.words[last].text)
        written, at = "", begin
        for hit in together:
            written += text.text[at : hit.start()] + encodable(asked.with_)
            at = hit.end()
        old = text.words[first : last + 1]
        items = rewritten(old, written + text.text[at:end], text.words[first - 1] if first else None)
        if not is_same(items, old):
            places.append({"first": first, "count": len(old), "words": items})
    said = {"find": encodable(asked.find), "with": encodable(asked.with_)}
    return {**said, "places": places} if places else None


def apply(transcript: Transcript, edit: Mapping[str, Any]) -> Transcript:
    return spliced(transcript, edit["places"], edit.get("times", ()))


def _joined(text: Text, found: list[re.Match[str]]) -> Iterator[tuple[int, int, list[re.Match[str]]]]:
    """The hits, those in words that follow one another together: the numbers of the first and the last word of each."""
    together: list[re.Match[str]] = []
    first = last = 0
    for hit in found:
        begin, end = text.word_at(hit.start()), text.word_at(hit.end() - 1)
        if together and begin <= last + 1:
            last = max(last, end)
            together.append(hit)
            continue
        if together:
            yield first, last, together
        first, last, together = begin, end, [hit]
    if together:
        yield first, last, together
