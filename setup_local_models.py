"""Download the models once and freeze them into local_models/.

    python setup_local_models.py [parakeet] [canary] [whisper]

This is the only program here that uses the network.
"""

import argparse
import sys
from pathlib import Path

from transcriber import catalog
from transcriber.errors import TranscriberError
from transcriber.store import ModelStore

MODELS_DIR = Path(__file__).resolve().parent / "local_models"


def main(argv: list[str] | None = None) -> int:
    """Exit status: 0 all set up, 1 one or more failed (the others are set up), 2 wrong usage."""
    parser = argparse.ArgumentParser(description="Download models once and freeze them into local files.")
    parser.add_argument(
        "models", nargs="*", metavar="MODEL", help=f"{', '.join(catalog.MODELS)}; all of them if none is named"
    )
    parser.add_argument("--models-dir", type=Path, default=MODELS_DIR, metavar="DIR", help="default: local_models")
    parser.add_argument("--hf-token", metavar="TOKEN", help="only for models whose publisher asks for one")
    args = parser.parse_args(argv)
    unknown = [name for name in args.models if name not in catalog.MODELS]
    if unknown:
        parser.error(f"there is no model {', '.join(unknown)}; choose from {', '.join(catalog.MODELS)}")
    names = list(dict.fromkeys(args.models)) or list(catalog.MODELS)
    store = ModelStore(args.models_dir)
    store.choose(names)
    return max(set_up(name, store, args.hf_token) for name in names)


def set_up(name: str, store: ModelStore, token: str | None) -> int:
    """Set one model up and say how it went; 0 or 1."""
    from transcriber.freeze import PublishedSource, freeze

    spec = catalog.find(name)
    print(f"{name}: {spec.title}, {spec.download_gb} GB, from {spec.page}", flush=True)
    try:
        manifest = freeze(spec, PublishedSource(token), store)
    except TranscriberError as error:
        print(f"error: {name}: {error}", file=sys.stderr, flush=True)
        return 1
    print(f"{name}: frozen in {store.path(name)} ({manifest.size / 1e9:.2f} GB)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
