"""The SQLite database in the data folder: its tables, their migrations, and transactions.

Only the web process opens it. Times are seconds since 1970, UTC.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from transcriber.errors import StorageError

MIGRATIONS = (
    """
    CREATE TABLE jobs (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,             -- the recording's file name
        source TEXT NOT NULL,           -- 'upload', 'microphone', or 'path': a file that is not ours
        path TEXT NOT NULL,             -- relative to the data folder if the file is ours
        size INTEGER,                   -- bytes that are to arrive, where that is known
        state TEXT NOT NULL,
        position REAL NOT NULL,         -- place in the queue
        options TEXT,                   -- JSON; NULL as long as nobody asked for a transcription
        device TEXT NOT NULL DEFAULT '',
        is_video INTEGER NOT NULL DEFAULT 0,
        duration REAL,
        basis TEXT NOT NULL DEFAULT '', -- the recording and the model that the chunks were made of and with
        done REAL NOT NULL DEFAULT 0,   -- seconds of the recording: the end of the last finished chunk
        elapsed REAL NOT NULL DEFAULT 0,
        error TEXT NOT NULL DEFAULT '',
        created_at REAL NOT NULL,
        finished_at REAL,
        removed_at REAL
    ) STRICT;
    CREATE TABLE chunks (               -- of the transcription that is going on, or was interrupted
        id INTEGER PRIMARY KEY,
        job TEXT NOT NULL REFERENCES jobs ON DELETE CASCADE,
        first INTEGER NOT NULL,         -- number of its first segment
        count INTEGER NOT NULL,
        segments TEXT NOT NULL          -- JSON
    ) STRICT;
    CREATE INDEX chunks_of_job ON chunks (job);
    CREATE TABLE waveforms (            -- a piece a chunk
        id INTEGER PRIMARY KEY,
        job TEXT NOT NULL REFERENCES jobs ON DELETE CASCADE,
        peaks BLOB NOT NULL
    ) STRICT;
    CREATE INDEX waveforms_of_job ON waveforms (job);
    CREATE TABLE transcripts (
        id INTEGER PRIMARY KEY,
        job TEXT NOT NULL REFERENCES jobs ON DELETE CASCADE,
        created_at REAL NOT NULL,
        model TEXT NOT NULL,
        content TEXT NOT NULL           -- JSON, as transcript.to_dict() makes it
    ) STRICT;
    CREATE INDEX transcripts_of_job ON transcripts (job);
    CREATE TABLE edits (                -- what the user changed in a transcript, oldest first
        id INTEGER PRIMARY KEY,
        transcript INTEGER NOT NULL REFERENCES transcripts ON DELETE CASCADE,
        created_at REAL NOT NULL,
        kind TEXT NOT NULL,
        content TEXT NOT NULL           -- JSON
    ) STRICT;
    CREATE INDEX edits_of_transcript ON edits (transcript);
    CREATE TABLE files (                -- transcripts as files: those that are to be written, and those that are
        name TEXT NOT NULL UNIQUE,
        transcript INTEGER NOT NULL REFERENCES transcripts ON DELETE CASCADE,
        format TEXT NOT NULL,
        is_written INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE settings (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL             -- JSON
    ) STRICT;
    CREATE TRIGGER transcripts_never_change BEFORE UPDATE ON transcripts
        BEGIN SELECT RAISE(ABORT, 'a transcript is never changed'); END;
    CREATE TRIGGER edits_never_change BEFORE UPDATE ON edits
        BEGIN SELECT RAISE(ABORT, 'an edit is never changed'); END;
    """,
    """
    CREATE TABLE configurations (       -- ways to run a model
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 100),
        model_name TEXT NOT NULL,       -- a name or alias in the catalogue
        model_type TEXT NOT NULL,       -- the engine type
        device TEXT NOT NULL,
        compute_type TEXT NOT NULL,
        is_active INTEGER NOT NULL DEFAULT 0 CHECK (is_active IN (0, 1)),
        is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
        description TEXT NOT NULL DEFAULT '',
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX one_active_configuration ON configurations (is_active) WHERE is_active;
    CREATE UNIQUE INDEX one_default_configuration ON configurations (is_default) WHERE is_default;
    CREATE TRIGGER needed_configurations_stay BEFORE DELETE ON configurations
        WHEN OLD.is_active OR OLD.is_default
        BEGIN SELECT RAISE(ABORT, 'the active and the default configuration stay'); END;
    """,
    """
    ALTER TABLE jobs ADD COLUMN carried TEXT NOT NULL DEFAULT '{}';  -- JSON: what goes from one chunk to the next
    """,
    """
    CREATE TABLE voices (               -- what was heard of the speakers' voices, in pieces that are joined
        id INTEGER PRIMARY KEY,
        job TEXT NOT NULL REFERENCES jobs ON DELETE CASCADE,
        transcript INTEGER REFERENCES transcripts ON DELETE CASCADE,  -- NULL: of the transcription that is going on
        heard BLOB NOT NULL
    ) STRICT;
    CREATE INDEX voices_of_job ON voices (job);
    CREATE INDEX voices_of_transcript ON voices (transcript);
    """,
)
"""One script for each version of the tables; PRAGMA user_version counts those that have run."""

BUSY_SECONDS = 2.0
"""How long is waited where another program holds the database; nobody can read it meanwhile."""


class Database:
    """One connection, shared by the threads of one process."""

    def __init__(self, path: Path) -> None:
        """Raises StorageError if the file cannot be used."""
        self._path, self._lock = path, threading.RLock()
        with self._map_errors():
            self._connection = sqlite3.connect(path, BUSY_SECONDS, check_same_thread=False, isolation_level=None)
            self._connection.row_factory = sqlite3.Row
            # One damaged text is no reason to read nothing.
            self._connection.text_factory = lambda content: content.decode("utf-8", "backslashreplace")
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
                self._connection.execute(f"PRAGMA {pragma}")
            self._migrate()

    @property
    def changes(self) -> int:
        """Rows changed since the database was opened: a number that grows with every change."""
        return self._connection.total_changes

    def rows(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock, self._map_errors():
            try:
                return self._connection.execute(statement, values).fetchall()
            except (OverflowError, UnicodeEncodeError):  # no row has a number of more than 64 bits, or half a character
                return []

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of the changes in it, or none. May be nested."""
        with self._lock, self._map_errors():
            if self._connection.in_transaction:
                yield self._connection
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:  # whatever happened, half of it must not stay
                if self._connection.in_transaction:  # a full disk has rolled it back already
                    self._connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _migrate(self) -> None:
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            raise StorageError(
                f"the database {self._path} was made by a newer version of this program",
                "use that version, or choose another folder with --data-dir",
            )
        for number, script in enumerate(MIGRATIONS[version:], version + 1):
            self._connection.executescript(f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {number}; COMMIT;")

    @contextmanager
    def _map_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise StorageError(
                    f"another program holds the database {self._path}",
                    "wait until it has done, such as a backup or a virus scanner, or end it; then try again",
                    is_temporary=True,
                ) from error
            raise StorageError(
                f"the database {self._path} cannot be used ({error})", "check the space on its disk and its permissions"
            ) from error
        except sqlite3.IntegrityError:
            raise  # a mistake in this program
        except sqlite3.DatabaseError as error:
            raise StorageError(
                f"the database {self._path} is damaged ({error})",
                "move it away, and keep it: the recordings and transcripts beside it stay where they are",
            ) from error
