"""Put a trained model into demo_models/ with its manifest.

python -m tools.demo_training.publish parakeet TRAINED.nemo
"""

import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from transcriber.models import manifest
from transcriber.models.manifest import Manifest
from transcriber.models.store import ModelStore

TITLES = {
    "parakeet": "Demo Parakeet: FastConformer with TDT, 20 words",
    "canary": "Demo Canary: FastConformer with a Transformer decoder, 20 words",
    "whisper": "Demo Whisper: 20 words",
}
LONGEST = {"canary": 12.0, "whisper": 15.0}
"""Seconds: they were trained on up to twenty words, and lose their way in more."""


def main() -> None:
    name, trained = sys.argv[1], Path(sys.argv[2])
    store = ModelStore(Path("demo_models"))
    digest = manifest.sha256(trained)
    shutil.copy(trained, store.find(name).path)
    made = Manifest(
        title=TITLES[name],
        repository="demo_models/README.md",
        revision=digest[:40],
        sha256=digest,
        size=trained.stat().st_size,
        licence="CC BY-SA 4.0",
        frozen_at=datetime.now(UTC).isoformat(timespec="seconds"),
        versions=manifest.library_versions(),
        demo=True,
        longest=LONGEST.get(name),
    )
    manifest.write(store.find(name).manifest_path, made)


if __name__ == "__main__":
    main()
