"""The folder in which the program keeps everything of its user's: private, and used by one program at a time.

transcriber.db    jobs and transcripts (database.py)
recordings/ID/    what was uploaded or recorded, a folder a job
transcripts/      finished transcripts as files
temporary/        wiped at every start: what programs send, and copies for the player
engine.log        what the engine process wrote
errors.log        tracebacks of what nobody foresaw
setup.log         what set-ups that the page started wrote
vocabulary.txt    the user's names and terms (vocabulary.py), where there are any
remembered-voices.json  voices that the user has named (speakers/remembered.py), where that was turned on
lock  address     who uses the folder now, and where its page is
"""

import errno
import shutil
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from transcriber.errors import StorageError
from transcriber.system.user_folders import REMEMBERED_VOICES

NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)


class DataFolder:
    """Paths in the folder `path`; open() makes it usable."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.database = self.path / "transcriber.db"
        self.recordings = self.path / "recordings"
        self.transcripts = self.path / "transcripts"
        self.temporary = self.path / "temporary"
        self.log = self.path / "engine.log"
        self.vocabulary = self.path / "vocabulary.txt"
        self.remembered_voices = self.path / REMEMBERED_VOICES
        self.setup_log = self.path / "setup.log"
        self._address = self.path / "address"
        self._lock = FileLock(self.path / "lock")

    def open(self) -> None:
        """Make the folders, take the lock, and sweep what a crashed run left.

        Raises StorageError if the folder cannot be written, or another program uses it.
        """
        try:
            for folder in (self.path, self.recordings, self.transcripts):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                with suppress(OSError):  # a group's folder, which others own, or a disk without permissions: as it is
                    folder.chmod(0o700)
            self._lock.acquire(timeout=0)
            shutil.rmtree(self.temporary, ignore_errors=True)
            self.temporary.mkdir(mode=0o700)
            for unfinished in self.transcripts.glob("*.part"):
                unfinished.unlink()
            self._address.write_text("", encoding="utf-8")
        except Timeout:
            raise self._taken() from None
        except OSError as error:
            if error.errno in NO_LOCKS:
                raise StorageError(
                    f"the disk of the data folder {self.path} knows no locks ({error.strerror})",
                    "choose a folder on another disk with --data-dir",
                ) from error
            raise StorageError(
                f"the data folder {self.path} cannot be written ({error.strerror or error})",
                "check its permissions and the space on its disk, or choose another with --data-dir",
            ) from error

    def playable(self, identity: str, track: int | None) -> Path:
        """Of a sound track of a job's recording: a copy that every browser plays, where one was needed."""
        return self.temporary / f"{identity}.{track or 0}.wav"

    def forget_playable(self, identity: str) -> None:
        """Nothing of a job that is deleted stays."""
        for copy in self.temporary.glob(f"{identity}.*"):
            with suppress(OSError):  # what is still being played or written goes at the next start
                copy.unlink()

    def publish(self, address: str) -> None:
        """Leave word where the page is, for a second program that is started by mistake."""
        self._address.write_text(address, encoding="utf-8")

    def _taken(self) -> StorageError:
        try:
            address = self._address.read_text(encoding="utf-8")
        except OSError:
            address = ""
        return StorageError(
            f"Transcribe is already running with the data folder {self.path}",
            f"open {address} in your browser, " * bool(address)
            + "end the other program first, or choose another folder with --data-dir",
        )
