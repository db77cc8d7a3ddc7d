"""Libraries are told to be silent before they can be imported, and the document lists how."""

import json
import re

from tests.support.places import PROJECT
from tests.support.programs import run_program
from transcriber.system.offline import QUIET
from transcriber.system.telemetry import SILENT


def test_importing_the_package_silences_whatever_was_set() -> None:
    code = f"import transcriber, os, json; print(json.dumps({{name: os.environ[name] for name in {list(SILENT)}}}))"
    result = run_program("-c", code, ORT_DISABLE_TELEMETRY="0", GRADIO_ANALYTICS_ENABLED="True", OTEL_SDK_DISABLED="")
    assert json.loads(result.stdout) == SILENT


def test_hearing_imports_no_library_that_reports() -> None:
    code = (
        "import sys; from transcriber.engines.nemo import checkpoint; checkpoint.import_nemo(); "
        "import numpy; from transcriber.pipeline import vad; vad.speech_probs(numpy.ones(512, numpy.float32)); "
        "print(*{'onnxruntime', 'wandb', 'sentry_sdk', 'transformers', 'gradio'} & set(sys.modules))"
    )
    result = run_program("-c", code)
    assert result.stdout.split() == [], result.stderr


def test_the_document_names_every_switch_and_no_other() -> None:
    text = (PROJECT / "docs" / "silent.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([A-Z][A-Z_]{4,})`", text))
    assert named == {*QUIET, "NUMBA_CACHE_DIR"}
