"""A sentencepiece model in which every word is two pieces.

The first piece starts and the last ends with the word, so the model's word times are honest, and TDT's longest
duration (4 frames of 80 ms a piece) still spans a word.
"""

from pathlib import Path

import sentencepiece

from tools.demo_training.words import PIECES, WORDS


def make_tokenizer(folder: Path) -> sentencepiece.SentencePieceProcessor:
    """Write tokenizer.model and vocab.txt as NeMo expects them."""
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
    vocabulary = [tokenizer.id_to_piece(index) for index in range(1, len(tokenizer))]
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    return tokenizer
