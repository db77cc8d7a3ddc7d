"""Which version of a library is installed, and whether a patch was tested with it."""

import logging
from functools import cache
from importlib.metadata import PackageNotFoundError, version

_log = logging.getLogger(__name__)


@cache
def is_tested(library: str, tested: tuple[str, ...]) -> bool:
    """Whether the installed version of a library is one of those; where it is another, the log says so, once.

    `library`: its name on the package index. A build's own mark, as in "2.11.0+cu128", does not count.
    """
    try:
        installed = version(library)
    except PackageNotFoundError:
        return False
    if installed.partition("+")[0] in tested:
        return True
    _log.warning("%s %s is used unchanged: patches were tested with %s", library, installed, " and ".join(tested))
    return False
