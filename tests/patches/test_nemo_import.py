"""NeMo, imported and restored with patches and without: the same model, and the same words."""

import json

from tests.support.programs import run_program

PROGRAM = """\
import hashlib, json, sys
from pathlib import Path
from transcriber.patches import nemo_import, nemo_tokenizer, omegaconf_lists
if not {is_patched}:
    nemo_import.TESTED = nemo_tokenizer.TESTED = omegaconf_lists.TESTED = ("another version",)
from tests.support.places import DEMO_MODELS, PROJECT
from transcriber.engines.loading import load_engine
from transcriber.options import TranscribeOptions
import soundfile
samples, _ = soundfile.read(PROJECT / "examples" / "sample.flac", dtype="float32")
found = []
for name in ("parakeet", "canary"):
    options = TranscribeOptions(name, "cpu", compute_type="float32", language="en")
    engine = load_engine(options, DEMO_MODELS)
    (hypothesis,) = engine.transcribe([samples[: 16_000 * 10]], options)
    weights = hashlib.sha256(b"".join(weight.numpy().tobytes() for weight in engine.model.state_dict().values()))
    words = [(word.text, word.start, word.end, word.confidence) for word in hypothesis.words]
    found.append([weights.hexdigest(), words, repr(engine.model.cfg)])
print(json.dumps([len(set(nemo_import.UNUSED) & set(sys.modules)), found]))
"""


def test_the_same_models_and_words() -> None:
    made = [run_program("-c", PROGRAM.format(is_patched=patched), timeout=250) for patched in (True, False)]
    (loaded, patched), (plainly_loaded, plain) = (json.loads(done.stdout.splitlines()[-1]) for done in made)
    assert (loaded, plainly_loaded > 5) == (0, True)
    assert patched == plain
    assert all(words for _, words, _ in patched)
    assert "nemo_toolkit" in made[1].stderr and "tested" not in made[0].stderr
