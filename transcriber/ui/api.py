"""Gradio's own interface for programs: the functions that gradio_client can call, by their names here."""

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import gradio as gr
from gradio.data_classes import FileData
from starlette.concurrency import run_in_threadpool

from transcriber import exports
from transcriber.errors import StorageError, TranscriberError
from transcriber.jobs.configurations import Configurations
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.options import TranscribeOptions
from transcriber.server.routes.jobs import TranscriptionRequest, options_of
from transcriber.transcript import Transcript
from transcriber.transcript_json import to_dict
from transcriber.unexpected import map_and_log_error
from transcriber.worker.aio import transcribe as transcribe_file


def add(dispatcher: Dispatcher, configurations: Configurations) -> None:
    """To the page that is being built."""
    temporary = dispatcher.jobs.folder.temporary.resolve()

    async def transcript_of(recording: FileData, **asked: Any) -> Transcript:
        sent = Path(recording["path"]).resolve()
        if not (sent.is_relative_to(temporary) and sent.is_file()):
            raise gr.Error("send the recording along, with handle_file()", print_exception=False)
        try:
            options = options_of(TranscriptionRequest(**asked), configurations)
            with TemporaryDirectory(dir=temporary, ignore_cleanup_errors=True) as folder:
                path = Path(folder, sent.name)
                await run_in_threadpool(_keep, sent, path)
                return await transcribe_file(dispatcher.engine, path, options)
        except Exception as error:
            raise gr.Error(str(map_and_log_error(error, dispatcher.jobs.folder.path)), print_exception=False) from error

    async def transcribe(
        recording: FileData,
        model: str = "",
        language: str | None = TranscribeOptions.language,
        translate_to: str | None = TranscribeOptions.translate_to,
        speakers: str = TranscribeOptions.speakers,
    ) -> dict[str, Any]:
        """The transcript of a recording: its text, segments and words with times. Model "" is the active one; speakers
        are told apart if it is "auto", a number of people, or two such as "2-4"."""
        asked = {"model": model, "language": language, "translate_to": translate_to, "speakers": speakers}
        transcript = await transcript_of(recording, **asked)
        return {"text": transcript.text, **to_dict(transcript)}

    async def export(  # noqa: PLR0913, PLR0917  (programs give them by name)
        recording: FileData,
        format: str = "srt",
        model: str = "",
        language: str | None = TranscribeOptions.language,
        translate_to: str | None = TranscribeOptions.translate_to,
        speakers: str = TranscribeOptions.speakers,
    ) -> str:
        """The same as a file's content: srt, vtt, txt, md, csv and the other formats that are text."""
        try:
            if exports.find(format).is_binary:
                raise gr.Error(f"{format} is no text", print_exception=False)
        except TranscriberError as error:
            raise gr.Error(str(error), print_exception=False) from error
        asked = {"model": model, "language": language, "translate_to": translate_to, "speakers": speakers}
        transcript = await transcript_of(recording, **asked)
        return exports.render(transcript, format).decode(exports.FORMATS[format].encoding)

    def models() -> list[str]:
        """What can be named as `model`: configurations, and frozen models without one."""
        return [choice["name"] for choice in configurations.choices()]

    for function in (transcribe, export, models):
        gr.api(function, api_name=function.__name__, concurrency_limit=None)


def _keep(sent: Path, path: Path) -> None:
    """Under a name of ours, since Gradio may sweep its own meanwhile. Raises StorageError."""
    try:
        try:
            os.link(sent, path)
        except OSError:  # a disk without links
            shutil.copyfile(sent, path)
    except OSError as error:
        raise StorageError(
            f"the recording cannot be stored ({error.strerror})", "make room on the disk of the data folder"
        ) from error
