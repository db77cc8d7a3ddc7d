"""A model's configuration: what it may name, checked before NeMo sees it.

NeMo builds whatever `target` and `_target_` name, resolves what `${…}` asks for, and opens the files that it is told.
An honest archive, as save_to() writes it, names NeMo's own classes, files of the archive (`nemo:…`), and nothing else.
"""

import json
import os
import re
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

import yaml

from transcriber.frozen.members import damaged, refused

ALLOWED_CLASSES = re.compile(
    r"nemo\.collections\.asr\.(modules|losses|metrics|models|parts\.(submodules|preprocessing|numba))\.(\w+\.)*[A-Z]\w*"
    r"|nemo\.collections\.asr\.modules\.transformer\.get_nemo_transformer"
    r"|nemo\.collections\.common\.(losses|tokenizers|metrics|parts)\.(\w+\.)*[A-Z]\w*"
    r"|nemo\.collections\.speechlm2\.modules\.(\w+\.)*[A-Z]\w*"
    r"|(nemo\.core|torch)\.optim\.(\w+\.)*[A-Z]\w*"
)
"""What a configuration may have built: the classes of which NeMo's speech models consist, and no other functions."""
DATASETS = {"train_ds", "validation_ds", "test_ds"}
"""Never opened by a restored model; they keep the publisher's own paths."""
ARTIFACTS = {"model_path", "vocab_path", "spe_tokenizer_vocab"}
MAX_DEPTH = 64
INTERPOLATION = re.compile(r"\$\{\.*[\w.\[\]-]*\}")
NULL_SPELLINGS = {"", "~", "null", "Null", "NULL"}
PLAIN_TAGS = {
    None,
    "!",
    *(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "seq", "map")),
}


def read_yaml(content: bytes, path: Path) -> dict[str, Any]:
    """A configuration with all its values as text, or None; made from events, so that nothing in it can grow or run.

    Raises ModelRefusedError for aliases (a few lines may stand for billions), tags, keys given twice, and depths that
    no configuration has; ModelCorruptError where it is no YAML.
    """
    try:
        fields = _composed(yaml.parse(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)), path)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise damaged(path, "its configuration cannot be read") from error
    if not isinstance(fields, dict):
        raise refused(path, "its configuration is not one")
    return fields


def _composed(events: Iterator[Any], path: Path) -> Any:
    """The document's value. Open containers are on a stack, each with the key that waits for its value."""
    root: list[Any] = []
    stack: list[tuple[Any, list[str]]] = [(root, [])]
    for event in events:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "tag", None) not in PLAIN_TAGS:
            raise refused(path, "its configuration uses aliases or tags")
        if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            stack.pop()
        elif isinstance(event, yaml.ScalarEvent):
            is_null = event.implicit[0] and event.value in NULL_SPELLINGS  # not in quotes
            _add(*stack[-1], None if is_null else event.value, path)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            container: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
            _add(*stack[-1], container, path)
            stack.append((container, []))
            if len(stack) > MAX_DEPTH:
                raise refused(path, "its configuration is deeper than any")
    if len(root) != 1:
        raise refused(path, "its configuration is not one")
    return root[0]


def _add(container: Any, keys: list[str], value: Any, path: Path) -> None:
    """The next item of a list; or of a mapping the next key, or the value of the key that waits in `keys`."""
    if isinstance(container, list):
        container.append(value)
    elif keys:
        container[keys.pop()] = value
    elif not isinstance(value, str) or value in container or value == "<<":
        raise refused(path, f"its configuration has a key ({value}) twice, or one that is no name")
    else:
        container[value] = None
        keys.append(value)


def read_json(content: bytes, path: Path) -> dict[str, Any]:
    """The same for JSON. Raises ModelCorruptError where it is none."""
    try:
        fields = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise damaged(path, "its configuration cannot be read") from error
    if not isinstance(fields, dict):
        raise refused(path, "its configuration is not one")
    return fields


def check(fields: dict[str, Any], members: Container[str], path: Path) -> None:
    """Refuse a configuration that names code, environment or files that a model does not need.

    `members`: the names of the files in its archive. Raises ModelRefusedError.
    """
    for keys, value, siblings in _texts(fields):
        key = keys[-1]
        if key in ("target", "_target_", "cls") and not ALLOWED_CLASSES.fullmatch(value):
            raise refused(path, f"its configuration would build {value}, which no model needs")
        if "${" in INTERPOLATION.sub("", value):
            raise refused(path, f"its configuration asks for {value}, which is not in it")
        if value.startswith("nemo:") and value[5:] not in members:
            raise refused(path, f"its configuration names {value[5:]}, which it does not hold")
        if key in ARTIFACTS and value and not value.startswith("nemo:"):
            raise refused(path, f"its configuration names the file {value} outside of it")
        if key == "dir" and _is_read(siblings):
            raise refused(path, f"its configuration names the folder {value} outside of it")
        if key not in ("", "dir") and not DATASETS.intersection(keys) and _is_here(key, value):
            raise refused(path, f"its configuration names the file {value} of this computer")


def _is_read(tokenizer: dict[str, Any]) -> bool:
    """Whether NeMo looks into a tokenizer's `dir`: when the tokenizer's own files are not in the archive."""
    needed = {"bpe": ("model_path", "vocab_path"), "wpe": ("vocab_path",)}.get(str(tokenizer.get("type")).lower(), ())
    return any(not tokenizer.get(name) for name in needed)


def _is_here(key: str, value: str) -> bool:
    """Whether a value is the name of a file of this computer, and not a mere word that is also one."""
    return ("/" in value or os.sep in value or key.endswith(("path", "file", "model"))) and os.path.isfile(value)


def _texts(fields: Any) -> Iterator[tuple[tuple[str, ...], str, dict[str, Any]]]:
    """Every text with the keys that lead to it (of what is in a list the last is "") and the mapping it is in."""
    todo: list[tuple[tuple[str, ...], Any, dict[str, Any]]] = [(("",), fields, {})]
    while todo:
        keys, value, siblings = todo.pop()
        if isinstance(value, str):
            yield keys, value, siblings
        elif isinstance(value, dict):
            todo += [((*keys, name), inner, value) for name, inner in value.items()]
        elif isinstance(value, list):
            inside = (*keys, "")
            todo += [(inside, inner, siblings) for inner in value]
