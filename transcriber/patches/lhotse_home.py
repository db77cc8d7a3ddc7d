"""lhotse, which NeMo imports, without what its import does to the user's home.

lhotse.tools.env makes ~/.lhotse/tools, puts folders in it on PATH, and adds Homebrew's libraries to the search path.
Gain: nothing is made in the home, and no program is found there that this one did not bring.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from transcriber.patches.versions import is_tested

LIBRARY, TESTED = "lhotse", ("1.33.0",)
MODULE = "lhotse.tools.env"


@contextmanager
def home_left_alone() -> Iterator[None]:
    """lhotse is imported inside; afterwards the module is imported as always."""
    stand_in = ModuleType(MODULE)
    vars(stand_in).update(add_tools_to_path=lambda: None, add_macos_homebrew_lib_paths=lambda: None)
    if is_tested(LIBRARY, TESTED):
        sys.modules.setdefault(MODULE, stand_in)
    try:
        yield
    finally:
        if sys.modules.get(MODULE) is stand_in:
            del sys.modules[MODULE]
