"""What NeMo's tokens spell, and with that the words of a model that writes them."""

from collections.abc import Sequence
from typing import Any

from transcriber.joining import Piece

_WORD_START = "▁"
"""SentencePiece's sign for the space before a word."""
_INCOMPLETE = "\ufffd"
"""What stands for a character of which some bytes are still to come."""


def token_texts(tokenizer: Any, ids: Sequence[int]) -> list[str]:
    """For each token what it adds to the text, with a blank where it begins a word; joined, tokenizer.ids_to_text()."""
    if not ids:
        return []
    texts = [tokenizer.ids_to_tokens([token])[0].replace(_WORD_START, " ") for token in ids]
    return texts if "".join(texts).split() == tokenizer.ids_to_text(list(ids)).split() else _decoded(tokenizer, ids)


def _decoded(tokenizer: Any, ids: Sequence[int]) -> list[str]:
    """The same where a token's name is not its text, such as that of a byte or of what is unknown."""
    texts, decoded = [], ""
    for count in range(1, len(ids) + 1):
        text = tokenizer.ids_to_text(list(ids[:count]))
        text = text if count == len(ids) else text.rstrip(_INCOMPLETE)
        texts.append(text[len(decoded) :])
        decoded = text if len(text) > len(decoded) else decoded
    begins_word = tokenizer.ids_to_tokens([ids[0]])[0].startswith(_WORD_START)
    return [f" {texts[0]}" if begins_word else texts[0], *texts[1:]]


def pieces_of(
    texts: Sequence[str], confidences: Sequence[float] | None, spans: Sequence[tuple[float, float]] | None = None
) -> list[Piece]:
    """Tokens as joining.words_of() takes them: with their confidence, 0 to 1, and their times, where they are known."""
    times: Sequence[tuple[float | None, float | None]] = spans or [(None, None)] * len(texts)
    known: Sequence[float | None] = confidences or [None] * len(texts)
    return [
        Piece(text, start, end, confidence) for text, (start, end), confidence in zip(texts, times, known, strict=True)
    ]
