"""Packages that are imported when they are used."""

from pathlib import Path

import pytest

from tests.support.programs import run_program

HEAVY = "import sys\nsys.stdout.write('loaded ')\nclass Thing:\n    value = 3\nclass Other:\n    pass\n"
USER = """\
import heavy_thing.part
from heavy_thing import part as again
from heavy_thing.part import Thing, Other
import heavy_thing
def value(): return Thing().value
def by_module(): return heavy_thing.part.Thing.value
def make():
    class Child(Thing): pass
    return Child
"""


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    (tmp_path / "heavy_thing").mkdir()
    (tmp_path / "heavy_thing" / "__init__.py").touch()
    (tmp_path / "heavy_thing" / "part.py").write_text(HEAVY, encoding="utf-8")
    (tmp_path / "user_of_it.py").write_text(USER, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        ("", "late "),
        ("print(user_of_it.value())", "late loaded 3"),
        ("print(user_of_it.by_module())", "late loaded 3"),
        ("print(user_of_it.make().value, user_of_it.make().__mro__[1].__name__)", "late loaded 3 Thing"),
        ("print(isinstance(1, user_of_it.Thing))", "late loaded False"),
        ("print(issubclass(int, user_of_it.Thing))", "late loaded False"),
        ("print(user_of_it.Thing.value)", "late loaded 3"),
        ("print(1 if isinstance(user_of_it.Thing(), user_of_it.Thing | None) else 0)", "late loaded 1"),
        ("from heavy_thing.part import Thing; print(type(Thing).__name__)", "late loaded type"),
        ("import heavy_thing.part; print(heavy_thing.__file__ is None)", "late loaded False"),
    ],
)
def test_it_is_there_when_it_is_used(packages: Path, use: str, expected: str) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(packages)!r})\n"
        "from transcriber.patches.late_import import late\n"
        "with late('heavy_thing', 'not_there_at_all'):\n    import user_of_it\n"
        "    try: import not_there_at_all\n    except ImportError: sys.stdout.write('late ')\n"
        "assert not any(name.startswith('heavy_thing') for name in sys.modules), sys.modules\n"
        f"assert all(type(finder).__name__ != '_Finder' for finder in sys.meta_path)\n{use}\n"
    )
    done = run_program("-c", program)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == expected.strip()


def test_what_is_derived_from_it_meanwhile_gets_the_real_one(packages: Path) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(packages)!r})\n"
        "from transcriber.patches.late_import import late\n"
        "with late('heavy_thing'):\n    import user_of_it\n    child = user_of_it.make()\n"
        "    from heavy_thing.part import Thing\n"
        "print(issubclass(child, Thing), user_of_it.value())\n"
    )
    assert run_program("-c", program).stdout.strip() == "loaded True 3"


def test_nemo_is_imported_without_what_hearing_does_not_use(tmp_path: Path) -> None:
    """And what it decorated, and left out, works all the same."""
    program = (
        "import sys, torch\ncompiled = torch.compile, torch.compiler.disable\n"
        "from transcriber.engines.nemo.checkpoint import restore\n"
        "from transcriber.patches.nemo_import import UNUSED\nfrom pathlib import Path\n"
        "model = restore(Path('demo_models/canary.nemo'), 'cpu')\n"
        "print(sorted(name for name in UNUSED if name in sys.modules))\n"
        "assert (torch.compile, torch.compiler.disable) == compiled\n"
        "from nemo.collections.common.tokenizers.huggingface import auto_tokenizer\n"
        "import transformers, pandas, scipy.signal\n"
        "print(auto_tokenizer.AUTOTOKENIZER.from_pretrained == transformers.AutoTokenizer.from_pretrained)\n"
        "print(torch._dynamo.is_compiling(), scipy.signal.hann if hasattr(scipy.signal, 'hann') else 'real')\n"
    )
    done = run_program("-c", program, timeout=200)
    assert done.stdout.splitlines() == ["[]", "True", "False real"], done.stderr[-2000:]
