"""Our filter for a whole batch against openai-whisper's own filters, row by row."""

import numpy as np
import pytest
import torch
from whisper.decoding import ApplyTimestampRules, DecodingOptions, DecodingTask, SuppressBlank, SuppressTokens
from whisper.model import ModelDimensions, Whisper
from whisper.tokenizer import get_tokenizer

from transcriber.engines.whisper.logit_filter import LogitFilter

TOKENIZER = get_tokenizer(True, num_languages=99, language="en", task="transcribe")
BEGIN = TOKENIZER.timestamp_begin
TIMES = [[BEGIN], [BEGIN + 7, 9], [BEGIN, 9, BEGIN + 50], [BEGIN, 9, BEGIN + 50, BEGIN + 50], [BEGIN + 50, 9, 9]]
"""What may have been written: rows of one length are a batch."""


def histories() -> list[list[list[int]]]:
    long = [[BEGIN + 3, 9, BEGIN + 9, BEGIN + 9, *tail] for tail in ([5, 6], [5, BEGIN + 1500], [5, BEGIN + 20])]
    same_length = [[one for one in TIMES if len(one) == length] for length in (1, 2, 3, 4)]
    return [[[], [], []], *same_length, long]


@pytest.mark.parametrize("written", histories(), ids=lambda rows: str(len(rows[0])))
@pytest.mark.parametrize("louder", [0.0, 9.0], ids=["text is likelier", "timestamps are likelier"])
def test_the_same_log_probabilities(written: list[list[int]], louder: float) -> None:
    prompt = torch.tensor(TOKENIZER.sot_sequence).repeat(len(written), 1)
    tokens = torch.cat((prompt, torch.tensor(written, dtype=torch.long)), 1)
    sample_begin = prompt.shape[1]
    generator = np.random.default_rng(0)
    for _ in range(10):
        logits = torch.from_numpy(generator.normal(0, 4, (len(written), 51865)).astype(np.float32))
        logits[:, BEGIN:] += louder
        theirs = logits.clone()
        for one in (
            SuppressBlank(TOKENIZER, sample_begin),
            SuppressTokens(task().logit_filters[1].suppress_tokens),
            ApplyTimestampRules(TOKENIZER, sample_begin, 50),
        ):
            one.apply(theirs, tokens)
        found = LogitFilter(TOKENIZER, torch.device("cpu"))(logits, tokens[:, sample_begin:], torch.zeros(len(written)))
        torch.testing.assert_close(found, theirs.log_softmax(-1), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("written", "may_end"),
    [
        ([BEGIN], True),
        ([BEGIN, 9], True),
        ([BEGIN, 9, BEGIN + 50], False),
        ([BEGIN, 9, BEGIN + 50, BEGIN + 50], False),
        ([BEGIN, 9, BEGIN + 120], True),
        ([BEGIN, 9, BEGIN + 120, BEGIN + 120], True),
    ],
    ids=["nothing said", "words without an end", "too early", "too early, a pair", "late enough", "a pair"],
)
def test_a_text_does_not_end_before_its_sound(written: list[int], may_end: bool) -> None:
    logits = torch.zeros(1, 51865)
    logits[:, TOKENIZER.eot] = 20.0
    found = LogitFilter(TOKENIZER, torch.device("cpu"))(logits, torch.tensor([written]), torch.tensor([100]))
    assert bool(found[0, TOKENIZER.eot].isfinite()) == may_end
    assert found.isfinite().any()


def task() -> DecodingTask:
    """What openai-whisper never lets a model write is in here."""
    model = Whisper(ModelDimensions(80, 1500, 8, 2, 1, 51865, 448, 8, 2, 1))
    return DecodingTask(model, DecodingOptions(language="en"))
