"""numba, told before its import where it may keep what it compiles."""

from transcriber.system import cache_folder

cache_folder.prepare()

import numba  # noqa: E402

__all__ = ["numba"]
