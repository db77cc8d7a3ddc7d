"""Open the transcription page in a browser: python transcribe_ui.py

Everything runs on this computer, from the frozen models in local_models/.
"""

import argparse
import sys
from pathlib import Path

from transcriber.engines.loading import load_model, models_cache
from transcriber.models.store import ModelStore
from transcriber.readable import let_console_show_all

__all__ = ["load_model", "main", "models_cache", "validate_local_models"]

PROJECT = Path(__file__).resolve().parent
MODELS_DIR = PROJECT / "local_models"


def validate_local_models(models_dir: Path | str = MODELS_DIR) -> None:
    """Print what is missing or damaged, and exit with status 1, unless every required model can be loaded.

    Required are parakeet.nemo, canary.nemo and whisper.pt, or those that the set-up recorded as chosen.
    """
    from transcriber.jobs.validation import complaint

    if why := complaint(ModelStore(Path(models_dir))):
        print(why, file=sys.stderr)
        sys.exit(1)


def main(argv: list[str] | None = None) -> None:
    """Check the models, then serve the page until the program is ended."""
    let_console_show_all()
    args = parser().parse_args(argv)
    validate_local_models(args.models_dir)
    open_page(args)


def parser() -> argparse.ArgumentParser:
    from transcriber.server import serving

    found = argparse.ArgumentParser(description="Transcribe recordings on this computer, in a page in your browser.")
    serving.add_arguments(found, MODELS_DIR)
    found.add_argument("--no-browser", action="store_true", help="do not open a browser tab")
    return found


def open_page(args: argparse.Namespace) -> None:
    """Serve the page with the models that are there, whichever they are."""
    from transcriber.server import serving
    from transcriber.system.offline import keep_quiet

    keep_quiet()
    from transcriber.ui.launch import launch

    launch(serving.serving_of(args))


if __name__ == "__main__":
    main()
