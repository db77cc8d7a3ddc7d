# make run    the program: environment, a model, a sample recording's words, then the page
# make test   the environment and the test suite
PYTHON ?= python3
BIN = .venv/bin

.PHONY: run venv test-venv test test-slow test-gpu test-soak check clean

run: venv
	$(BIN)/python -m tools.start

venv: .venv/installed

.venv/installed: requirements.txt requirements-canary-qwen.txt requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-canary-qwen.txt -c requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

test-venv: .venv/installed-test

.venv/installed-test: .venv/installed requirements-test.txt requirements-faster-whisper.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt -c requirements.lock
	touch $@

# Two tests at a time, each on one core: libraries that take both would wait for each other.
test: export OMP_NUM_THREADS = 1
test: test-venv
	$(BIN)/python -m tools.real_weights
	$(BIN)/python -m tools.isolated $(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder --ignore tests/page
	$(BIN)/python -m tools.isolated $(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder tests/page

test-slow test-gpu test-soak: test-%: test-venv
	$(BIN)/python -m tools.real_weights
	$(BIN)/python -m pytest -q -m $*

check: test-venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf .venv
