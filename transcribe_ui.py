"""Open the transcription page in a browser: python transcribe_ui.py

Everything runs on this computer, from the frozen models in local_models/.
"""

import argparse
import sys
from pathlib import Path

from transcriber.engines import load_model, models_cache
from transcriber.errors import ModelError
from transcriber.options import DEVICES
from transcriber.store import ModelStore, missing_message

__all__ = ["load_model", "main", "models_cache", "validate_local_models"]

PROJECT = Path(__file__).resolve().parent
MODELS_DIR = PROJECT / "local_models"


def validate_local_models(models_dir: Path | str = MODELS_DIR) -> None:
    """Print what is missing or damaged, and exit with status 1, unless every required model can be loaded.

    Required are parakeet.nemo, canary.nemo and whisper.pt, or those that the set-up recorded as chosen.
    """
    from transcriber.frozen.archive import kind_of

    store = ModelStore(Path(models_dir))
    missing = store.missing()
    if missing:
        print(missing_message(missing), file=sys.stderr)
        sys.exit(1)
    try:
        for name in store.chosen():
            kind_of(store.path(name))
    except ModelError as error:
        print(f"❌ {error}", file=sys.stderr)
        sys.exit(1)


def main(argv: list[str] | None = None) -> None:
    """Check the models, then serve the page until the program is ended."""
    import platformdirs

    from transcriber.offline import keep_quiet

    parser = argparse.ArgumentParser(description="Transcribe recordings on this computer, in a page in your browser.")
    parser.add_argument("--models-dir", type=Path, default=MODELS_DIR, metavar="DIR", help="default: local_models")
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=Path(platformdirs.user_data_dir("transcriber", appauthor=False)),
        metavar="DIR",
        help="where recordings are kept; default: %(default)s",
    )
    parser.add_argument("--port", type=int, help="default: 7860 or the next free one; 0: any free one")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser tab")
    parser.add_argument("--device", default="auto", choices=DEVICES)
    parser.add_argument(
        "--unload-after",
        type=float,
        metavar="MINUTES",
        help="let the models go when nothing was transcribed for so long; by default they stay in memory",
    )
    args = parser.parse_args(argv)
    validate_local_models(args.models_dir)
    keep_quiet()
    from transcriber.ui.launch import launch

    unload_after = None if args.unload_after is None else 60 * args.unload_after
    launch(args.models_dir, args.data_dir, args.port, args.device, not args.no_browser, unload_after)


if __name__ == "__main__":
    main()
