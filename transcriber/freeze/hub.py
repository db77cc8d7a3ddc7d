"""What publishers offer: the model hub for NVIDIA's models, OpenAI's own server for Whisper's.

The hub's answers are documented at https://huggingface.co/docs/huggingface_hub; large files have their SHA-256 as ETag,
small ones the SHA-1 of their git blob.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import httpx2
from huggingface_hub import HfApi, constants, get_hf_file_metadata, hf_hub_url, try_to_load_from_cache
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import build_hf_headers, http_backoff
from huggingface_hub.utils import logging as hub_logging

from transcriber.errors import DownloadError, FreezeError, GatedModelError
from transcriber.models.catalog import WHISPER, ModelSpec, PublishedFile

WHISPER_SERVER = "https://openaipublic.azureedge.net"
AGAIN = "check the connection and run the same command again: it goes on where it stopped"
PROXY = (
    "correct the proxy in ALL_PROXY, HTTPS_PROXY, HTTP_PROXY or NO_PROXY, or unset them for this command; a SOCKS "
    "proxy needs `pip install socksio`"
)
hub_logging.set_verbosity_error()
_hub_lock = threading.Lock()
"""huggingface_hub closes the one client of all threads when a connection fails: one question at a time."""


@dataclass(frozen=True)
class RemoteFile:
    """A file that can be downloaded."""

    name: str
    url: str
    size: int | None
    """Bytes."""
    etag: str
    sha256: str | None
    """What the catalogue or the hub says it is."""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Publishers:
    """How publishers are reached."""

    token: str | None = None
    endpoint: str | None = None
    """Another hub than the official one: a mirror."""
    whisper_endpoint: str | None = None
    """Another server than OpenAI's for Whisper."""
    timeout: float = 30.0
    """Seconds without an answer after which a request has failed."""
    attempts: int = 5
    """How often in a row a request may fail."""

    def locate(self, spec: ModelSpec) -> list[RemoteFile]:
        """The model's files at its revision. Raises DownloadError, GatedModelError."""
        if spec.repository == WHISPER:
            return [self._whisper_file(spec, file) for file in spec.files]
        if spec.needs_token and not (self.token or self.endpoint):
            raise GatedModelError(f"the publisher of {spec.title} asks for a token, and none was given", _terms(spec))
        return [_elsewhere(spec, file) if file.url else self._hub_file(spec, file) for file in spec.files]

    def newest(self, spec: ModelSpec) -> str:
        """The newest revision that the publisher has; a Whisper checkpoint never changes, nor does a package."""
        if spec.repository == WHISPER or spec.is_packaged:
            return spec.revision
        with map_hub_errors(spec), _hub_lock:
            api = HfApi(endpoint=self.endpoint, token=self.token or False)
            return api.model_info(spec.repository, timeout=self.timeout).sha or ""

    @contextmanager
    def stream(self, file: RemoteFile, offset: int) -> Iterator[httpx2.Response]:
        """The file's content from byte `offset` on; status 200 instead of 206 says that it begins at 0 nevertheless."""
        headers = {**file.headers, "accept-encoding": "identity"}
        if offset:
            headers |= {"range": f"bytes={offset}-"} | ({"if-range": f'"{file.etag}"'} if file.etag else {})
        with self._client.stream("GET", file.url, headers=headers) as response:
            response.raise_for_status()
            yield response

    @cached_property
    def _client(self) -> httpx2.Client:
        return httpx2.Client(follow_redirects=True, timeout=self.timeout)

    def _hub_file(self, spec: ModelSpec, file: PublishedFile) -> RemoteFile:
        revision = file.revision or spec.revision
        url = hf_hub_url(
            file.repository or spec.repository,
            file.name,
            revision=revision,
            endpoint=self.endpoint or constants._HF_DEFAULT_ENDPOINT,
        )
        with map_hub_errors(spec), _hub_lock:
            metadata = get_hf_file_metadata(
                url, token=self.token or False, timeout=self.timeout, endpoint=self.endpoint, retry_on_errors=True
            )
        if metadata.commit_hash and metadata.commit_hash != revision:
            raise DownloadError(
                f"the server has revision {metadata.commit_hash} of {spec.title}, not {revision}", AGAIN
            )
        etag = metadata.etag or ""
        checksum = file.sha256 or (etag if len(etag) == 64 else None)
        headers = build_hf_headers(token=self.token or False)
        return RemoteFile(local_name(spec, file), url, metadata.size or file.size, etag, checksum, headers)

    def _whisper_file(self, spec: ModelSpec, file: PublishedFile) -> RemoteFile:
        server = (self.whisper_endpoint or WHISPER_SERVER).rstrip("/")
        url = f"{server}/main/whisper/models/{file.sha256}/{quote(file.name)}"
        with map_hub_errors(spec), _hub_lock:
            response = http_backoff(
                "HEAD", url, max_retries=self.attempts - 1, timeout=self.timeout, follow_redirects=True
            )
            response.raise_for_status()
        size = int(response.headers.get("content-length") or 0) or file.size
        return RemoteFile(file.name, url, size, "", file.sha256)


