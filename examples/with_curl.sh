#!/bin/sh
# Any HTTP client: sh examples/with_curl.sh ADDRESS RECORDING
# ADDRESS is what `transcriber serve` prints, such as http://127.0.0.1:7860/
set -eu
curl -sS --fail-with-body "$1v1/models"
curl -sS --fail-with-body "$1v1/audio/transcriptions" -F model=whisper-1 -F response_format=srt -F "file=@$2"
curl -sS --fail-with-body -N "$1v1/audio/transcriptions" -F model=whisper-1 -F stream=true -F "file=@$2"
