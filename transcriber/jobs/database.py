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
    """
    ALTER TABLE jobs ADD COLUMN chosen INTEGER REFERENCES transcripts ON DELETE SET NULL;  -- the one to be shown
    ALTER TABLE transcripts ADD COLUMN language TEXT;
    ALTER TABLE transcripts ADD COLUMN device TEXT NOT NULL DEFAULT '';
    ALTER TABLE transcripts ADD COLUMN part_start REAL;  -- seconds; NULL, as part_end, where all was transcribed
    ALTER TABLE transcripts ADD COLUMN part_end REAL;
    DROP TRIGGER transcripts_never_change;
    UPDATE transcripts SET
        language = json_extract(content, '$.language'),
        device = coalesce(json_extract(content, '$.device'), ''),
        part_start = coalesce(CAST(json_extract(content, '$.options.start') AS REAL), 0),
        part_end = CAST(coalesce(json_extract(content, '$.options.end'), json_extract(content, '$.duration')) AS REAL)
    WHERE json_valid(content);
    UPDATE transcripts SET part_start = NULL, part_end = NULL
    WHERE part_start = 0 AND json_extract(content, '$.options.end') IS NULL
        AND json_extract(content, '$.notes[0]') IS NOT 'Not finished: this is how far it came.';
    CREATE TRIGGER transcripts_never_change BEFORE UPDATE ON transcripts
        BEGIN SELECT RAISE(ABORT, 'a transcript is never changed'); END;
    """,
    """
    CREATE TABLE all_edits (            -- what the user changed, oldest first: in a transcript, or in the unfinished
        id INTEGER PRIMARY KEY,         -- one of a job, whose edits become the finished one's
        transcript INTEGER REFERENCES transcripts ON DELETE CASCADE,
        created_at REAL NOT NULL,
        kind TEXT NOT NULL,
        content TEXT NOT NULL,          -- JSON
        job TEXT REFERENCES jobs ON DELETE CASCADE,
        CHECK ((transcript IS NULL) <> (job IS NULL))
    ) STRICT;
    INSERT INTO all_edits SELECT id, transcript, created_at, kind, content, NULL FROM edits;
    DROP TABLE edits;
    ALTER TABLE all_edits RENAME TO edits;
    CREATE INDEX edits_of_transcript ON edits (transcript);
    CREATE INDEX edits_of_job ON edits (job);
    CREATE TRIGGER edits_never_change BEFORE UPDATE ON edits
        WHEN OLD.job IS NULL OR (NEW.id, NEW.created_at, NEW.kind, NEW.content)
            IS NOT (OLD.id, OLD.created_at, OLD.kind, OLD.content)
        BEGIN SELECT RAISE(ABORT, 'an edit is never changed'); END;
    """,
    """
    CREATE TABLE folders (              -- of the library
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        created_at REAL NOT NULL
    ) STRICT;
    ALTER TABLE jobs ADD COLUMN title TEXT NOT NULL DEFAULT '';         -- the user's; empty: the file name
    ALTER TABLE jobs ADD COLUMN folder INTEGER REFERENCES folders ON DELETE SET NULL;
    ALTER TABLE jobs ADD COLUMN digest TEXT NOT NULL DEFAULT '{}';      -- JSON: what the list shows of its transcript
    ALTER TABLE jobs ADD COLUMN goes_on INTEGER NOT NULL DEFAULT 0;     -- whether it does when it leaves the bin
    ALTER TABLE jobs ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;     -- library.changes when it last changed
    CREATE INDEX jobs_by_change ON jobs (changed);
    CREATE INDEX jobs_by_state ON jobs (state, position);
    CREATE INDEX removed_jobs ON jobs (removed_at) WHERE removed_at IS NOT NULL;
    CREATE TABLE library (              -- one row
        changes INTEGER NOT NULL,       -- of jobs and folders so far
        forgotten INTEGER NOT NULL      -- changes up to this one are not all known any more: jobs were deleted
    ) STRICT;
    INSERT INTO library VALUES (0, 0);
    CREATE TRIGGER jobs_are_added AFTER INSERT ON jobs BEGIN
        UPDATE library SET changes = changes + 1;
        UPDATE jobs SET changed = (SELECT changes FROM library) WHERE id = NEW.id;
    END;
    CREATE TRIGGER jobs_change AFTER UPDATE ON jobs
        WHEN NEW.changed IS OLD.changed AND (OLD.removed_at IS NULL OR NEW.removed_at IS NULL)
    BEGIN
        UPDATE library SET changes = changes + 1;
        UPDATE jobs SET changed = (SELECT changes FROM library) WHERE id = NEW.id;
    END;
    CREATE TRIGGER jobs_are_deleted AFTER DELETE ON jobs BEGIN
        UPDATE library SET changes = changes + (OLD.removed_at IS NULL);
        UPDATE library SET forgotten = max(forgotten, iif(OLD.removed_at IS NULL, changes, OLD.changed));
    END;
    CREATE TRIGGER edits_are_added AFTER INSERT ON edits BEGIN
        UPDATE jobs SET digest = digest
            WHERE id = coalesce(NEW.job, (SELECT job FROM transcripts WHERE id = NEW.transcript));
    END;
    CREATE TRIGGER folders_are_added AFTER INSERT ON folders BEGIN UPDATE library SET changes = changes + 1; END;
    CREATE TRIGGER folders_change AFTER UPDATE ON folders BEGIN UPDATE library SET changes = changes + 1; END;
    CREATE TRIGGER folders_are_deleted AFTER DELETE ON folders BEGIN UPDATE library SET changes = changes + 1; END;
    """,
    """
    CREATE TABLE parts (                -- of recordings, which are to be transcribed again beside what there is
        id INTEGER PRIMARY KEY,
        job TEXT NOT NULL REFERENCES jobs ON DELETE CASCADE,
        options TEXT NOT NULL,          -- JSON
        state TEXT NOT NULL DEFAULT 'queued',
        error TEXT NOT NULL DEFAULT '',
        basis TEXT NOT NULL DEFAULT '', -- as of jobs
        so_far TEXT NOT NULL DEFAULT '',  -- JSON: what it has already
        created_at REAL NOT NULL
    ) STRICT;
    CREATE INDEX parts_of_job ON parts (job);
    CREATE TRIGGER parts_are_added AFTER INSERT ON parts BEGIN UPDATE jobs SET name = name WHERE id = NEW.job; END;
    CREATE TRIGGER parts_change AFTER UPDATE ON parts BEGIN UPDATE jobs SET name = name WHERE id = NEW.job; END;
    CREATE TRIGGER parts_are_deleted AFTER DELETE ON parts BEGIN UPDATE jobs SET name = name WHERE id = OLD.job; END;
    """,
    """
    CREATE TABLE search_texts (         -- of the transcripts that are shown, for jobs/search
        id INTEGER PRIMARY KEY,
        job TEXT NOT NULL UNIQUE REFERENCES jobs ON DELETE CASCADE,
        text TEXT NOT NULL,
        places BLOB NOT NULL            -- of each token: where it starts and ends, and its second
    ) STRICT;
    -- the tokens of each, with its id
    CREATE VIRTUAL TABLE search_tokens USING fts5 (title, words, tokenize = 'ascii', prefix = '1 2');
    CREATE TRIGGER search_texts_are_deleted AFTER DELETE ON search_texts BEGIN
        DELETE FROM search_tokens WHERE rowid = OLD.id;
    END;
    CREATE TABLE stale (                -- jobs that search_texts and their digests do not know as they are
        job TEXT PRIMARY KEY REFERENCES jobs ON DELETE CASCADE,
        since REAL NOT NULL DEFAULT 0,  -- the last edit; 0: something else changed
        changes INTEGER NOT NULL DEFAULT 1
    ) STRICT;
    INSERT INTO stale (job) SELECT id FROM jobs;
    CREATE TRIGGER stale_by_a_new_job AFTER INSERT ON jobs BEGIN INSERT INTO stale (job) VALUES (NEW.id); END;
    CREATE TRIGGER stale_by_a_title AFTER UPDATE OF title, chosen ON jobs
        WHEN (NEW.title, NEW.chosen) IS NOT (OLD.title, OLD.chosen)
    BEGIN
        INSERT INTO stale (job) VALUES (NEW.id) ON CONFLICT (job) DO UPDATE SET since = 0, changes = changes + 1;
    END;
    CREATE TRIGGER stale_by_a_return AFTER UPDATE OF removed_at ON jobs WHEN NEW.removed_at IS NULL BEGIN
        INSERT INTO stale (job) VALUES (NEW.id) ON CONFLICT (job) DO UPDATE SET since = 0, changes = changes + 1;
    END;
    CREATE TRIGGER stale_by_an_end AFTER UPDATE OF state ON jobs WHEN NEW.state IN ('done', 'failed', 'cancelled') BEGIN
        INSERT INTO stale (job) VALUES (NEW.id) ON CONFLICT (job) DO UPDATE SET since = 0, changes = changes + 1;
    END;
    CREATE TRIGGER stale_by_a_transcript AFTER INSERT ON transcripts BEGIN
        INSERT INTO stale (job) VALUES (NEW.job) ON CONFLICT (job) DO UPDATE SET since = 0, changes = changes + 1;
    END;
    CREATE TRIGGER stale_by_an_edit AFTER INSERT ON edits BEGIN
        INSERT INTO stale (job, since)
            SELECT coalesce(NEW.job, (SELECT job FROM transcripts WHERE id = NEW.transcript)), NEW.created_at WHERE true
            ON CONFLICT (job) DO UPDATE SET since = excluded.since, changes = changes + 1;
    END;
    """,
    """
    CREATE TABLE speeds (               -- of models on this computer
        model TEXT NOT NULL,
        sha256 TEXT NOT NULL,           -- of the model's file
        engine TEXT NOT NULL,
        device TEXT NOT NULL,           -- 'cuda' or 'cpu'
        compute_type TEXT NOT NULL,
        has_speakers INTEGER NOT NULL,  -- whether speakers were told apart, too
        audio REAL NOT NULL,            -- seconds, and
        work REAL NOT NULL,             -- the seconds that they took; what is older counts less
        measured_at REAL NOT NULL,
        PRIMARY KEY (model, sha256, engine, device, compute_type, has_speakers)
    ) STRICT;
    """,
    """
    ALTER TABLE transcripts ADD COLUMN is_live INTEGER NOT NULL DEFAULT 0;  -- 1: written while it was spoken
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
