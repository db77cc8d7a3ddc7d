"""numba, told before its import where it may keep what it compiles.

By the variable that it documents for this, NUMBA_CACHE_DIR, in every version: nothing of numba is replaced.
"""

from transcriber.system import cache_folder

cache_folder.prepare()

import numba  # noqa: E402

__all__ = ["numba"]
