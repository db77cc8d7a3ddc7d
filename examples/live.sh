#!/bin/sh
# What is said, while it is: arecord -q -t raw -f S16_LE -r 16000 | sh examples/live.sh FOLDER [MODELS_DIR]
# The words go to the terminal and, as JSON lines, to FOLDER/words.jsonl; the sound is kept as FOLDER/sound.wav.
set -eu
transcriber live - --models-dir "${2:-local_models}" --json --save "$1/sound.wav" | tee "$1/words.jsonl"
