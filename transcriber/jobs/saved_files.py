"""Finished transcripts as files in the data folder: those that are to be written, and those that are."""

import time
import unicodedata
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

from transcriber import exports
from transcriber.errors import StorageError
from transcriber.jobs.data_folder import DataFolder
from transcriber.jobs.database import Database
from transcriber.jobs.settings import Settings
from transcriber.pipeline import provenance
from transcriber.system.atomic_file import write_whole
from transcriber.system.file_names import allowed, fitted
from transcriber.transcript import Transcript
from transcriber.unexpected import map_and_log_error

WAITING = """
    SELECT files.name, format, transcripts.job, transcript,
        (SELECT coalesce(max(edits.id), 0) FROM edits WHERE edits.transcript = transcripts.id) AS revision
    FROM files JOIN transcripts ON transcripts.id = transcript
    WHERE NOT is_written ORDER BY transcript, files.name
"""
WRITTEN = """
    UPDATE files SET is_written = 1
    WHERE name = ? AND (SELECT coalesce(max(id), 0) FROM edits WHERE edits.transcript = files.transcript) = ?
"""
"""Unless the transcript was edited meanwhile."""


class SavedFiles:
    """Every method may be called from any thread; all may raise StorageError.

    `read` gives the transcript with a number.
    """

    def __init__(
        self, database: Database, folder: DataFolder, settings: Settings, read: Callable[[int], Transcript]
    ) -> None:
        self.database, self.folder, self.settings, self.read = database, folder, settings, read

    def add(self, number: int, recording: str) -> None:
        """Those of a new transcript of a recording with this stem, in the formats that the user has chosen."""
        with self.database.transaction() as transaction:
            for extension in self.settings.formats:
                transaction.execute(
                    "INSERT INTO files (name, transcript, format) VALUES (?, ?, ?)",
                    (self._new_name(recording, extension), number, extension),
                )

    def write_again(self, number: int) -> None:
        """Have those of a transcript written that are still there."""
        rows = self.database.rows("SELECT name FROM files WHERE transcript = ? AND is_written", number)
        with self.database.transaction() as transaction:
            for row in rows:
                if (self.folder.transcripts / row["name"]).exists():
                    transaction.execute("UPDATE files SET is_written = 0 WHERE name = ?", (row["name"],))

    def write(self) -> None:
        """Write every file that is still to be written, also those of a program that was killed before it could.

        What keeps one from being written is said of its job, and keeps no other from being written.
        """
        problems: dict[str, str] = {}
        for number, rows in groupby(self.database.rows(WAITING), lambda row: row["transcript"]):
            self._write_files_of(number, list(rows), problems)
        for job, problem in problems.items():
            with self.database.transaction() as transaction:
                transaction.execute(
                    "UPDATE jobs SET error = ?1 WHERE id = ?2 AND state = 'done' AND error != ?1", (problem, job)
                )

    def _write_files_of(self, number: int, rows: list[Any], problems: dict[str, str]) -> None:
        """Those of one transcript. Notes in `problems` what is wrong with its job, or that nothing is."""
        transcript = None
        for row in rows:
            problems.setdefault(row["job"], "")
            try:
                transcript = transcript or self.read(number)
                self._write(row["name"], row["format"], transcript)
            except Exception as error:  # noqa: BLE001  (whatever it is, the others are written)
                problems[row["job"]] = problems[row["job"]] or str(map_and_log_error(error, self.folder.path))
                continue
            with self.database.transaction() as transaction:
                transaction.execute(WRITTEN, (row["name"], row["revision"]))

    def _write(self, name: str, format_name: str, transcript: Transcript) -> None:
        path, content = self.folder.transcripts / name, exports.render(transcript, format_name)
        _write_whole(path, content)
        if self.settings.has_sidecars and format_name != "json":
            _write_whole(provenance.beside(path), provenance.sidecar(transcript, name, content))

    def _new_name(self, recording: str, extension: str) -> str:
        """Timestamped, and not taken."""
        stem = unicodedata.normalize("NFC", f"{time.strftime('%Y-%m-%d %H.%M.%S')} {recording}")
        stem = allowed(stem)
        name, number = fitted(stem, f".{extension}"), 1
        while (self.folder.transcripts / name).exists() or self.database.rows(
            "SELECT 1 FROM files WHERE name = ?", name
        ):
            number += 1
            name = fitted(stem, f" ({number}).{extension}")
        return name


def _write_whole(path: Path, content: bytes) -> None:
    """The whole file, or nothing. Raises StorageError."""
    try:
        write_whole(path, content)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written ({error.strerror})",
            "make room on its disk and check its permissions: it is tried again with the next recording, "
            "and when the program starts again",
        ) from error
