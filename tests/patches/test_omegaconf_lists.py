"""What OmegaConf makes inside quick_lists() is what it makes outside."""

import copy
import gc
import pickle
import threading
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from transcriber.patches.omegaconf_lists import load_yaml, quick_lists

WORDS = [f"▁word{number}" for number in range(200)]
LISTS: list[Any] = [
    *(WORDS, tuple(WORDS), WORDS[:5], [*WORDS, 1], [*WORDS, "${a}"], [*WORDS, "???"], [*WORDS, None]),
    *([*WORDS, ["x"]], [*WORDS, "$", "{x}"], [*WORDS, ""], []),
]


def everything_about(values: Any) -> list[Any]:
    """What can be asked of a list in a configuration, of its copies, and after changes."""
    config = OmegaConf.create({"a": "A", "b": {"list": values, "other": 1}})
    config.b.again = config.b.list
    copied = copy.deepcopy(config)
    copied.b.list.append("more")
    is_complete = "???" not in values
    answers = [
        *(
            OmegaConf.to_container(config, resolve=is_complete),
            OmegaConf.to_container(copied),
            OmegaConf.to_yaml(copied),
        ),
        *(config == copied, "▁word7" in config.b.list, OmegaConf.merge(config, {"b": {"list": ["z"]}})),
    ]
    pickled = pickle.dumps(config)
    assert b"transcriber" not in pickled
    answers += [pickle.loads(pickled), copy.copy(config.b.list), str(config.b.list)]
    if len(values) > 3:
        changed = copy.deepcopy(config).b.list
        changed.insert(1, "inserted")
        del changed[2]
        answers += [changed.pop(0), list(changed._iter_ex(resolve=False)), changed._get_node(2)._metadata]
        copied.b.again[0] = "first"
        node = config.b.again._get_node(3)
        answers += [config.b.list[3], copied.b.again[0], node._metadata, node._get_full_key(None), config.b.again[:3]]
    if is_complete:
        answers += [list(config.b.list), config.b.list + config.b.again]
        OmegaConf.resolve(config)
        answers.append(OmegaConf.to_container(config))
    OmegaConf.set_readonly(config, True)
    answers.append(OmegaConf.is_readonly(config.b.list))
    return answers


@pytest.mark.parametrize("values", LISTS)
def test_lists_are_equal(values: Any) -> None:
    expected = everything_about(values)
    with quick_lists():
        assert everything_about(values) == expected
    assert everything_about(values) == expected


def test_everything_is_put_back() -> None:
    with pytest.raises(KeyError), quick_lists():
        assert not gc.isenabled()
        raise KeyError
    assert gc.isenabled()


def test_one_thread_at_a_time() -> None:
    inside: list[int] = []

    def enter(number: int) -> None:
        with quick_lists():
            inside.append(number)
            assert not gc.isenabled()
            assert OmegaConf.create(WORDS) == WORDS
            assert inside.pop() == number

    threads = [threading.Thread(target=enter, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert gc.isenabled()


def test_yaml_is_read_as_omegaconf_does(tmp_path: Path) -> None:
    text = (
        "a: 1e-5\nb: 1.0e-05\nc: 2020-01-01\nd: yes\ne: 012\nf: 1_000\ng: .inf\nh: '5'\ni: null\nj: [1, 2.5, a]\n"
        "k: {x: ~, y: 0x1F}\nl: ${a}\nm: '???'\nn: \"\\u2581the\"\no: 1:30\np: 3.\nq: off\nr: .5\ns: 1.5e3\n"
    )
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    assert load_yaml(text.encode()) == OmegaConf.load(tmp_path / "a.yaml")
