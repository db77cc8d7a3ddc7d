"""Our greedy decoder of Canary writes what NeMo's own generators write."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from nemo.collections.asr.modules.transformer.transformer import TransformerDecoderNM
from nemo.collections.asr.modules.transformer.transformer_generators import GreedySequenceGenerator
from nemo.collections.asr.parts.submodules.multitask_decoding import MultiTaskDecoding
from nemo.collections.asr.parts.submodules.token_classifier import TokenClassifier

from tests.support.doubtful import mixed
from tests.support.places import DEMO_MODELS, RATE
from transcriber.engines.loading import load_engine
from transcriber.engines.nemo import boosting, canary, checkpoint
from transcriber.engines.nemo.canary import Canary
from transcriber.engines.nemo.canary_decoder import CachedGreedyGenerator
from transcriber.options import TranscribeOptions
from transcriber.transcript import Hypothesis

PAD, END, PROMPT = 0, 2, 3
FRAMES = (30, 9, 21, 30, 14)


def generator(seed: int, pre_ln: bool, more: int) -> Any:
    """NeMo's, with random weights that write texts of different lengths."""
    torch.manual_seed(seed)
    decoder = TransformerDecoderNM(
        12, 16, 2, 32, 4, max_sequence_length=40, pre_ln=pre_ln, pre_ln_final_layer_norm=pre_ln, num_token_types=0
    ).eval()
    head = TokenClassifier(16, 12).eval()
    for part, spread in ((decoder.decoder, 0.4), (head, 1.0)):
        for weight in part.parameters():
            if weight.dim() > 1:
                torch.nn.init.normal_(weight, std=spread)
    decoder.embedding.position_embedding.pos_enc *= 20  # or many would write one word for ever
    return GreedySequenceGenerator(
        decoder.embedding,
        decoder.decoder,
        head,
        pad=PAD,
        eos=END,
        max_sequence_length=40,
        max_delta_length=more,
        preserve_step_confidence=True,
        confidence_method_cfg={"name": "max_prob"},
    )


def batch() -> dict[str, torch.Tensor]:
    """Recordings of different lengths, filled up with what nobody may hear."""
    encoded = torch.randn(len(FRAMES), max(FRAMES), 16)
    is_sound = (torch.arange(max(FRAMES)) < torch.tensor(FRAMES)[:, None]).float()
    prompt = torch.tensor([[4, 5, 6]]).expand(len(FRAMES), PROMPT)
    return {"decoder_input_ids": prompt, "encoder_hidden_states": encoded, "encoder_input_mask": is_sound}


def rows(made: tuple[torch.Tensor, Any, torch.Tensor, Any]) -> tuple[list[list[int]], list[float]]:
    """The tokens of each row, up to its end, and the confidences of all."""
    found, sure = [], []
    for tokens, own in zip(made[0].tolist(), made[2].tolist(), strict=True):
        end = tokens.index(END, PROMPT) + 1 if END in tokens[PROMPT:] else len(tokens)
        found.append(tokens[:end])
        sure += own[:end]
    return found, sure


@pytest.mark.parametrize("pre_ln", [True, False])
def test_the_tokens_and_confidences_of_nemos_generator(pre_ln: bool) -> None:
    """Of a batch whose rows end at different times, and may hear different numbers of frames."""
    lengths, words = set(), set()
    for seed in range(12):
        theirs, given = generator(seed, pre_ln, more=-1), batch()
        found, sure = rows(CachedGreedyGenerator(theirs, SimpleNamespace())(**given))
        expected, their_sure = rows(theirs(**given))
        assert found == expected
        assert sure == pytest.approx(their_sure, abs=2e-3)
        lengths |= set(map(len, found))
        words |= {token for tokens in found for token in tokens}
    assert len(lengths) > 5 and len(words) > 10


def test_a_row_has_as_many_tokens_as_if_it_were_alone() -> None:
    """NeMo lets each run on as long as the longest recording of its batch may."""
    theirs, given = generator(1, True, more=2), batch()
    theirs.classifier.mlp.last_linear_layer.bias.data[END] = -1e9
    found, _ = rows(CachedGreedyGenerator(theirs, SimpleNamespace())(**given))
    for row, frames in enumerate(FRAMES):
        heard = (given[name][row : row + 1, :frames] for name in ("encoder_hidden_states", "encoder_input_mask"))
        ((tokens,), _) = rows(theirs(given["decoder_input_ids"][:1], *heard))
        assert len(tokens) == frames + 2
        assert found[row] == tokens + [PAD] * (max(FRAMES) - frames)


def test_a_vocabulary_gives_the_words_of_nemos_beam(sample_audio: np.ndarray, sample_words: list[dict]) -> None:
    """Of one, which is the narrowest that NeMo boosts; ours says besides how sure it is."""
    options = TranscribeOptions("canary", "cpu", compute_type="float32", vocabulary=("no", "seven", "stop"))
    ours, published = load_engine(options, DEMO_MODELS), checkpoint.restore(DEMO_MODELS / "canary.nemo", "cpu")
    config = canary._greedy(published)
    config.strategy = "beam"
    config.beam.boosting_tree.key_phrases_list = list(options.vocabulary)
    config.beam.boosting_tree.source_lang = "en"
    config.beam.boosting_tree_alpha = boosting.CANARY_ALPHA
    decoding = MultiTaskDecoding(config, published.transf_decoder, published.log_softmax, published.tokenizer)
    width = published.log_softmax.mlp.last_linear_layer.out_features
    spellings = boosting.spell(options.vocabulary, published.tokenizer)
    decoding.decoding.beam_search.fusion_models = [boosting.tree(spellings, width, boosting.CANARY_DEPTH)]
    published.decoding = decoding
    asked = (options, TranscribeOptions())
    heard = []
    for share in (0.3, 0.5, 0.7, 0.75, 0.8):
        audio = np.pad(mixed(sample_audio, sample_words, share), (0, RATE))  # NeMo would pad it before, too
        (theirs,) = published.transcribe([audio], override_config=Canary(ours.model)._config(1, options))
        (boosted,), (plain,) = (ours.transcribe([audio], one) for one in asked)
        assert texts(boosted) == theirs.text.split()
        assert all(0 <= word.confidence <= 1 for word in boosted.words)
        heard.append((texts(plain), texts(boosted)))
    assert any(one != other for one, other in heard)


def texts(hypothesis: Hypothesis) -> list[str]:
    return [word.text for word in hypothesis.words]
