"""Recordings of names that other file systems take, on the page."""

from playwright.sync_api import Page

from tests.support.page import expect_state, expect_words, exported, open_recording, transcribe
from tests.support.page_program import Program
from tests.support.places import SAMPLE

NAMES = [
    "あ" * 120 + ".flac",  # 365 bytes, as NTFS, exFAT and APFS let it be
    "x" * 251 + ".flac",
    "cafe\N{COMBINING ACUTE ACCENT}.flac",
    "caf\N{LATIN SMALL LETTER E WITH ACUTE}.flac",
]


def test_each_is_transcribed_and_saved(page: Page, program: Program, sample_words: list[dict]) -> None:
    """Together; and its results lie in the data folder under names that fit."""
    files = [{"name": name, "mimeType": "audio/flac", "buffer": SAMPLE.read_bytes()} for name in NAMES]
    transcribe(page, *files)
    for name in NAMES:
        expect_state(page, name, "done")
    open_recording(page, NAMES[0])
    expect_words(page, [word["text"] for word in sample_words])
    assert exported(page).split() == [word["text"] for word in sample_words]
    written = [path.name for path in (program.data_dir / "transcripts").iterdir()]
    assert len(written) == 2 * len(NAMES)
    assert max(len(name.encode()) for name in written) <= 255
