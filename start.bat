@echo off
rem The program: environment, a model, a sample recording's words, then the page.
if not exist .venv\Scripts\python.exe py -3.11 -m venv .venv || exit /b 1
.venv\Scripts\python -m pip install --quiet -r requirements-canary-qwen.txt -c requirements.lock || exit /b 1
.venv\Scripts\python -m pip install --quiet --no-deps --no-build-isolation --editable . || exit /b 1
.venv\Scripts\python -m tools.start
