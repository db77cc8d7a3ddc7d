"""The log of what the user changed in transcripts, which never change: their edits are applied when they are read.

An edit is never changed or taken away: undoing one is another edit, of the kind UNDO, with the number of the edit that
it undoes. What the edits of a kind say, and how they are applied, is said where they are made (speaker_edits.py).
"""

import json
import time
from dataclasses import dataclass
from typing import Any

from transcriber.jobs.database import Database

UNDO = "undo"


@dataclass(frozen=True)
class Edit:
    """One entry of the log."""

    id: int
    kind: str
    content: dict[str, Any]


class Edits:
    """Of all transcripts. Every method may be called from any thread; all may raise StorageError."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def add(self, transcript: int, kind: str, content: dict[str, Any]) -> None:
        """One more of the transcript with that number."""
        with self.database.transaction() as transaction:
            transaction.execute(
                "INSERT INTO edits (transcript, created_at, kind, content) VALUES (?, ?, ?, ?)",
                (transcript, time.time(), kind, json.dumps(content, ensure_ascii=False)),
            )

    def standing(self, transcript: int) -> list[Edit]:
        """Those that are applied to it: without what was undone, the oldest first."""
        rows = self.database.rows("SELECT id, kind, content FROM edits WHERE transcript = ? ORDER BY id", transcript)
        edits = {row["id"]: Edit(row["id"], row["kind"], json.loads(row["content"])) for row in rows}
        undone = {edit.content["edit"] for edit in edits.values() if edit.kind == UNDO}
        return [edit for edit in edits.values() if edit.kind != UNDO and edit.id not in undone]

    def revision(self, transcript: int) -> int:
        """Grows with every edit of it."""
        return self.database.rows("SELECT coalesce(max(id), 0) FROM edits WHERE transcript = ?", transcript)[0][0]

    def undo(self, transcript: int, kind: str) -> Edit | None:
        """Take back the last one of that kind that stands; None where there is none."""
        with self.database.transaction():
            edits = [edit for edit in self.standing(transcript) if edit.kind == kind]
            if not edits:
                return None
            self.add(transcript, UNDO, {"edit": edits[-1].id})
            return edits[-1]
