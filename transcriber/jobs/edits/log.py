"""The log of what the user changed in transcripts, which never change: their edits are applied when they are read.

An edit is never changed or taken away. Undoing one is another entry, of the kind UNDO, with the number of the edit that
it undoes; REDO brings it back, unless something else was changed meanwhile. An entry of the kind TIMES says when the
new words of an edit are spoken, which is found out later: it is part of that edit. What the edits of a kind say is said
where they are made (transcriber/jobs/edits/).
"""

import json
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

from transcriber.jobs.database import Database

UNDO, REDO, TIMES = "undo", "redo", "times"
KEPT = 8
"""Logs."""
Target = int | str
"""What is edited: the transcript with that number, or the unfinished one of the job with that id."""


@dataclass(frozen=True)
class Edit:
    """One entry of the log."""

    id: int
    kind: str
    content: dict[str, Any]
    created_at: float
    """Seconds since 1970, UTC."""


@dataclass(frozen=True)
class History:
    """What became of a log: its edits, the oldest first."""

    revision: int = 0
    """The number of the last change; 0 where there is none."""
    last: int = 0
    """The number of the last entry: that of the last change, or of times that were found later."""
    standing: tuple[Edit, ...] = ()
    """Those that are applied."""
    undone: tuple[Edit, ...] = ()
    """Those that can be brought back, the last of them first."""


@dataclass
class _Reading:
    """A log as far as it was read."""

    entries: int = 0
    last: int = 0
    revision: int = 0
    standing: dict[int, Edit] = field(default_factory=dict)
    undone: list[Edit] = field(default_factory=list)

    def take(self, number: int, kind: str, content: dict[str, Any], created_at: float) -> None:
        self.entries, self.last = self.entries + 1, number
        if kind == TIMES:
            self._refine(content)
            return
        self.revision = number
        if kind == UNDO:
            if edit := self.standing.pop(content["edit"], None):
                self.undone.append(edit)
        elif kind == REDO:
            for edit in [edit for edit in self.undone if edit.id == content["edit"]]:
                self.undone.remove(edit)
                self.standing[edit.id] = edit
        else:
            self.standing[number] = Edit(number, kind, content, created_at)
            self.undone.clear()

    def history(self) -> History:
        standing = tuple(sorted(self.standing.values(), key=lambda edit: edit.id))
        return History(self.revision, self.last, standing, tuple(self.undone[::-1]))

    def _refine(self, content: dict[str, Any]) -> None:
        """Also an edit that is undone, which may be brought back."""
        undone = {edit.id: at for at, edit in enumerate(self.undone)}
        if edit := self.standing.get(content["edit"]):
            self.standing[edit.id] = _with_times(edit, content)
        elif (at := undone.get(content["edit"])) is not None:
            self.undone[at] = _with_times(self.undone[at], content)


def _with_times(edit: Edit, content: dict[str, Any]) -> Edit:
    return replace(edit, content={**edit.content, "times": content["words"]})


class Edits:
    """Of all transcripts. Every method may be called from any thread; all may raise StorageError."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._lock = threading.Lock()
        self._read: dict[Target, _Reading] = {}

    def add(self, target: Target, kind: str, content: dict[str, Any]) -> int:
        """One more entry; its number."""
        with self.database.transaction() as transaction:
            number = transaction.execute(
                f"INSERT INTO edits ({_column(target)}, created_at, kind, content) VALUES (?, ?, ?, ?)",
                (target, time.time(), kind, json.dumps(content, ensure_ascii=False)),
            ).lastrowid
        assert number
        return number

    def history(self, target: Target) -> History:
        """Those that were read last are kept, so that only what is new is read."""
        with self._lock:
            reading = self._read.pop(target, _Reading())
            if not self._is_whole(target, reading):
                reading = _Reading()
            statement = f"SELECT id, kind, content, created_at FROM edits WHERE {_column(target)} = ? AND id > ?"
            for row in self.database.rows(f"{statement} ORDER BY id", target, reading.last):
                reading.take(row["id"], row["kind"], json.loads(row["content"]), row["created_at"])
            self._read[target] = reading
            while len(self._read) > KEPT:
                del self._read[next(iter(self._read))]
            return reading.history()

    def _is_whole(self, target: Target, reading: _Reading) -> bool:
        """Whether all that was read is there: it is not where it has become another transcript's."""
        statement = f"SELECT count(*) FROM edits WHERE {_column(target)} = ? AND id <= ?"
        return self.database.rows(statement, target, reading.last)[0][0] == reading.entries

    def last(self, target: Target) -> int:
        """The number of the last entry; 0 where there is none."""
        return self.database.rows(f"SELECT coalesce(max(id), 0) FROM edits WHERE {_column(target)} = ?", target)[0][0]

    def undo(self, target: Target, kinds: Collection[str]) -> Edit | None:
        """Take back the last edit that stands, of those of these kinds; None where there is none."""
        with self.database.transaction():
            edits = [edit for edit in self.history(target).standing if edit.kind in kinds]
            if not edits:
                return None
            self.add(target, UNDO, {"edit": edits[-1].id})
            return edits[-1]

    def redo(self, target: Target, kinds: Collection[str]) -> Edit | None:
        """Bring back the edit that was undone last, of those of these kinds; None where there is none."""
        with self.database.transaction():
            edits = [edit for edit in self.history(target).undone if edit.kind in kinds]
            if not edits:
                return None
            self.add(target, REDO, {"edit": edits[0].id})
            return edits[0]

    def move(self, job: str, number: int) -> None:
        """What was changed in the unfinished transcript of a job is of the transcript that it has become."""
        with self.database.transaction() as transaction:
            transaction.execute("UPDATE edits SET transcript = ?, job = NULL WHERE job = ?", (number, job))

    def forget(self, job: str) -> None:
        """What was changed in an unfinished transcript that is gone."""
        with self.database.transaction() as transaction:
            transaction.execute("DELETE FROM edits WHERE job = ?", (job,))


def _column(target: Target) -> str:
    return "job" if isinstance(target, str) else "transcript"
