#!/bin/sh
# The command line: sh examples/command_line.sh FOLDER [MODELS_DIR]
# Subtitles and a Word document of every recording in FOLDER, in FOLDER/results; what is there already is kept.
set -eu
models=${2:-local_models}
transcriber models --models-dir "$models"
transcriber transcribe "$1" --models-dir "$models" --format srt,docx --output-dir "$1/results"
# For a program: one JSON object a line says what happens.
transcriber transcribe "$1" --models-dir "$models" --format json --output-dir "$1/results" --json
