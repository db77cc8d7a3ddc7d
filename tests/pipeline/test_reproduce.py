"""Transcribing again: with the demo Parakeet, on the sample."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tests.support.edited import edited
from tests.support.places import DEMO_MODELS, SAMPLE
from transcriber import cli
from transcriber.cli import running
from transcriber.exports import render
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions
from transcriber.pipeline import provenance
from transcriber.pipeline.reproduce import differences, drift, options_of
from transcriber.transcript import Segment, Transcript, Word


@pytest.fixture(scope="session")
def made(transcriber) -> Transcript:
    """The sample's transcript, with all that is known of it."""
    options = TranscribeOptions(device="cpu")
    manifest = ModelStore(DEMO_MODELS).find("parakeet").manifest
    assert manifest
    return replace(
        transcriber.transcribe(SAMPLE, options),
        source=provenance.source_of(SAMPLE),
        options=asdict(options),
        model_sha256=manifest.sha256,
        revision=manifest.revision,
        versions=provenance.versions(),
    )


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    shutil.copy(SAMPLE, tmp_path / SAMPLE.name)
    return tmp_path / "transcript.json"


@pytest.fixture(autouse=True)
def in_this_process(transcriber, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The command takes the network away from its process for good; here it must not, and the models stay loaded."""
    monkeypatch.setattr(running, "offline_transcriber", lambda models_dir: transcriber)
    yield


def reproduce(*arguments: Path) -> int:
    return cli.main(["reproduce", *map(str, arguments), "--models-dir", str(DEMO_MODELS)])


def test_the_same_words(made: Transcript, saved: Path, capsys: pytest.CaptureFixture) -> None:
    saved.write_bytes(render(made, "json"))
    assert reproduce(saved) == 0
    captured = capsys.readouterr()
    assert captured.out == "same words (20); their times differ by 0.000 s at most\n"
    assert captured.err == ""


def test_other_words_are_named_with_their_times(made: Transcript, saved: Path, capsys: pytest.CaptureFixture) -> None:
    first, *others = made.segments
    words = list(first.words)
    words[1:2] = [replace(words[1], text="too"), replace(words[1], text="many")]
    saved.write_bytes(render(replace(made, segments=(replace(first, words=tuple(words[:-1])), *others)), "json"))
    assert reproduce(saved) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["00:00:01  “too many” is now “two”", "00:00:04  “five” is new", "2 differences in 20 words"]


def test_what_is_not_as_it_was_is_said(made: Transcript, saved: Path, capsys: pytest.CaptureFixture) -> None:
    assert made.source
    other = replace(
        made,
        source=replace(made.source, sha256="ab" * 32),
        model_sha256="cd" * 32,
        revision="older",
        versions={**made.versions, "torch": "1.0"},
    )
    saved.write_bytes(render(other, "json"))
    assert reproduce(saved) == 0
    notes = capsys.readouterr().err
    assert f"The recording {saved.parent / SAMPLE.name} is another one: its SHA-256 is not abab" in notes
    assert f"its revision is {made.revision}, and was older" in notes
    assert "It was made with torch 1.0, and 2." in notes


def test_it_is_computed_in_what_it_was_then(made: Transcript, saved: Path, capsys: pytest.CaptureFixture) -> None:
    assert options_of(replace(made, compute_type="bfloat16")).compute_type == "bfloat16"
    on_a_card = replace(made, compute_type="float16", device="cuda")
    assert options_of(on_a_card).compute_type == "auto"
    saved.write_bytes(render(on_a_card, "json"))
    assert reproduce(saved) == 0
    assert "It was made on cuda, and is computed on cpu now." in capsys.readouterr().err


@pytest.mark.parametrize(("model", "expected"), [("whisper", 1), ("whisper-base", 1), ("parakeet", None)])
def test_a_transcript_from_before_there_were_beams_was_greedy(
    made: Transcript, model: str, expected: int | None
) -> None:
    asked = {name: value for name, value in made.options.items() if name not in ("beam_size", "model")}
    assert options_of(replace(made, model=model, options={**asked, "model": model})).beam_size == expected
    assert (
        options_of(replace(made, model=model, options={**asked, "model": model, "beam_size": None})).beam_size is None
    )


def test_nothing_is_known_of_an_old_transcript(made: Transcript, saved: Path, capsys: pytest.CaptureFixture) -> None:
    old = replace(made, source=None, options={}, model_sha256=None, versions={})
    saved.write_bytes(render(old, "json"))
    assert reproduce(saved) == 2
    assert "does not say which recording it is of; give its path" in capsys.readouterr().err
    assert reproduce(saved, SAMPLE) == 0
    assert "cannot be compared" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe", "is no transcript of this program"),
        (b"{}", "is no transcript of this program"),
        (None, "cannot be read"),
    ],
)
def test_trouble_has_a_status_of_its_own(
    content: bytes | None, message: str, saved: Path, capsys: pytest.CaptureFixture
) -> None:
    if content is not None:
        saved.write_bytes(content)
    assert reproduce(saved) == 2
    assert message in capsys.readouterr().err


def test_trouble_with_the_recording_and_the_options(
    made: Transcript, saved: Path, capsys: pytest.CaptureFixture
) -> None:
    saved.write_bytes(render(replace(made, options={**made.options, "colour": "blue"}), "json"))
    assert reproduce(saved) == 2
    assert "an option that this version does not know" in capsys.readouterr().err
    saved.write_bytes(render(made, "json"))
    (saved.parent / SAMPLE.name).unlink()
    assert reproduce(saved) == 2
    assert f"the recording {SAMPLE.name} is not beside {saved}; give its path" in capsys.readouterr().err


def test_a_recording_named_elsewhere_is_not_looked_for_there(made: Transcript, saved: Path) -> None:
    """A transcript from somebody else cannot make the program read any other folder."""
    fields = json.loads(render(made, "json"))
    fields["source"]["name"] = f"../../..{SAMPLE}"
    saved.write_text(json.dumps(fields))
    (saved.parent / SAMPLE.name).unlink()
    assert reproduce(saved) == 2


@pytest.mark.parametrize(
    ("written", "beside"),
    [
        (os.fsdecode(b"caf\xe9.flac"), os.fsdecode(b"caf\xe9.flac")),
        ("e\N{COMBINING ACUTE ACCENT}.flac", "\N{LATIN SMALL LETTER E WITH ACUTE}.flac"),
        ("あ" * 120 + ".flac", None),
    ],
)
def test_a_recording_is_found_beside_by_its_name_as_it_is_shown(
    made: Transcript, saved: Path, written: str, beside: str | None
) -> None:
    """A name that no file can have here is of none, and that is no mistake."""
    assert made.source
    saved.write_bytes(render(replace(made, source=replace(made.source, name=written)), "json"))
    if beside:
        (saved.parent / SAMPLE.name).rename(saved.parent / beside)
    assert reproduce(saved) == (0 if beside else 2)


def test_words_that_are_new_or_gone() -> None:
    def of(*texts: str) -> Transcript:
        words = tuple(Word(text, float(place), place + 0.5) for place, text in enumerate(texts))
        return Transcript((Segment(words, 0.0, 10.0),), 10.0, "parakeet", "cpu")

    assert differences(of("a", "b", "c"), of("a", "b", "c")) == []
    assert [str(one) for one in differences(of("a", "b", "c"), of("a", "c", "d"))] == [
        "00:00:01  “b” is missing now",
        "00:00:02  “d” is new",
    ]
    assert drift(of("a"), of("a")) == 0.0


def test_words_that_are_joined_in_another_way_differ() -> None:
    """A blank that is another is shown between the words that it parts."""

    def of(*texts: str) -> Transcript:
        words = tuple(
            Word(text.strip(), float(place), place + 0.5, space_before=text[0] == " ")
            for place, text in enumerate(texts)
        )
        return Transcript((Segment(words, 0.0, 10.0),), 10.0, "whisper", "cpu")

    assert differences(of(" 我", "在", " 那"), of("我", "在", " 那")) == []
    assert [str(one) for one in differences(of("我", "在", "那"), of("我", " 在", "那"))] == [
        "00:00:00  “我在” is now “我 在”"
    ]
    old, new = of(" the", " state", " -of", " -art", " is"), of(" the", " state-of-art", " is")
    assert [str(one) for one in differences(old, new)] == ["00:00:01  “state -of -art” is now “state-of-art”"]
    assert [str(one) for one in differences(of("我", "在", "那"), of("我", "那"))] == ["00:00:01  “在” is missing now"]


def test_that_it_was_corrected_by_hand_is_said(made: Transcript, saved: Path, capsys: pytest.CaptureFixture) -> None:
    changed = edited(made, "words", first=0, count=1, text="changed")
    saved.write_bytes(render(replace(changed, edits=1), "json"))
    assert reproduce(saved) == 1
    told = capsys.readouterr()
    assert "It was corrected by hand (1 change)" in told.err
    assert "“changed” is now" in told.out
