"""A vocabulary as NeMo's boosting tree: while a decoder spells a term, the term's next token gets a bonus."""

from collections.abc import Sequence
from typing import Any

from nemo.collections.asr.parts.context_biasing.boosting_graph_batched import GPUBoostingTreeModel
from nemo.collections.asr.parts.context_biasing.context_graph_universal import ContextGraph

TRANSDUCER_ALPHA, CANARY_ALPHA = 1.0, 0.5
"""The weight of the bonus against the model's log probabilities: NeMo's example for transducers has 1.0. For Canary
that is too much: the demo model then wrote a term where something else is said clearly (tests/decoding)."""
TRANSDUCER_DEPTH, CANARY_DEPTH = 2.0, 1.0
"""How the bonus grows with the length of a match; NeMo's defaults, as is the bonus of one token."""
CONTEXT_SCORE = 1.0

Spellings = dict[str, list[list[int]]]
"""The tokens of each term, by each of a model's tokenizers: Canary has one for each language."""


def spell(terms: Sequence[str], tokenizer: Any) -> Spellings:
    """Terms with a character that the tokenizer lacks are left out."""
    languages = [(code,) for code in tokenizer.langs if code != "spl_tokens"] if hasattr(tokenizer, "langs") else [()]
    spellings = {
        term: [
            ids for code in languages if (ids := tokenizer.text_to_ids(term, *code)) and _spells(tokenizer, ids, term)
        ]
        for term in terms
    }
    return {term: own for term, own in spellings.items() if own}


def _spells(tokenizer: Any, ids: list[int], term: str) -> bool:
    return "".join(tokenizer.ids_to_text(ids).split()) == "".join(term.split())


def tree(spellings: Spellings, width: int, depth_scaling: float) -> GPUBoostingTreeModel:
    """The tree of some terms for a decoder with `width` tokens."""
    flat = [(term, ids) for term, own in spellings.items() for ids in own]
    graph = ContextGraph(context_score=CONTEXT_SCORE, depth_scaling=depth_scaling)
    graph.build([ids for _, ids in flat], [term for term, _ in flat], [0.0] * len(flat), uniform_weights=False)
    return GPUBoostingTreeModel.from_context_graph(graph, width, final_eos_score=1.0, uniform_weights=False)


def unknown_notice(terms: Sequence[str], tokenizer: Any) -> list[str]:
    """A sentence about the terms that cannot be spelled, if there are any."""
    known = spell(terms, tokenizer)
    unknown = [term for term in terms if term not in known]
    return [f"This model cannot spell these terms of the vocabulary: {', '.join(unknown)}."] if unknown else []