def _elsewhere(spec: ModelSpec, file: PublishedFile) -> RemoteFile:
    """A file that lies elsewhere than on the hub: its address, size and checksum stand in the catalogue."""
    return RemoteFile(local_name(spec, file), file.url, file.size, "", file.sha256)


def local_name(spec: ModelSpec, file: PublishedFile) -> str:
    """Where a file lies in the folder of a download: another repository's in a folder of its own."""
    other = file.repository not in ("", spec.repository)
    return f"{file.repository.replace('/', '--')}/{file.name}" if other else file.name


def cached_by_hub(spec: ModelSpec, file: PublishedFile) -> str | None:
    """The path of a file that huggingface_hub has downloaded before, at that revision."""
    path = try_to_load_from_cache(
        file.repository or spec.repository, file.name, revision=file.revision or spec.revision
    )
    return path if isinstance(path, str) else None


def cached_revisions(repository: str) -> list[str]:
    """The commits of which huggingface_hub has downloaded something before."""
    folder = Path(constants.HF_HUB_CACHE) / f"models--{repository.replace('/', '--')}" / "snapshots"
    return sorted(path.name for path in folder.glob("*"))


@contextmanager
def map_hub_errors(spec: ModelSpec) -> Iterator[None]:
    """Errors of httpx and huggingface_hub → FreezeError."""
    try:
        yield
    except FreezeError:
        raise
    except GatedRepoError as error:
        raise GatedModelError(f"the publisher of {spec.title} does not hand it to everybody", _terms(spec)) from error
    except (HfHubHTTPError, httpx2.HTTPStatusError) as error:
        raise _refused(spec, error) from error
    except (httpx2.HTTPError, OSError) as error:
        raise DownloadError(f"{spec.title} could not be downloaded ({_short(error)})", AGAIN) from error
    except (httpx2.InvalidURL, ImportError, ValueError) as error:  # there is no client for such a proxy
        hint = PROXY if any(name.lower().endswith("_proxy") for name in os.environ) else AGAIN
        raise DownloadError(f"{spec.title} could not be downloaded ({_short(error)})", hint) from error


def _terms(spec: ModelSpec) -> str:
    return f"accept its licence at {spec.page} and give your token with --hf-token"


def _refused(spec: ModelSpec, error: HfHubHTTPError | httpx2.HTTPStatusError) -> FreezeError:
    status = error.response.status_code if error.response is not None else 0
    if status in (401, 403):
        return GatedModelError(
            f"the server refuses to hand out {spec.title} (status {status})",
            "public models need no token, and a wrong one is refused: leave --hf-token away, or check it",
        )
    if isinstance(error, (EntryNotFoundError, RevisionNotFoundError, RepositoryNotFoundError)) or status == 404:
        return DownloadError(
            f"{spec.title} is not at its address any more (status 404, {spec.page}, revision {spec.revision[:12]})",
            "look for a newer version of this program, or try another server with --endpoint",
        )
    if status == 429:
        return DownloadError(f"the server has had too many requests for {spec.title} (status 429)", AGAIN)
    return DownloadError(f"{spec.title} could not be downloaded (status {status})", AGAIN)


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0].removesuffix(": ")
