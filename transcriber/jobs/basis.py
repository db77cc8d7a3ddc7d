"""What a transcription is made with and of: one that was interrupted is gone on with while that stays the same."""

import json
from dataclasses import asdict
from pathlib import Path

from transcriber.jobs.store import Job
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions
from transcriber.speaker_count import OFF


def basis_of(store: ModelStore, job: Job, options: TranscribeOptions) -> str:
    """The model's name, the state of its file and of the recording's, and the options as JSON."""
    files = f"{_version(store.find(options.model).path)} {_version(job.path)}"
    if options.speakers != OFF:
        files += f" {_version(store.diarizing(options.speaker_model).path)}"
    return f"{options.model} {files} {json.dumps(asdict(options), ensure_ascii=False)}"


def _version(path: Path) -> str:
    """Changes when the file changes."""
    try:
        status = path.stat()
    except OSError:
        return "-"
    return f"{status.st_size}:{status.st_mtime_ns}"
