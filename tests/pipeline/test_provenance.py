"""Where a transcript came from, written down beside it."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from transcriber import __version__
from transcriber.errors import AudioNotFoundError
from transcriber.pipeline.provenance import record, sidecar, source_of, versions
from transcriber.transcript import Source, Transcript


def test_a_recording_is_known_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "Größe 1.wav"
    path.write_bytes(b"sound" * 100_000)
    assert source_of(path) == Source("Größe 1.wav", 500_000, hashlib.sha256(b"sound" * 100_000).hexdigest())


def test_a_recording_that_is_gone_is_said(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.wav", tmp_path):
        with pytest.raises(AudioNotFoundError, match="cannot be read"):
            source_of(path)


def test_the_versions_that_matter() -> None:
    assert versions()["transcriber"] == __version__
    assert {"torch", "nemo_toolkit", "openai-whisper"} <= set(versions())


def test_a_sidecar_has_everything_but_the_words(transcript: Transcript) -> None:
    made = replace(transcript, versions={"torch": "2.11.0"}, options={"model": "parakeet"}, model_sha256="cd" * 32)
    fields = json.loads(sidecar(made, "talk.srt", b"1\n"))
    assert fields.pop("result") == {"name": "talk.srt", "sha256": hashlib.sha256(b"1\n").hexdigest()}
    assert fields == json.loads(json.dumps(record(made)))
    assert fields["source"] == {"name": "talk.wav", "size": 128_000_044, "sha256": "ab" * 32}
    assert (fields["revision"], fields["model_sha256"]) == ("abc", "cd" * 32)
    assert (fields["options"], fields["versions"]) == ({"model": "parakeet"}, {"torch": "2.11.0"})
    assert "Hello" not in json.dumps(fields)
