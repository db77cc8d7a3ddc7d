"""Downloads from a hub of our own: the real client, and every way in which a network fails."""

import dataclasses
import errno
import importlib.util
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from huggingface_hub.utils import close_session

from tests.support.hub import Hub
from tests.support.published import RANDOM, published
from transcriber.errors import DiskSpaceError, DownloadError, GatedModelError
from transcriber.freeze import download as module
from transcriber.freeze import hub as hub_module
from transcriber.freeze.download import Bandwidth, download
from transcriber.freeze.hub import Publishers, map_hub_errors
from transcriber.models import catalog


def fetch(publishers: Publishers, spec: catalog.ModelSpec, folder: Path, seen: list[int] | None = None) -> Path:
    (file,) = publishers.locate(spec)
    with map_hub_errors(spec):
        return download(file, folder, publishers, Bandwidth(None), (seen if seen is not None else []).append)


@pytest.mark.parametrize("name", ["parakeet", "whisper-tiny"])
def test_a_file_arrives_whole(hub: Hub, publishers: Publishers, tmp_path: Path, name: str) -> None:
    seen: list[int] = []
    path = fetch(publishers, published(hub, name, RANDOM), tmp_path, seen)
    assert path.read_bytes() == RANDOM
    assert list(tmp_path.iterdir()) == [path]
    assert seen == sorted(seen)
    assert seen[-1] == len(RANDOM)


def test_the_pinned_revision_is_asked_for(hub: Hub, publishers: Publishers) -> None:
    spec = published(hub, "parakeet", RANDOM)
    publishers.locate(spec)
    assert hub.asked == [("HEAD", f"/{spec.repository}/resolve/{spec.revision}/{spec.files[0].name}", "")]


@pytest.mark.parametrize("name", ["parakeet", "whisper-tiny"])
def test_it_goes_on_where_it_stopped(hub: Hub, publishers: Publishers, tmp_path: Path, name: str) -> None:
    spec = published(hub, name, RANDOM)
    (tmp_path / f"{spec.files[0].name}.part").write_bytes(RANDOM[:1_234_567])
    assert fetch(publishers, spec, tmp_path).read_bytes() == RANDOM
    assert hub.sent == len(RANDOM) - 1_234_567


def test_a_connection_that_breaks_is_taken_up_again(hub: Hub, publishers: Publishers, tmp_path: Path) -> None:
    spec = published(hub, "parakeet", RANDOM)
    hub.cut_after = 1_000_000
    assert fetch(publishers, spec, tmp_path).read_bytes() == RANDOM
    assert hub.sent < len(RANDOM) + 300_000


def test_a_server_without_ranges_sends_all_again(hub: Hub, publishers: Publishers, tmp_path: Path) -> None:
    spec = published(hub, "parakeet", RANDOM)
    hub.has_ranges = False
    (tmp_path / f"{spec.files[0].name}.part").write_bytes(b"x" * 1_000_000)
    assert fetch(publishers, spec, tmp_path).read_bytes() == RANDOM


