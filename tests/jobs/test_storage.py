"""The room that everything takes."""

from pathlib import Path

from tests.support.stored_jobs import add
from transcriber.jobs.bin import Bin
from transcriber.jobs.storage import used
from transcriber.jobs.store import Jobs


def test_what_is_used(jobs: Jobs, tmp_path: Path) -> None:
    models = tmp_path / "models"
    (models / "sub").mkdir(parents=True)
    (models / "sub" / "a.nemo").write_bytes(b"x" * 5000)
    (models / "gone.nemo").symlink_to(models / "nowhere")
    (tmp_path / "mine.wav").write_bytes(b"x" * 70_000)
    jobs.add("mine.wav", "path", tmp_path / "mine.wav")
    add(jobs, "a.wav", b"x" * 300)
    removed = add(jobs, "b.wav", b"x" * 20)
    before = used(jobs.folder, Bin(jobs), models)
    assert (before.recordings, before.bin, before.models) == (320, 0, 5000)
    Bin(jobs).put(removed.id, goes_on=False)
    (jobs.folder.transcripts / "a.txt").write_bytes(b"x" * 1000)
    after = used(jobs.folder, Bin(jobs), models)
    assert (after.recordings, after.bin) == (300, 20)
    assert after.transcripts >= before.transcripts + 1000 > 1000
    assert after.free > 0
    assert used(jobs.folder, Bin(jobs), tmp_path / "none").models == 0
