"""The index: the tokens of the transcripts that are shown, and with them the digests of the list.

The database notes which jobs changed (its table `stale`); they are looked at again when somebody asks, or in a thread.
So a correction costs nothing, and every way to change a transcript is known here.
"""

import threading
import time
import unicodedata
from array import array
from collections.abc import Iterable
from dataclasses import dataclass

from transcriber.errors import StorageError
from transcriber.jobs import digests
from transcriber.jobs.backlog import later
from transcriber.jobs.digests import Digest
from transcriber.jobs.results import Results
from transcriber.jobs.search.hits import Text
from transcriber.jobs.search.tokens import tokens
from transcriber.jobs.store import Job, Jobs
from transcriber.transcript import Segment, Transcript
from transcriber.unexpected import map_and_log_error

QUIET_SECONDS = 3.0
"""After the last edit of a transcript, before the thread looks at it again."""
KEEP = """
    INSERT INTO search_texts (job, text, places) VALUES (?, ?, ?)
    ON CONFLICT (job) DO UPDATE SET text = excluded.text, places = excluded.places RETURNING id
"""
PAUSE_SECONDS = 0.002
"""Of the thread, between two recordings: whoever asks for something has his turn."""


@dataclass(frozen=True)
class Stale:
    """A job that changed."""

    job: str
    changes: int
    """So many times since it was looked at."""


class Index:
    """Every method may be called from any thread; all but wake() may raise StorageError."""

    def __init__(self, jobs: Jobs, results: Results) -> None:
        self.jobs, self.results, self.database = jobs, results, jobs.database
        self._working, self._waking = threading.Lock(), threading.Lock()
        self._is_awake = False

    def wake(self) -> None:
        """Catch up in a thread, unless one does already, or nothing is stale."""
        with self._waking:
            if not self._is_awake and self.database.rows("SELECT 1 FROM stale LIMIT 1"):
                self._is_awake = True
                later(0.0, self._catch_up_in_thread)

    @property
    def pending(self) -> int:
        """How many jobs changed, and were not looked at again yet."""
        return self.database.rows("SELECT count(*) FROM stale")[0][0]

    def catch_up(self, seconds: float = float("inf")) -> None:
        """Look at what is stale, for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._refresh_next(time.time()):
            pass

    def job(self, number: int) -> Job | None:
        """The one whose text has that number."""
        rows = self.database.rows("SELECT job FROM search_texts WHERE id = ?", number)
        return self.jobs.get(rows[0]["job"]) if rows else None

    def text(self, number: int) -> Text | None:
        """What is kept of the text with that number."""
        rows = self.database.rows(
            "SELECT text, words, places FROM search_texts JOIN search_tokens ON search_tokens.rowid = id WHERE id = ?",
            number,
        )
        return _unpacked(*rows[0]) if rows else None

    def forget_deleted(self) -> None:
        """Else the words of what was deleted stay in the file until other words take their place."""
        with self.database.transaction() as transaction:
            transaction.execute("INSERT INTO search_tokens (search_tokens) VALUES ('optimize')")

    def _catch_up_in_thread(self) -> None:
        try:
            while self._refresh_next(time.time() - QUIET_SECONDS):
                time.sleep(PAUSE_SECONDS)
            left = self.pending
        except StorageError:  # it is told by whatever else cannot use the database
            left = 1
        with self._waking:
            self._is_awake = bool(left)
            if left:
                later(QUIET_SECONDS, self._catch_up_in_thread)

    def _refresh_next(self, edited_before: float) -> bool:
        """Returns whether there was one."""
        with self._working:
            found = self._next(edited_before)
            if found:
                self._refresh_if_possible(found)
        return found is not None

    def _refresh_if_possible(self, stale: Stale) -> None:
        """One that cannot be indexed is left as it was known."""
        try:
            self._refresh(stale)
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001  (whatever it is, the others are found)
            map_and_log_error(error, self.jobs.folder.path)
            self._note(stale)

    def _next(self, edited_before: float) -> Stale | None:
        """What was edited comes first, then the newest: somebody looks at it."""
        statement = "SELECT job, changes FROM stale WHERE since <= ? ORDER BY since DESC, rowid DESC LIMIT 1"
        rows = self.database.rows(statement, edited_before)
        return Stale(*rows[0]) if rows else None

    def _refresh(self, stale: Stale) -> None:
        job = self.jobs.get(stale.job)
        transcript = self._shown(job) if job else None
        digest = digests.digest_of(transcript) if transcript else Digest()
        text = _text(transcript.segments if transcript else ())
        title = " ".join(token.text for token in tokens(unicodedata.normalize("NFC", job.title))) if job else ""
        with self.database.transaction() as transaction:
            if job:
                places = b"".join(part.tobytes() for part in (text.starts, text.ends, text.seconds))
                (number,) = transaction.execute(KEEP, (job.id, text.text, places)).fetchone()
                transaction.execute("DELETE FROM search_tokens WHERE rowid = ?", (number,))
                statement = "INSERT INTO search_tokens (rowid, title, words) VALUES (?, ?, ?)"
                transaction.execute(statement, (number, title, text.tokens))
                if digests.read(job.digest) != vars(digest):
                    self.jobs.update(job.id, digest=digests.written(digest))
            self._note(stale)

    def _note(self, stale: Stale) -> None:
        """That it was looked at, unless it changed meanwhile."""
        with self.database.transaction() as transaction:
            statement = "DELETE FROM stale WHERE job = ? AND changes = ?"
            transaction.execute(statement, (stale.job, stale.changes))

    def _shown(self, job: Job) -> Transcript | None:
        """None where there is none, or it cannot be read: then the recording is found by its title."""
        try:
            return self.results.shown(job)
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001  (whatever it is, the others are found)
            map_and_log_error(error, self.jobs.folder.path)
            return None


def _text(segments: Iterable[Segment]) -> Text:
    """The text of these segments, with the second of each token: when its word is spoken, or else its segment."""
    parts: list[str] = []
    begins, seconds = array("I"), array("f")  # of each word
    length = 0
    for segment in segments:
        for word in segment.words:
            part = unicodedata.normalize("NFC", f" {word.text}" if length and word.space_before else word.text)
            begins.append(length)
            seconds.append(segment.start if word.start is None else word.start)
            parts.append(part)
            length += len(part)
    return _cut("".join(parts), begins, seconds)


def _cut(text: str, begins: array, seconds: array) -> Text:
    found = list(tokens(text))
    token_seconds, word = array("f"), 0
    for token in found:
        while word + 1 < len(begins) and begins[word + 1] <= token.start:
            word += 1
        token_seconds.append(seconds[word])
    starts, ends = array("I", (token.start for token in found)), array("I", (token.end for token in found))
    return Text(text, " ".join(token.text for token in found), starts, ends, token_seconds)


def _unpacked(text: str, joined: str, places: bytes) -> Text:
    count = len(places) // 12
    starts, ends, seconds = array("I"), array("I"), array("f")
    starts.frombytes(places[: 4 * count])
    ends.frombytes(places[4 * count : 8 * count])
    seconds.frombytes(places[8 * count :])
    return Text(text, joined, starts, ends, seconds)
