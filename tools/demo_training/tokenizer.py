"""The sentencepiece models of the two NeMo models."""

from pathlib import Path

import sentencepiece

from tools.demo_training.words import PIECES, WORDS


def two_pieces_a_word(folder: Path) -> int:
    """Write Parakeet's tokenizer.model and vocab.txt, in which every word is two pieces; → the number of pieces.

    The first piece starts and the last ends with the word, so the model's word times are honest, and TDT's longest
    duration (4 frames of 80 ms a piece) still spans a word.
    """
    folder.mkdir(parents=True, exist_ok=True)
    symbols = list(dict.fromkeys([f"▁{first}" for first, _ in PIECES.values()] + [last for _, last in PIECES.values()]))
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([" ".join(WORDS)] * 200),
        model_prefix=str(folder / "tokenizer"),
        model_type="bpe",
        vocab_size=len(symbols) + 30,
        user_defined_symbols=symbols,
        bos_id=-1,
        eos_id=-1,
        unk_id=0,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    tokenizer = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    for word, (first, last) in PIECES.items():
        assert tokenizer.encode(word, out_type=str) == [f"▁{first}", last], word
    _write_vocabulary(tokenizer, folder)
    return len(tokenizer)


def one_piece_a_word(folder: Path) -> None:
    """Write one of Canary's vocabularies: an unknown piece and the words, in the order of WORDS."""
    folder.mkdir(parents=True, exist_ok=True)
    sentencepiece.SentencePieceTrainer.train(
        # Rarer from word to word, since the most frequent comes first.
        sentence_iterator=(word for times, word in enumerate(reversed(WORDS), start=1) for _ in range(times)),
        model_prefix=str(folder / "tokenizer"),
        model_type="word",
        vocab_size=len(WORDS) + 1,
        normalization_rule_name="identity",
        bos_id=-1,
        eos_id=-1,
        unk_id=0,
        minloglevel=2,
    )
    tokenizer = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    assert [tokenizer.id_to_piece(index) for index in range(1, len(tokenizer))] == [f"▁{word}" for word in WORDS]
    _write_vocabulary(tokenizer, folder)


def _write_vocabulary(tokenizer: sentencepiece.SentencePieceProcessor, folder: Path) -> None:
    vocabulary = [tokenizer.id_to_piece(index) for index in range(1, len(tokenizer))]
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
