# Which models are there: .\check-models.ps1 [--whisper-models base large-v3]   (offline)
$python = Join-Path $PSScriptRoot ".venv\Scripts\python.exe"
if (-not (Test-Path $python)) { $python = "python" }
& $python (Join-Path $PSScriptRoot "setup_local_models.py") --check @args
exit $LASTEXITCODE
