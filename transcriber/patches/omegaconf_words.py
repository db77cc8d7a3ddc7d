"""The methods that omegaconf_lists.py replaces: a long list of plain words has no nodes until one is asked for.

What comes out is equal; every list that is not simply words takes OmegaConf's own way.
"""

import copy
from collections.abc import Iterator
from typing import Any

from omegaconf import AnyNode, ListConfig, _impl
from omegaconf.base import Box, Container
from omegaconf.basecontainer import BaseContainer

MIN_WORDS = 64
"""Below, OmegaConf is as quick."""


class Words(list):
    """The content of a ListConfig of plain words: `words` until it is used as the list of nodes that it stands for."""

    def __init__(self, config: ListConfig, words: tuple[str, ...]) -> None:
        super().__init__(words)  # for its length
        self.config, self.words = config, words
        self.has_nodes = False

    def make_nodes(self) -> None:
        if not self.has_nodes:
            nodes = [AnyNode(word, key=place, parent=self.config) for place, word in enumerate(self.words)]
            super().__setitem__(slice(None), nodes)
            self.has_nodes = True

    def __reduce_ex__(self, protocol: Any) -> Any:
        return list, (list(self),)  # pickled and copied as a plain list


def _with_nodes(name: str) -> Any:
    method = getattr(list, name)

    def call(self: Words, *args: Any, **options: Any) -> Any:
        self.make_nodes()
        return method(self, *args, **options)

    return call


for _name in (
    *("__getitem__", "__setitem__", "__delitem__", "__iter__", "__reversed__", "__contains__", "__add__", "__iadd__"),
    *("__eq__", "__ne__", "__repr__", "append", "clear", "copy", "count", "extend", "index", "insert", "pop", "remove"),
    *("reverse", "sort"),
):
    setattr(Words, _name, _with_nodes(_name))


def _words_of(config: Any) -> tuple[str, ...] | None:
    """The words of a list that has no nodes yet."""
    content = config.__dict__["_content"]
    return content.words if type(content) is Words and not content.has_nodes else None


def _are_words(values: Any) -> bool:
    """Whether it is a long list of texts, none of them an interpolation or OmegaConf's sign for a missing value."""
    if type(values) not in (list, tuple) or len(values) < MIN_WORDS or set(map(type, values)) != {str}:
        return False
    text = "\n".join(values)
    return "${" not in text and "???" not in text


def _set_value(self: ListConfig, value: Any, flags: Any = None) -> None:
    words = _words_of(value) if type(value) is ListConfig else tuple(value) if _are_words(value) else None
    if words is None or self._metadata.element_type is not Any:
        _slow_set_value(self, value, flags)
        return
    if type(value) is ListConfig:
        self._metadata.flags = copy.deepcopy(flags or {})
    self.__dict__["_content"] = Words(self, words)
    self._metadata.object_type = list


def _deepcopy(self: ListConfig, memo: dict[int, Any]) -> ListConfig:
    words = _words_of(self)
    if words is None:
        return _slow_deepcopy(self, memo)
    new = ListConfig(None)
    new.__dict__["_metadata"] = copy.deepcopy(self._metadata, memo)
    new.__dict__["_flags_cache"] = copy.deepcopy(self.__dict__["_flags_cache"], memo)
    new.__dict__["_parent"] = self.__dict__["_parent"]
    new.__dict__["_content"] = Words(new, words)
    return new


def _iterate(self: ListConfig, resolve: bool) -> Iterator[Any]:
    words = _words_of(self)
    return _slow_iterate(self, resolve) if words is None else iter(words)


def _get_item(self: ListConfig, index: Any) -> Any:
    words = _words_of(self) if type(index) is int else None
    return words[index] if words and 0 <= index < len(words) else _slow_get_item(self, index)


def _unwrap(config: Any, *args: Any, **options: Any) -> Any:
    words = _words_of(config) if type(config) is ListConfig else None
    return _slow_unwrap(config, *args, **options) if words is None else list(words)


def _resolve(config: Any) -> Any:
    return config if type(config) is ListConfig and _words_of(config) else _slow_resolve(config)


def _adopt(self: Any) -> None:
    if type(self) is not ListConfig or not _words_of(self):
        _slow_adopt(self)


def _forget_flags(self: Any) -> None:
    if type(self) is ListConfig and _words_of(self):
        self.__dict__["_flags_cache"] = None
    else:
        _slow_forget_flags(self)


_slow_set_value, _slow_deepcopy = ListConfig._set_value_impl, ListConfig.__deepcopy__
_slow_iterate, _slow_get_item = ListConfig._iter_ex, ListConfig.__getitem__
_slow_unwrap, _slow_resolve = BaseContainer._to_content, _impl._resolve
_slow_adopt, _slow_forget_flags = Box._re_parent, Container._invalidate_flags_cache
REPLACED: list[tuple[Any, str, Any]] = [
    (ListConfig, "_set_value_impl", _set_value),
    (ListConfig, "__deepcopy__", _deepcopy),
    (ListConfig, "_iter_ex", _iterate),
    (ListConfig, "__getitem__", _get_item),
    (BaseContainer, "_to_content", staticmethod(_unwrap)),
    (_impl, "_resolve", _resolve),
    (Box, "_re_parent", _adopt),
    (Container, "_invalidate_flags_cache", _forget_flags),
]
