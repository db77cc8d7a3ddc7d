"""Put a trained model into demo_models/ with its manifest.

python -m tools.demo_training.publish parakeet TRAINED.nemo
"""

import hashlib
import shutil
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from transcriber.store import Manifest, ModelStore

TITLES = {
    "parakeet": "Demo Parakeet: FastConformer with TDT, 20 words",
    "canary": "Demo Canary: FastConformer with a Transformer decoder, 20 words",
    "whisper": "Demo Whisper: 20 words",
}


def main() -> None:
    name, trained = sys.argv[1], Path(sys.argv[2])
    store = ModelStore(Path("demo_models"))
    digest = hashlib.sha256(trained.read_bytes()).hexdigest()
    shutil.copy(trained, store.path(name))
    manifest = Manifest(
        title=TITLES[name],
        repository="demo_models/README.md",
        revision=digest[:40],
        sha256=digest,
        size=trained.stat().st_size,
        licence="CC BY-SA 4.0",
        frozen_at=datetime.now(UTC).isoformat(timespec="seconds"),
        versions={package: version(package) for package in ("torch", "nemo_toolkit", "openai-whisper")},
        demo=True,
    )
    store.write_manifest(name, manifest)


if __name__ == "__main__":
    main()
