"""What the user has chosen, kept in the database: a name and a value in JSON each."""

import json
from typing import Any

from transcriber import exports
from transcriber.jobs.database import Database

DEFAULT_FORMATS = ["txt", "srt"]


class Settings:
    """Every method may be called from any thread; all may raise StorageError."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @property
    def formats(self) -> list[str]:
        """As which files every transcript is saved; those that this version knows."""
        return [name for name in self.get("formats", DEFAULT_FORMATS) if name in exports.FORMATS]

    @property
    def has_sidecars(self) -> bool:
        """Whether each of these files has beside it where it came from; json has it inside."""
        return self.get("sidecars", False)

    def get(self, name: str, default: Any) -> Any:
        """Or the default, also where what is kept cannot be read."""
        rows = self.database.rows("SELECT value FROM settings WHERE name = ?", name)
        try:
            return json.loads(rows[0]["value"]) if rows else default
        except (ValueError, RecursionError):
            return default

    def set(self, name: str, value: Any) -> None:
        with self.database.transaction() as transaction:
            transaction.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, json.dumps(value)))
