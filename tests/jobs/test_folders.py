"""The folders of the library, and the names that can be."""

import pytest

from tests.support.stored_jobs import add
from transcriber.errors import UnsupportedOptionError
from transcriber.jobs.folders import Folders
from transcriber.jobs.store import Jobs


@pytest.fixture
def folders(jobs: Jobs) -> Folders:
    return Folders(jobs.database)


def test_folders_are_added_renamed_and_listed_by_name(folders: Folders) -> None:
    flood, archive = folders.add("the flood"), folders.add(" Old \n interviews ")
    assert [folder.name for folder in folders.all()] == ["Old interviews", "the flood"]
    folders.rename(archive.id, "zzz")
    folders.rename(flood.id, "The Flood")
    assert [folder.name for folder in folders.all()] == ["The Flood", "zzz"]


def test_deleting_one_leaves_its_recordings(folders: Folders, jobs: Jobs) -> None:
    folder, job = folders.add("a"), add(jobs)
    jobs.update(job.id, folder=folder.id)
    assert folders.delete(folder.id) == [job.id]
    assert jobs.get(job.id).folder is None
    assert folders.get(folder.id) is None
    assert folders.add("a").id != folder.id  # a page that still shows the old one means no other by it


@pytest.mark.parametrize(
    ("name", "said"), [("", "needs a name"), (" \n", "needs a name"), ("x" * 201, "201 characters")]
)
def test_names_that_cannot_be(folders: Folders, name: str, said: str) -> None:
    with pytest.raises(UnsupportedOptionError, match=said):
        folders.add(name)


def test_no_two_have_one_name(folders: Folders) -> None:
    folders.add("Übung")
    other = folders.add("b")
    for change in (lambda: folders.add("übung"), lambda: folders.rename(other.id, "ÜBUNG")):
        with pytest.raises(UnsupportedOptionError, match="already"):
            change()
