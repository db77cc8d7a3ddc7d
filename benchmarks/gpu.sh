#!/usr/bin/env bash
# The figures of a graphics card, as one command: bash benchmarks/gpu.sh [--device cpu --small]
# Uses .venv where `make venv` made it, else the Python that is there, with wheels from benchmarks/wheels if there are any.
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
if [ ! -x "$python" ]; then
    python=${PYTHON:-python3}
    if [ -d benchmarks/wheels ]; then
        "$python" -m pip install --quiet --no-index --no-deps benchmarks/wheels/*.whl
    fi
fi
exec "$python" -m benchmarks.card "$@"
