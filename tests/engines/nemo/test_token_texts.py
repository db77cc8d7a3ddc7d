"""From tokens to words."""

from typing import Any

from transcriber.engines.nemo.parakeet import _closed
from transcriber.engines.nemo.token_texts import pieces_of, token_texts
from transcriber.joining import words_of
from transcriber.transcript import Word, joined


class Spelling:
    """A tokenizer as SentencePiece makes them: bytes and what is unknown have names that are not their text."""

    def __init__(self, *pieces: str) -> None:
        self.pieces = pieces

    def ids_to_tokens(self, ids: list[int]) -> list[str]:
        return [self.pieces[token] for token in ids]

    def ids_to_text(self, ids: list[int]) -> str:
        content = b"".join(self._bytes(piece) for piece in self.ids_to_tokens(ids))
        return content.decode(errors="replace").removeprefix(" ")

    def _bytes(self, piece: str) -> bytes:
        if piece == "<unk>":
            return " ⁇ ".encode()
        return bytes([int(piece[3:5], 16)]) if piece.startswith("<0x") else piece.replace("▁", " ").encode()


def read(*pieces: str, confidences: list[float] | None = None) -> list[Word]:
    tokenizer: Any = Spelling(*pieces)
    return words_of(pieces_of(token_texts(tokenizer, range(len(pieces))), confidences))


def test_a_word_is_as_sure_as_its_least_sure_token() -> None:
    words = read("▁se", "ven", "▁u", "p", confidences=[0.9, 0.5, 1.0, 0.7])
    assert [(word.text, word.confidence) for word in words] == [("seven", 0.5), ("up", 0.7)]


def test_a_token_may_be_a_blank_or_reach_into_two_words() -> None:
    words = read("▁", "a", "▁b", "c▁d", confidences=[0.1, 0.9, 0.8, 0.7])
    assert [(word.text, word.confidence) for word in words] == [("a", 0.9), ("bc", 0.7), ("d", 0.7)]


def test_tokens_whose_names_are_not_their_text() -> None:
    """Bytes of one letter come one by one."""
    for pieces, text in (
        (("▁na", "<0xC3>", "<0xAF>", "ve", "▁te", "xt"), "naïve text"),
        (("▁a", "▁", "<0xE4>", "<0xBD>", "<0xA0>", "▁b"), "a 你 b"),
        (("▁one", "<unk>", "two"), "one ⁇ two"),
        (("▁",), ""),
        ((), ""),
    ):
        assert joined(read(*pieces)) == text
        tokenizer: Any = Spelling(*pieces)
        assert " ".join("".join(token_texts(tokenizer, range(len(pieces)))).split()) == text


def test_marks_that_close_stand_behind_their_word_and_others_where_the_model_wrote_them() -> None:
    texts = [" Hola", " .", " ¿", "Qué", " ", "?", " (", "25", " %", " )", " -", "10"]
    assert joined(words_of(pieces_of(_closed(texts), None))) == "Hola. ¿Qué? (25 %) -10"
