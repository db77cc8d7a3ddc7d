#!/usr/bin/env bash
# Which models are there: ./check-models.sh [--whisper-models base large-v3]   (offline)
cd "$(dirname "$0")" || exit 1
python=.venv/bin/python
[ -x "$python" ] || python=python3
exec "$python" setup_local_models.py --check "$@"
