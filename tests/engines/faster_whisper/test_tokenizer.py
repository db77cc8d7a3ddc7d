"""Our tokenizer of the library tokenizers against whisper.tokenizer, token for token."""

import random

import pytest

pytest.importorskip("faster_whisper", reason="needs requirements-faster-whisper.txt")
from whisper.tokenizer import get_tokenizer

from transcriber.engines.faster_whisper.tokenizer import whisper_tokenizer

TEXTS = (
    "",
    " ",
    "  two  spaces, a\ttab\r\n\nand lines ",
    " Hello, world! I'm here; you'll see they've done it, 'twas 1,234.5 km/h.",
    "Grüße aus Köln – „schön“ … naïve café Ångström İstanbul",
    "Привет, как дела? Γειά σου Κόσμε שלום عليكم नमस्ते ในสวน",
    "今日はいい天気ですね。中文没有空格，是吗？한국어도 있어요",
    "👩‍👩‍👧‍👦 🇪🇺 é ｆｕｌｌ ﷽ \u2028\u00a0\u200b\ufeff\x00",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" * 9,
    "def f(x): return {'a': [x**2, -1e-9]}  # ♪♪♪ (( [[ << -- 「『",
)
VOCABULARIES = {51_864: (False, 99), 51_865: (True, 99), 51_866: (True, 100)}


@pytest.fixture(scope="module", params=VOCABULARIES, ids="{} tokens".format)
def both(request):
    is_multilingual, languages = VOCABULARIES[request.param]
    ours = whisper_tokenizer(is_multilingual, languages)
    assert ours.get_vocab_size() == request.param
    return ours, get_tokenizer(is_multilingual, num_languages=languages)


def random_texts(count: int) -> list[str]:
    """Letters of every script, signs, spaces, in no order."""
    choose = random.Random(0)
    ranges = ((32, 127), (32, 64), (0xA0, 0x3000), (0x3000, 0xD7FF), (0x1F300, 0x1F700), (9, 14))
    return [
        "".join(chr(choose.randrange(*choose.choice(ranges))) for _ in range(choose.randrange(60)))
        for _ in range(count)
    ]


def test_writes_the_same_tokens(both) -> None:
    ours, theirs = both
    for text in [*TEXTS, *random_texts(500)]:
        tokens = ours.encode(text, add_special_tokens=False).ids
        assert tokens == theirs.encode(text), text
        assert ours.decode(tokens) == text


def test_reads_any_tokens_alike(both) -> None:
    """Halves of letters, too, which become the replacement sign."""
    ours, theirs = both
    choose = random.Random(1)
    for _ in range(500):
        tokens = [choose.randrange(theirs.eot) for _ in range(8)]
        assert ours.decode(tokens) == theirs.decode(tokens)


def test_special_tokens_have_their_numbers(both) -> None:
    ours, theirs = both
    for name, number in theirs.special_tokens.items():
        assert (ours.token_to_id(name), ours.id_to_token(number)) == (number, name)
    assert ours.decode([theirs.sot, *theirs.encode(" so"), theirs.timestamp_begin, theirs.eot]) == " so"
