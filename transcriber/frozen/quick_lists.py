"""OmegaConf without what it costs for long lists of words.

NeMo keeps a model's vocabulary in its configuration, twice, and wraps, copies and unwraps that configuration some
twenty times while it builds the model, node by node: seven seconds for 8,192 pieces. Here such a list is handled in
one go. What comes out is equal; every list that is not simply words takes OmegaConf's own way (OmegaConf 2.3).
"""

import copy
import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import yaml
from omegaconf import AnyNode, ListConfig, OmegaConf
from omegaconf._utils import get_yaml_loader
from omegaconf.base import Metadata
from omegaconf.basecontainer import BaseContainer

SHORTEST = 64
"""Words; below, OmegaConf is as quick."""
_set_value, _deepcopy, _unwrap = ListConfig._set_value_impl, ListConfig.__deepcopy__, BaseContainer._to_content
_lock = threading.RLock()


def load_yaml(content: bytes) -> Any:
    """What OmegaConf.load() makes of a configuration that configuration.read_yaml() has found harmless."""
    rules = {"yaml_implicit_resolvers": get_yaml_loader().yaml_implicit_resolvers}
    loader = type("Loader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), rules)
    return OmegaConf.create(yaml.load(content, Loader=loader))


@contextmanager
def quick_lists() -> Iterator[None]:
    """While entered, by one thread at a time: long lists are quick, and the garbage collector rests.

    The methods are replaced for the whole process; other threads merely become quicker too.
    """
    replaced = [
        (ListConfig, "_set_value_impl", _set_value, _quick_set_value),
        (ListConfig, "__deepcopy__", _deepcopy, _quick_deepcopy),
        (BaseContainer, "_to_content", staticmethod(_unwrap), staticmethod(_quick_unwrap)),
    ]
    with _lock:
        is_collecting = gc.isenabled()
        gc.disable()  # it would walk every new node again and again
        for owner, name, _, quick in replaced:
            setattr(owner, name, quick)
        try:
            yield
        finally:
            for owner, name, slow, _ in replaced:
                setattr(owner, name, slow)
            if is_collecting:
                gc.enable()


def _quick_set_value(self: ListConfig, value: Any, flags: Any = None) -> None:
    words: Any = _words_of(value) if type(value) is ListConfig else value
    if self._metadata.element_type is not Any or not _are_words(words):
        _set_value(self, value, flags)
        return
    if type(value) is ListConfig:
        self._metadata.flags = copy.deepcopy(flags or {})
    _fill(self, words)
    self._metadata.object_type = list


def _quick_deepcopy(self: ListConfig, memo: dict[int, Any]) -> ListConfig:
    words = _words_of(self)
    if words is None:
        return _deepcopy(self, memo)
    new = ListConfig(None)
    new.__dict__["_metadata"] = copy.deepcopy(self._metadata, memo)
    new.__dict__["_flags_cache"] = copy.deepcopy(self.__dict__["_flags_cache"], memo)
    new.__dict__["_parent"] = self.__dict__["_parent"]
    _fill(new, words)
    return new


def _quick_unwrap(config: Any, *args: Any, **options: Any) -> Any:
    words = _words_of(config) if type(config) is ListConfig else None
    return _unwrap(config, *args, **options) if words is None else words


def _are_words(values: Any) -> bool:
    """Whether it is a long list of texts, none of them an interpolation or OmegaConf's sign for a missing value."""
    if type(values) not in (list, tuple) or len(values) < SHORTEST or not all(type(value) is str for value in values):
        return False
    text = "\n".join(values)
    return "${" not in text and "???" not in text


def _words_of(config: ListConfig) -> list[str] | None:
    """The texts of a ListConfig, or None where it holds anything else."""
    nodes = config.__dict__["_content"]
    if not isinstance(nodes, list) or len(nodes) < SHORTEST:
        return None
    if any(type(node) is not AnyNode or node._metadata.flags for node in nodes):
        return None
    words = [node.__dict__["_val"] for node in nodes]
    return words if _are_words(words) else None


def _fill(config: ListConfig, words: list[str]) -> None:
    nodes = []
    for place, word in enumerate(words):
        node = AnyNode.__new__(AnyNode)
        metadata = Metadata(ref_type=Any, object_type=None, optional=True, key=place)
        node.__dict__.update(_metadata=metadata, _parent=config, _flags_cache=None, _val=word)
        nodes.append(node)
    config.__dict__["_content"] = nodes
