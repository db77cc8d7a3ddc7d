"""Which endings are recordings: FFmpeg is asked, not our memory; and the web process needs no FFmpeg to know."""

from pathlib import Path

import numpy as np
import pytest

from tests.support.media import write_media
from tests.support.places import RATE
from tests.support.programs import run_program
from tests.support.reading import read
from tools.suffixes import from_ffmpeg
from transcriber.audio import recording_files, suffixes


def test_the_table_is_what_ffmpeg_says() -> None:
    assert from_ffmpeg() == suffixes.FROM_FFMPEG, "run python -m tools.suffixes"


def test_what_is_no_sound_is_not_in_it() -> None:
    others = (
        "txt srt vtt ass sub lrc json csv md docx html xml png jpg jpeg gif heic avif jxl mpo h264 y4m pdf zip py ini"
    )
    assert not {f".{name}" for name in others.split()} & recording_files.SUFFIXES


def test_what_recorders_and_telephones_write_is_in_it() -> None:
    names = "qta ts weba wave bwf m4r f4v 3ga gsm dss mpe amr awb caf aiff au snd wma spx opus mts vob voc wv tta sln"
    assert {f".{name}" for name in names.split()} <= recording_files.SUFFIXES


def test_the_table_is_light() -> None:
    result = run_program(
        "-c", "import sys, transcriber.audio.recording_files; print({'av', 'numpy', 'torch'} & set(sys.modules))"
    )
    assert result.stdout == "set()\n", result.stderr


SAME_AS = {
    "mp4": ("m4a", "m4b", "m4r", "m4v", "mp4", "qta", "qt", "mov", "3ga", "f4v", "3gpp"),
    "wav": ("wav", "wave", "bwf", "rf64"),
    "mpegts": ("ts", "m2ts", "mts", "m2t", "trp"),
    "webm": ("webm", "weba"),
    "mpeg": ("mpg", "mpeg", "mpe", "vob"),
    "flac": ("flac",),
    "mp3": ("mp3", "mpga", "mpa"),
    "ogg": ("ogg", "oga", "ogx", "opus", "spx"),
    "aiff": ("aif", "aiff", "aifc"),
    "au": ("au", "snd"),
    "amr": ("amr",),
}
CODECS = {"wav": "pcm_s16le", "webm": "libopus", "mpeg": "mp2", "mpegts": "mp2", "mp3": "libmp3lame"}
CODECS |= {"flac": "flac", "ogg": "libopus", "aiff": "pcm_s16be", "au": "pcm_s16be", "amr": "libopencore_amrnb"}
RATES = {"amr": 8_000, "wav": RATE, "aiff": RATE, "au": RATE}


@pytest.mark.parametrize("container", SAME_AS)
def test_a_recording_in_a_folder_is_found_and_read_by_each_of_its_endings(
    tmp_path: Path, sample_audio: np.ndarray, container: str
) -> None:
    made = tmp_path / f"made.{ {'mpegts': 'ts', 'mpeg': 'mpg'}.get(container, container) }"
    write_media(made, sample_audio[: 3 * RATE], CODECS.get(container, "aac"), RATES.get(container, 48_000))
    folder = tmp_path / "folder"
    folder.mkdir()
    for ending in SAME_AS[container]:
        (folder / f"a.{ending}").write_bytes(made.read_bytes())
        (folder / f"B.{ending.upper()}").write_bytes(made.read_bytes())
    found = recording_files.recordings(folder)
    assert len(found) == 2 * len(SAME_AS[container])
    for path in found:
        assert abs(len(read(path)) - 3 * RATE) < 0.2 * RATE
