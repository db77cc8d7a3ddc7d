"""The database: migrations, transactions, and what may never change."""

import sqlite3
from pathlib import Path

import pytest

from transcriber.errors import StorageError
from transcriber.jobs import database
from transcriber.jobs.database import MIGRATIONS, Database

JOB = (
    "INSERT INTO jobs (id, name, source, path, state, position, created_at) VALUES (?, 'a', 'path', '/a', 'done', 1, 0)"
)


EDIT = "INSERT INTO edits (id, transcript, created_at, kind, content) VALUES (1, 1, 0, 'word', '{}')"
TRANSCRIPT = "INSERT INTO transcripts (id, job, created_at, model, content) VALUES (1, 'one', 0, 'parakeet', '{}')"


@pytest.fixture
def opened(tmp_path: Path) -> Database:
    return Database(tmp_path / "a.db")


def test_write_ahead_log_and_version(opened: Database) -> None:
    assert opened.rows("PRAGMA journal_mode")[0][0] == "wal"
    assert opened.rows("PRAGMA user_version")[0][0] == len(MIGRATIONS)


def test_an_older_database_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Database(tmp_path / "a.db")
    with first.transaction() as transaction:
        transaction.execute(JOB, ("one",))
    first.close()
    monkeypatch.setattr(database, "MIGRATIONS", (*MIGRATIONS, "ALTER TABLE jobs ADD COLUMN colour TEXT"))
    second = Database(tmp_path / "a.db")
    assert second.rows("SELECT id, colour FROM jobs")[0]["id"] == "one"
    assert second.rows("PRAGMA user_version")[0][0] == len(MIGRATIONS) + 1


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_what_every_older_version_kept_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: int) -> None:
    """And has the tables of this one."""
    monkeypatch.setattr(database, "MIGRATIONS", MIGRATIONS[:version])
    older = Database(tmp_path / "a.db")
    with older.transaction() as transaction:
        transaction.execute(JOB, ("one",))
        transaction.execute(TRANSCRIPT)
        transaction.execute(EDIT)
    older.close()
    monkeypatch.undo()
    newer, new = Database(tmp_path / "a.db"), Database(tmp_path / "b.db")
    for table in ("jobs", "transcripts", "edits"):
        assert len(newer.rows(f"SELECT * FROM {table}")) == 1
    tables = "SELECT name, sql FROM sqlite_master ORDER BY name"
    assert list(map(tuple, newer.rows(tables))) == list(map(tuple, new.rows(tables)))


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Database(tmp_path / "a.db").close()
    monkeypatch.setattr(database, "MIGRATIONS", (*MIGRATIONS, "CREATE TABLE half (a); CREATE TABLE jobs (a)"))
    with pytest.raises(StorageError):
        Database(tmp_path / "a.db")
    monkeypatch.undo()
    again = Database(tmp_path / "a.db")
    assert again.rows("PRAGMA user_version")[0][0] == len(MIGRATIONS)
    assert not again.rows("SELECT * FROM sqlite_master WHERE name = 'half'")


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StorageError, match="newer version"):
        Database(tmp_path / "a.db")


def test_a_damaged_file_is_named_and_kept(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"no database at all" * 1000)
    with pytest.raises(StorageError, match=r"a\.db is damaged"):
        Database(tmp_path / "a.db")
    assert (tmp_path / "a.db").read_bytes().startswith(b"no database")


def test_a_transaction_is_all_or_nothing(opened: Database) -> None:
    with pytest.raises(RuntimeError), opened.transaction() as outer:
        outer.execute(JOB, ("one",))
        with opened.transaction() as inner:
            inner.execute(JOB, ("two",))
        raise RuntimeError
    assert opened.rows("SELECT * FROM jobs") == []


def test_every_change_of_a_job_is_counted_once(opened: Database) -> None:
    """An edit of its transcript is one, too; what is rolled back is none."""
    statements = (
        JOB.replace("?", "'one'"),
        "UPDATE jobs SET done = 1",
        "INSERT INTO transcripts (id, job, created_at, model, content) VALUES (1, 'one', 0, 'parakeet', '{}')",
        "INSERT INTO edits VALUES (1, 1, 0, 'word', '{}', NULL)",
        "UPDATE jobs SET removed_at = 1",
        "DELETE FROM jobs",
    )
    seen = []
    for statement in statements:
        with opened.transaction() as transaction:
            transaction.execute(statement)
        seen.append(tuple(opened.rows("SELECT changes, forgotten FROM library")[0]))
    assert seen == [(1, 0), (2, 0), (2, 0), (3, 0), (4, 0), (4, 4)]
    with pytest.raises(RuntimeError), opened.transaction() as transaction:
        transaction.execute(JOB, ("two",))
        raise RuntimeError
    assert opened.rows("SELECT changes FROM library")[0][0] == 4


def test_a_folder_that_is_deleted_leaves_its_recordings(opened: Database) -> None:
    with opened.transaction() as transaction:
        transaction.execute(JOB, ("one",))
        transaction.execute("INSERT INTO folders VALUES (1, 'a', 0)")
        transaction.execute("UPDATE jobs SET folder = 1")
        before = opened.rows("SELECT changed FROM jobs")[0][0]
        transaction.execute("DELETE FROM folders")
    (row,) = opened.rows("SELECT folder, changed FROM jobs")
    assert row["folder"] is None and row["changed"] > before


def test_transcripts_and_edits_never_change(opened: Database) -> None:
    with opened.transaction() as transaction:
        transaction.execute(JOB, ("one",))
        transaction.execute(TRANSCRIPT)
        transaction.execute(EDIT)
    for table in ("transcripts", "edits"):
        with pytest.raises(sqlite3.IntegrityError, match="never changed"), opened.transaction() as transaction:
            transaction.execute(f"UPDATE {table} SET content = 'other'")
    with opened.transaction() as transaction:
        transaction.execute("DELETE FROM jobs")
    assert opened.rows("SELECT * FROM edits") == []


def test_a_full_disk_is_said_and_loses_nothing(opened: Database) -> None:
    with opened.transaction() as transaction:
        transaction.execute(JOB, ("one",))
    opened.rows(f"PRAGMA max_page_count = {opened.rows('PRAGMA page_count')[0][0]}")
    with pytest.raises(StorageError, match="full"), opened.transaction() as transaction:
        transaction.execute("INSERT INTO settings VALUES ('a', ?)", ("x" * 100_000,))
    assert len(opened.rows("SELECT * FROM jobs")) == 1
