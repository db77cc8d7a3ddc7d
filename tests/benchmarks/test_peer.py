"""The names of ways."""

import pytest

from benchmarks import real_speech, under_load
from benchmarks.peer import parse


@pytest.mark.parametrize(
    ("way", "program", "settings"),
    [
        ("ours", "ours", {}),
        ("ours-beam5-float32", "ours", {"beam_size": 5, "compute_type": "float32"}),
        ("openai-whisper-beam5-words", "openai-whisper", {"beam_size": 5, "words": True}),
        ("faster-whisper-batched-beam1-timestamps", "faster-whisper-batched", {"beam_size": 1, "timestamps": True}),
        ("faster-whisper-sequential-unconditioned", "faster-whisper-sequential", {"unconditioned": True}),
        ("onnx-asr", "onnx-asr", {}),
    ],
)
def test_a_way_is_a_program_and_how_it_is_asked(way: str, program: str, settings: dict):
    assert parse(way) == (program, settings)


def test_all_ways_of_the_comparison_are_known():
    assert [parse(way)[0] for way in real_speech.WAYS]


def test_a_command_line_is_told_which_way_is_unknown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("sys.argv", ["under_load", "nowhere", "--ways", "theirs"])
    with pytest.raises(SystemExit):
        under_load.main()
    assert "no program is called theirs; there are ours, " in capsys.readouterr().err


@pytest.mark.parametrize("way", ["theirs", "oursome", "ours-quickly", "ours-beam"])
def test_an_unknown_way_is_refused_by_name(way: str):
    with pytest.raises(ValueError, match=way.rpartition("-")[2]):
        parse(way)
