"""Where things are."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
DEMO_MODELS = PROJECT / "demo_models"
SHARED_DATA = PROJECT.parent / "shared" / "data"
FAKE_SETUP = PROJECT / "tests" / "support" / "fake_setup.py"
SAMPLE = PROJECT / "tests" / "data" / "twenty_words.flac"
RATE = 16_000
