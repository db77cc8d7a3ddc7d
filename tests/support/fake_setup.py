"""A set-up program that asks no network: it speaks as setup_process.py wants it, and hands out the demo models.

    python fake_setup.py NAME --models-dir DIR --json

canary-1b-v2 cannot be downloaded, canary-1b-flash ends without a word, and a large Whisper halts at 30 %
until it is ended, as a stalled download does. What was downloaded is kept, and the next start goes on from there.
"""

import argparse
import json
import os
import shutil
import sys
import time
from pathlib import Path

DEMO_MODELS = Path(__file__).resolve().parent.parent.parent / "demo_models"
STEPS, STEP_SECONDS, STEP_BYTES = 20, 0.05, 1_000_000


def say(name: str, **fields: object) -> None:
    print(json.dumps({"model": name, **fields}), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--models-dir", type=Path)
    parser.add_argument("--json", action="store_true", required=True)
    args = parser.parse_args()
    print(f"{args.name}: hub offline: {os.environ.get('HF_HUB_OFFLINE')}", file=sys.stderr, flush=True)
    say(args.name, stage="waiting", done=None, total=None)
    print("a library's banner", flush=True)
    if args.name == "canary-1b-flash":
        return 3
    if args.name == "canary-1b-v2":
        say(args.name, result="failed", message="Canary 1B v2 could not be downloaded; check the connection.")
        return 1
    download(args.name, args.models_dir)
    say(args.name, stage="freezing", done=None, total=None)
    say(args.name, stage="proving", done=None, total=None)
    put(args.name, args.models_dir)
    say(args.name, result="frozen", message=f"{args.name} is set up.")
    return 0


def download(name: str, folder: Path) -> None:
    part = folder / f".{name}.part"
    begun = int(part.read_text()) if part.exists() else 0
    for step in range(begun, STEPS + 1):
        part.with_suffix(".new").write_text(str(step))
        part.with_suffix(".new").replace(part)
        say(name, stage="downloading", done=step * STEP_BYTES, total=STEPS * STEP_BYTES)
        time.sleep(3600 if name.startswith("whisper-large") and step == 6 and not begun else STEP_SECONDS)
    part.unlink()


def put(name: str, folder: Path) -> None:
    demo, suffix = ("whisper", ".pt") if name.startswith("whisper") else ("parakeet", ".nemo")
    shutil.copy(DEMO_MODELS / f"{demo}{suffix}", folder / f"{name}{suffix}")
    manifest = json.loads((DEMO_MODELS / f"{demo}.json").read_text(encoding="utf-8"))
    manifest |= {"title": f"{name}, as good as real", "demo": False}
    (folder / f"{name}.json").write_text(json.dumps(manifest), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
