"""Setting models up: from a source to a frozen, proven, recorded file. Sources here are folders and a small server."""

import dataclasses
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import setup_local_models
from tests.conftest import DEMO_MODELS, SAMPLE, run_program
from transcriber import catalog, freeze
from transcriber.catalog import ModelSpec
from transcriber.errors import DiskSpaceError, DownloadError, GatedModelError, ModelCorruptError
from transcriber.freeze import PublishedSource
from transcriber.options import TranscribeOptions
from transcriber.pipeline import Transcriber
from transcriber.store import ModelStore

SMALL = {name: dataclasses.replace(spec, download_gb=0.001) for name, spec in catalog.MODELS.items()}


class FolderSource:
    """Published models that lie in a folder under the names of the catalogue."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fetch(self, spec: ModelSpec, folder: Path) -> Path:
        published = self.folder / spec.file
        if not published.exists():
            raise DownloadError(f"{spec.title} could not be downloaded", "try again")
        return Path(shutil.copy(published, folder / f"published{published.suffix}"))


@pytest.mark.parametrize("name", SMALL)
def test_a_frozen_model_gives_the_same_words(tmp_path: Path, transcriber: Transcriber, name: str) -> None:
    store = ModelStore(tmp_path / "models")
    manifest = freeze.freeze(SMALL[name], FolderSource(DEMO_MODELS), store)
    assert [path.name for path in sorted(store.folder.iterdir())] == sorted([SMALL[name].file, f"{name}.json"])
    assert store.manifest(name) == manifest
    assert manifest.revision == SMALL[name].revision
    assert manifest.size == store.path(name).stat().st_size
    options = TranscribeOptions(name, "cpu")
    frozen = Transcriber(store.folder).transcribe(SAMPLE, options)
    assert frozen.text == transcriber.transcribe(SAMPLE, options).text
    assert frozen.revision == SMALL[name].revision


def test_save_to_made_the_file_or_it_was_copied_as_published(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    for name in ("canary", "whisper"):
        freeze.freeze(SMALL[name], FolderSource(DEMO_MODELS), store)
        assert store.path(name).read_bytes() == (DEMO_MODELS / store.path(name).name).read_bytes()
    freeze.freeze(SMALL["parakeet"], FolderSource(DEMO_MODELS), store)
    assert store.path("parakeet").read_bytes() != (DEMO_MODELS / "parakeet.nemo").read_bytes()


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    """A damaged download, and one that breaks off: the old model stays, and nothing is left behind."""
    store = ModelStore(tmp_path / "models")
    freeze.freeze(SMALL["whisper"], FolderSource(DEMO_MODELS), store)
    before = {path.name: path.read_bytes() for path in store.folder.iterdir()}
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "whisper.pt").write_bytes(before["whisper.pt"][:50_000])
    with pytest.raises(ModelCorruptError):
        freeze.freeze(SMALL["whisper"], FolderSource(broken), store)
    with pytest.raises(DownloadError):
        freeze.freeze(SMALL["canary"], FolderSource(broken), store)
    assert {path.name: path.read_bytes() for path in store.folder.iterdir()} == before


def test_a_full_disk_is_said_before_the_download(tmp_path: Path) -> None:
    huge = dataclasses.replace(catalog.find("parakeet"), download_gb=1e9)
    with pytest.raises(DiskSpaceError, match="GB are free"):
        freeze.freeze(huge, FolderSource(DEMO_MODELS), ModelStore(tmp_path))


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict]:
    """A model hub on this computer, of which the test says what it answers."""
    answers: dict = {"status": 404, "headers": {}, "body": b""}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers.setdefault("asked", []).append(self.path)
            self.send_response(answers["status"])
            for name, value in answers["headers"].items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answers["body"])))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(answers["body"])

        do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    from huggingface_hub import constants, file_download

    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(constants, "ENDPOINT", address)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", address + "/{repo_id}/resolve/{revision}/{filename}")
    monkeypatch.setattr(
        file_download,
        "HUGGINGFACE_CO_URL_TEMPLATE",
        address + "/{repo_id}/resolve/{revision}/{filename}",
        raising=False,
    )
    yield answers
    server.shutdown()


def test_a_real_client_downloads_the_pinned_revision(hub: dict, tmp_path: Path) -> None:
    spec = catalog.find("parakeet")
    hub |= {"status": 200, "body": b"a model", "headers": {"etag": '"abc"', "x-repo-commit": spec.revision}}
    path = PublishedSource().fetch(spec, tmp_path)
    assert path.read_bytes() == b"a model"
    assert hub["asked"][-1] == f"/{spec.repository}/resolve/{spec.revision}/{spec.source_file}"


def test_a_gated_model_says_what_to_do(hub: dict, tmp_path: Path) -> None:
    hub |= {"status": 403, "headers": {"x-error-code": "GatedRepo"}}
    with pytest.raises(GatedModelError, match="--hf-token"):
        PublishedSource().fetch(catalog.find("canary"), tmp_path)


@pytest.mark.parametrize("status", [404, 500])
def test_a_hub_that_fails(hub: dict, tmp_path: Path, status: int) -> None:
    hub["status"] = status
    with pytest.raises(DownloadError, match="run the same command again"):
        PublishedSource().fetch(catalog.find("canary"), tmp_path)


def test_without_a_network_each_model_is_one_line(tmp_path: Path) -> None:
    """Nothing can be reached: the set-up says so for each model, and the choice is recorded."""
    script = (
        "import sys; from transcriber.offline import refuse_egress; refuse_egress()\n"
        "import setup_local_models; sys.exit(setup_local_models.main(sys.argv[1:]))"
    )
    result = run_program("-c", script, "canary", "whisper", "--models-dir", tmp_path)
    assert result.returncode == 1
    assert [line.split(":")[1].strip() for line in result.stderr.splitlines() if line.startswith("error:")] == [
        "canary",
        "whisper",
    ]
    assert "Traceback" not in result.stderr
    assert ModelStore(tmp_path).chosen() == ["canary", "whisper"]


def test_an_unknown_name_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        setup_local_models.main(["parrot"])
    assert raised.value.code == 2
    assert "parakeet, canary, whisper" in capsys.readouterr().err
