"""Names and terms that somebody wrote instead of what a model heard: worth a place in the vocabulary."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from transcriber.jobs.edits.log import Edit
from transcriber.jobs.edits.splicing import Words
from transcriber.segmentation import ends_sentence
from transcriber.transcript import Transcript, Word, normal
from transcriber.vocabulary import LONGEST_TERM

MOST = 5
"""Terms that one edit offers."""
MOST_WORDS = 4
"""Of a term."""
_AROUND = ".,;:!?…。！？、，()[]{}\"'“”„«»‘’–—- "


def terms(after: Transcript, edit: Edit, vocabulary: Iterable[str]) -> Iterator[str]:
    """What an edit wrote that looks like a name or a term: with a capital that no sentence begins with, or of letters
    and digits. Not what the vocabulary has."""
    taken = {normal(term) for term in vocabulary}
    words, count = Words(after.segments), 0
    for numbers in _written(edit):
        for is_name, run in groupby(numbers, lambda number: _is_name(words, number)):
            term = _term(words[number] for number in run)
            if is_name and term and normal(term) not in taken and count < MOST:
                taken.add(normal(term))
                count += 1
                yield term


def _written(edit: Edit) -> Iterator[list[int]]:
    """The numbers of words that were written by hand, those that follow one another together."""
    places = edit.content.get("places", [edit.content]) if edit.kind in ("words", "replace") else []
    moved = 0
    for place in places:
        run: list[int] = []
        for at, item in enumerate(place["words"]):
            is_kept = isinstance(item, int) or ("of" in item and "confidence" not in item)
            if is_kept and run:
                yield run
                run = []
            elif not is_kept:
                run.append(place["first"] + moved + at)
        if run:
            yield run
        moved += len(place["words"]) - place["count"]


def _is_name(words: Words, number: int) -> bool:
    text = words[number].text.strip(_AROUND)
    if len(normal(text)) < 2:
        return False
    before = words.get(number - 1)
    begins_sentence = before is None or ends_sentence(before.text.rstrip(_AROUND.replace(".", "")))
    inner = text[1:] if begins_sentence else text
    return inner != inner.lower() or (any(map(str.isdecimal, text)) and any(map(str.isalpha, text)))


def _term(words: Iterable[Word]) -> str:
    """As it is kept in the vocabulary; "" for what is too long to be a term."""
    texts = [word.text for word in words]
    term = " ".join(texts).strip(_AROUND)
    return term if len(texts) <= MOST_WORDS and 0 < len(term) <= LONGEST_TERM and term.isprintable() else ""
