"""The confidence of words from that of the tokens that they are written with."""

from collections.abc import Sequence


def word_confidences(words: Sequence[str], pieces: Sequence[str], confidences: Sequence[float]) -> list[float | None]:
    """For each word the least of its tokens' confidences, 0 to 1; None for all if the tokens do not spell the words.

    `pieces` are SentencePiece's. NeMo's own word_confidence raises where it counts other words than the text has, which
    happens when the text loses a space before a punctuation mark; here only what is no space is compared.
    """
    spelled = [(piece.replace("▁", ""), confidence) for piece, confidence in zip(pieces, confidences, strict=True)]
    letters = [(letter, confidence) for piece, confidence in spelled for letter in piece]
    if "".join(letter for letter, _ in letters) != "".join(words):
        return [None] * len(words)
    found: list[float | None] = []
    at = 0
    for word in words:
        own = letters[at : at + len(word)]
        found.append(min((confidence for _, confidence in own), default=None))
        at += len(word)
    return found
