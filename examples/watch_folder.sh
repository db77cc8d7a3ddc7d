#!/bin/sh
# A folder in which recordings appear: sh examples/watch_folder.sh FOLDER [MODELS_DIR]
# Each becomes a text in FOLDER/texts once it has stopped growing. Without --once it goes on until Ctrl-C.
set -eu
transcriber watch "$1" --models-dir "${2:-local_models}" --output-dir "$1/texts" --settling 1 --once