@pytest.mark.parametrize("name", ["parakeet", "whisper-tiny"])
def test_a_wrong_checksum_is_refused(hub: Hub, publishers: Publishers, tmp_path: Path, name: str) -> None:
    spec = published(hub, name, RANDOM)
    hub.damaged = True
    with pytest.raises(DownloadError, match="another checksum"):
        fetch(publishers, spec, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_hubs_own_checksum_counts_where_the_catalogue_has_none(
    hub: Hub, publishers: Publishers, tmp_path: Path
) -> None:
    spec = published(hub, "parakeet", RANDOM)
    spec = dataclasses.replace(spec, files=(dataclasses.replace(spec.files[0], sha256=None, size=None),))
    hub.damaged = True
    with pytest.raises(DownloadError, match="another checksum"):
        fetch(publishers, spec, tmp_path)


def test_a_catalogue_that_knows_better_than_the_hub(hub: Hub, publishers: Publishers, tmp_path: Path) -> None:
    """The hub's content changed under the same revision: its own checksum fits, the pinned one does not."""
    spec = published(hub, "parakeet", RANDOM)
    hub.add(spec.repository, spec.revision, spec.files[0].name, RANDOM[::-1])
    with pytest.raises(DownloadError, match="another checksum"):
        fetch(publishers, spec, tmp_path)


def test_a_truncated_file_is_no_download(hub: Hub, publishers: Publishers, tmp_path: Path) -> None:
    spec = published(hub, "parakeet", RANDOM)
    hub.shortened = 1000
    with pytest.raises(DownloadError, match="could not be downloaded"):
        fetch(publishers, spec, tmp_path)
    assert not (tmp_path / spec.files[0].name).exists()


HUB, BOTH = ("parakeet",), ("parakeet", "whisper-tiny")


@pytest.mark.parametrize(
    ("name", "status", "headers", "error", "says"),
    [
        (name, *case)
        for names, *case in [
            (BOTH, 401, {}, GatedModelError, "public models need no token"),
            (HUB, 403, {"x-error-code": "GatedRepo"}, GatedModelError, "accept its licence at .*--hf-token"),
            (BOTH, 404, {}, DownloadError, "not at its address"),
            (HUB, 404, {"x-error-code": "RevisionNotFound"}, DownloadError, "not at its address"),
            (BOTH, 429, {}, DownloadError, "too many requests.*run the same command again"),
            (BOTH, 500, {}, DownloadError, "status 500.*run the same command again"),
        ]
        for name in names
    ],
)
def test_what_a_server_refuses(
    hub: Hub, publishers: Publishers, tmp_path: Path, name: str, status: int, headers: dict, error: type, says: str
) -> None:
    spec = published(hub, name, RANDOM)
    hub.status, hub.headers = status, headers
    with pytest.raises(error, match=says):
        fetch(publishers, spec, tmp_path)


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_is_busy_for_a_while(hub: Hub, publishers: Publishers, tmp_path: Path, status: int) -> None:
    spec = published(hub, "parakeet", RANDOM)
    hub.status, hub.failures = status, 3
    assert fetch(publishers, spec, tmp_path).read_bytes() == RANDOM


def test_a_server_that_does_not_answer(hub: Hub, tmp_path: Path) -> None:
    spec = published(hub, "parakeet", RANDOM)
    hub.delay = 0.4
    with pytest.raises(DownloadError, match="run the same command again"):
        fetch(Publishers(endpoint=hub.address, timeout=0.05), spec, tmp_path)


def test_no_server_at_all(tmp_path: Path, hub: Hub) -> None:
    with pytest.raises(DownloadError, match="could not be downloaded"):
        fetch(Publishers(endpoint="http://127.0.0.1:9", timeout=1), catalog.find("parakeet"), tmp_path)


def test_a_full_disk_is_said(hub: Hub, publishers: Publishers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every write fails as on a full disk."""
    spec = published(hub, "parakeet", RANDOM)

    class Full:
        def __init__(self, file: Any) -> None:
            self.file = file

        def __enter__(self) -> "Full":
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

        def write(self, block: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

    opened = Path.open
    monkeypatch.setattr(
        Path, "open", lambda path, *args: Full(opened(path, *args)) if path.suffix == ".part" else opened(path, *args)
    )
    with pytest.raises(DiskSpaceError, match=r"is full.*it goes on"):
        fetch(publishers, spec, tmp_path)


def test_a_token_goes_to_the_hub_and_to_nobody_else(hub: Hub, publishers: Publishers, tmp_path: Path) -> None:
    spec = published(hub, "parakeet", RANDOM)
    fetch(publishers, spec, tmp_path)
    assert hub.tokens == []
    with_token = dataclasses.replace(publishers, token="hf_abcdefghijklmnop")
    (tmp_path / spec.files[0].name).unlink()
    fetch(with_token, spec, tmp_path)
    assert set(hub.tokens) == {"Bearer hf_abcdefghijklmnop"}
    assert hub.token_hosts == {"127.0.0.1"}


def test_the_newest_revision(hub: Hub, publishers: Publishers) -> None:
    spec = published(hub, "parakeet", RANDOM)
    hub.newest[spec.repository] = "f" * 40
    assert publishers.newest(spec) == "f" * 40
    whisper = catalog.find("whisper")
    assert publishers.newest(whisper) == whisper.revision


def test_bandwidth_is_shared(monkeypatch: pytest.MonkeyPatch) -> None:

    clock = [100.0]
    time = SimpleNamespace(monotonic=lambda: clock[0], sleep=lambda seconds: clock.__setitem__(0, clock[0] + seconds))
    monkeypatch.setattr(module, "time", time)
    limit = Bandwidth(1000)
    for _ in range(10):
        limit.spend(500)
    assert clock[0] == pytest.approx(105)
    Bandwidth(None).spend(10**12)
    assert clock[0] == pytest.approx(105)


def test_a_mirror_that_has_another_revision(hub: Hub, publishers: Publishers, tmp_path: Path) -> None:
    spec = published(hub, "parakeet", RANDOM)
    hub.commit = "e" * 40
    with pytest.raises(DownloadError, match="not " + spec.revision):
        fetch(publishers, spec, tmp_path)


def test_small_files_are_checked_by_their_git_blob(hub: Hub, publishers: Publishers, tmp_path: Path) -> None:
    file = hub_module.RemoteFile(
        "a.json", "", 5, "ce013625030ba8dba906f756967f9e9ca394464a", None
    )  # hello\n has 6 bytes
    from transcriber.freeze.download import _check, _git_blob

    (tmp_path / "a.json.part").write_bytes(b"hello\n")
    assert _git_blob(tmp_path / "a.json.part") == file.etag
    _check(dataclasses.replace(file, size=6), tmp_path / "a.json.part")
    with pytest.raises(DownloadError):
        _check(dataclasses.replace(file, size=6, etag="0" * 40), tmp_path / "a.json.part")


def test_a_busy_server_is_given_the_time_it_asks_for(
    hub: Hub, publishers: Publishers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = published(hub, "parakeet", RANDOM)
    (file,) = publishers.locate(spec)
    pauses: list[float] = []
    monkeypatch.setattr(module, "MAX_PAUSE_SECONDS", 60.0)
    monkeypatch.setattr(module, "time", SimpleNamespace(sleep=pauses.append))
    hub.status, hub.headers, hub.failures = 429, {"retry-after": "7"}, 2
    download(file, tmp_path, publishers, Bandwidth(None), lambda count: None)
    assert pauses == [7.0, 7.0]


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "socks4://127.0.0.1:9", "ftp://proxy", ":::", "http://[::1"])
@pytest.mark.parametrize("name", ["parakeet", "whisper-tiny"])
def test_a_proxy_that_cannot_be_used(
    hub: Hub, publishers: Publishers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, proxy: str
) -> None:
    """What is installed beside this program decides which can: httpx's SOCKS comes as a package of its own."""
    if proxy == "socks5://127.0.0.1:9" and importlib.util.find_spec("socksio"):
        pytest.skip("this environment can use a SOCKS proxy")
    spec = published(hub, name, RANDOM)
    close_session()
    for variable in ("ALL_PROXY", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(variable, proxy)
    for variable in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(DownloadError, match=f"{spec.title} could not be downloaded") as raised:
        fetch(publishers, spec, tmp_path)
    assert "ALL_PROXY" in raised.value.hint
    close_session()
