"""The table of models: pinned, complete, and in agreement with what the libraries themselves know."""

import re

import pytest
import whisper
from whisper.tokenizer import LANGUAGES

from transcriber.engines import families
from transcriber.errors import UnknownModelError
from transcriber.models import catalog
from transcriber.models.catalog import MODELS, ROWS, WHISPER, ModelSpec


@pytest.mark.parametrize("spec", ROWS, ids=lambda spec: spec.name)
def test_a_row_is_pinned_and_complete(spec: ModelSpec) -> None:
    if spec.repository == "silero-vad":  # comes with its package
        assert (spec.file, spec.files) == ("", ())
        return
    length = 64 if spec.repository == WHISPER else 40
    assert re.fullmatch(rf"[0-9a-f]{{{length}}}", spec.revision)
    assert spec.files
    for file in spec.files:
        assert re.fullmatch(r"[0-9a-f]{64}", file.sha256 or "")
        assert not file.repository or re.fullmatch(r"[0-9a-f]{40}", file.revision)
    assert spec.licence
    assert spec.needed_gb > 0
    assert bool(spec.wer) == bool(spec.rtfx) == bool(spec.source)
    assert spec.category != "Transcription" or spec.engine


def test_names_files_and_aliases_are_unique() -> None:
    names = [name for spec in ROWS for name in (spec.name, *spec.aliases)]
    assert len(names) == len(set(names))
    files = [spec.file for spec in ROWS if spec.file]
    assert len(files) == len(set(files))
    assert catalog.defaults() == ["parakeet", "canary", "whisper", "speakers"]


def test_every_official_whisper_checkpoint_is_there() -> None:
    for name, address in whisper._MODELS.items():
        spec = catalog.find(name)
        checksum, file = address.split("/")[-2:]
        assert (spec.revision, spec.files[0].sha256, spec.files[0].name) == (checksum, checksum, file)


def test_whispers_languages() -> None:
    assert MODELS["whisper-large-v3"].languages == tuple(LANGUAGES)
    assert MODELS["whisper-tiny"].languages == tuple(LANGUAGES)[:99]
    assert MODELS["whisper-tiny.en"].languages == ("en",)


def test_every_engine_is_one_that_exists() -> None:
    assert {spec.engine for spec in catalog.transcribing()} <= set(families.types())
    assert {spec.engine for spec in catalog.diarizing()} <= set(families.diarizer_types())
    assert not {spec.engine for spec in ROWS} - {"", *families.types(), *families.diarizer_types()}


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UnknownModelError, match="parakeet, parakeet-v3"):
        catalog.find("parrot")


def test_languages_for_people() -> None:
    assert MODELS["parakeet"].language_summary == "English"
    assert MODELS["parakeet-v3"].language_summary == "25 languages"
    assert MODELS["silero-vad"].language_summary == "any language"
