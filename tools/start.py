"""What `make run` does once the environment is there: print the sample's words, then open the page.

Without frozen models it says how to get them, and goes on with the demo models.
"""

import subprocess
import sys
from pathlib import Path

import transcribe_ui
from transcriber.store import ModelStore, missing_message

PROJECT = Path(__file__).resolve().parent.parent


def main() -> None:
    models_dir = PROJECT / "local_models"
    missing = ModelStore(models_dir).missing()
    if missing:
        print(f"{missing_message(missing)}\n\nUntil then: the demo models, which know twenty words.\n", flush=True)
        models_dir = PROJECT / "demo_models"
    print("The sample recording says:", flush=True)
    # A process of its own: the command line takes the network away from itself for good, and the page needs a socket.
    command = [
        sys.executable,
        "-m",
        "transcriber",
        "transcribe",
        str(PROJECT / "examples" / "sample.flac"),
        "--models-dir",
        str(models_dir),
        "--model",
        ModelStore(models_dir).chosen()[0],
    ]
    subprocess.run(command, cwd=PROJECT, check=True)
    transcribe_ui.main(["--models-dir", str(models_dir), *sys.argv[1:]])


if __name__ == "__main__":
    main()
