"""The folders of the library: names under which a user puts recordings together. On the disk nothing moves."""

import time
from dataclasses import dataclass

from transcriber.errors import UnsupportedOptionError
from transcriber.jobs.database import Database
from transcriber.jobs.naming import checked_name


@dataclass(frozen=True)
class Folder:
    """One folder of the library."""

    id: int
    name: str


class Folders:
    """Every method may be called from any thread; all may raise StorageError, and UnsupportedOptionError for a name
    that cannot be."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def all(self) -> list[Folder]:
        """By their names."""
        found = [Folder(*row) for row in self.database.rows("SELECT id, name FROM folders")]
        return sorted(found, key=lambda folder: folder.name.casefold())

    def get(self, number: int) -> Folder | None:
        return next((folder for folder in self.all() if folder.id == number), None)

    def add(self, name: str) -> Folder:
        with self.database.transaction() as transaction:
            name = self._free(name)
            statement = "INSERT INTO folders (name, created_at) VALUES (?, ?)"
            number = transaction.execute(statement, (name, time.time())).lastrowid
        assert number
        return Folder(number, name)

    def rename(self, number: int, name: str) -> None:
        with self.database.transaction() as transaction:
            statement = "UPDATE folders SET name = ? WHERE id = ?"
            transaction.execute(statement, (self._free(name, number), number))

    def delete(self, number: int) -> list[str]:
        """Its recordings stay, in no folder. Returns their ids."""
        with self.database.transaction() as transaction:
            inside = self.database.rows("SELECT id FROM jobs WHERE folder = ? AND removed_at IS NULL", number)
            transaction.execute("DELETE FROM folders WHERE id = ?", (number,))
        return [row["id"] for row in inside]

    def _free(self, name: str, number: int | None = None) -> str:
        """A name as it is kept, which no other folder has."""
        name = checked_name(name, "folder")
        if any(folder.name.casefold() == name.casefold() and folder.id != number for folder in self.all()):
            raise UnsupportedOptionError(f"there is a folder “{name}” already", "choose another name")
        return name
