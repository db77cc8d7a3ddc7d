"""OpenAI's official client and its async client on the real program."""

import asyncio
import os
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import openai
import pytest
import soundfile
import srt
import webvtt
from openai import AsyncOpenAI, OpenAI

from tests.support.media import write_media
from tests.support.places import RATE, SAMPLE


@pytest.fixture
def client(address: str) -> OpenAI:
    return OpenAI(base_url=f"{address}v1", api_key="none", max_retries=0)


@pytest.fixture
def ask(client: OpenAI):
    def ask(**fields: object) -> object:
        return client.audio.transcriptions.create(**{"file": SAMPLE, "model": "whisper-1", **fields})

    return ask


@pytest.mark.parametrize("model", ["parakeet", "canary", "whisper", "whisper-1"])
def test_json(ask, words: str, model: str) -> None:
    found = ask(model=model)
    assert found.text == words
    assert found.usage.seconds == pytest.approx(20.3, abs=0.1)


def test_text(ask, words: str) -> None:
    assert ask(response_format="text") == f"{words}\n"


def test_subtitles_are_read_by_others(ask, words: str) -> None:
    assert " ".join(" ".join(cue.content.split()) for cue in srt.parse(ask(response_format="srt"))) == words
    captions = webvtt.from_string(ask(response_format="vtt"))
    assert " ".join(" ".join(cue.text.split()) for cue in captions) == words


def test_verbose_json(ask, words: str, sample_words: list[dict]) -> None:
    found = ask(response_format="verbose_json", timestamp_granularities=["word", "segment"])
    assert (found.text, found.language) == (words, "english")
    assert found.duration == pytest.approx(20.3, abs=0.1)
    assert [word.word for word in found.words] == words.split()
    assert max(abs(word.start - true["start"]) for word, true in zip(found.words, sample_words)) < 0.3
    assert "".join(segment.text for segment in found.segments).strip() == words
    assert all(segment.avg_logprob <= 0 for segment in found.segments)


def test_streaming(ask, words: str) -> None:
    events = list(ask(stream=True))
    assert {event.type for event in events[:-1]} == {"transcript.text.delta"}
    assert "".join(event.delta for event in events[:-1]) == words
    assert (events[-1].type, events[-1].text) == ("transcript.text.done", words)


def test_the_async_client(address: str, words: str) -> None:
    async def ask() -> tuple[str, str]:
        async with AsyncOpenAI(base_url=f"{address}v1", api_key="none") as client:
            whole = client.audio.transcriptions.create(file=SAMPLE, model="whisper-1")
            stream = await client.audio.transcriptions.create(file=SAMPLE, model="whisper-1", stream=True)
            deltas = [event.delta async for event in stream if event.type == "transcript.text.delta"]
            return (await whole).text, "".join(deltas)

    assert asyncio.run(ask()) == (words, words)


def test_translation_of_what_is_english_already(client: OpenAI, words: str) -> None:
    """The demo Whisper has learnt no translation; told that this is English it has nothing to translate."""
    asked = {"file": SAMPLE, "model": "whisper", "extra_body": {"language": "en"}}
    found = client.audio.translations.create(**asked, response_format="verbose_json")
    assert (found.text, found.task) == (words, "translate")
    assert client.audio.translations.create(**asked, response_format="text") == f"{words}\n"


def test_what_does_not_translate_says_so(client: OpenAI) -> None:
    with pytest.raises(
        openai.BadRequestError, match="does not understand German; choose one of the models canary-1b-v2"
    ):
        client.audio.translations.create(file=SAMPLE, model="canary", extra_body={"language": "de"})


def test_models(client: OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["parakeet", "canary", "whisper"]
    assert client.models.retrieve("whisper-1").owned_by == "local"


def test_errors_are_those_that_the_client_knows(client: OpenAI, ask, tmp_path: Path) -> None:
    with pytest.raises(openai.NotFoundError, match="parrot") as missing:
        ask(model="parrot")
    assert (missing.value.code, missing.value.param) == ("model_not_found", "model")
    with pytest.raises(openai.BadRequestError, match="no audio or video") as bad:
        ask(file=("diary.wav", b"nothing was said"))
    assert (bad.value.code, bad.value.param) == ("invalid_audio", "file")
    with pytest.raises(openai.BadRequestError, match="does not understand German"):
        ask(language="de")
    with pytest.raises(openai.APIStatusError, match="20 MB") as large:
        ask(file=("silence.wav", bytes(21_000_000)))
    assert large.value.status_code == 413
    with pytest.raises(openai.BadRequestError, match="no audio or video"):
        list(ask(file=("diary.wav", b"nothing was said"), stream=True))


def pieces(audio: np.ndarray, words: list[dict], folder: Path) -> list[tuple[Path, str]]:
    """Ten recordings of several kinds, each with its own words."""
    formats = [("wav", None), ("flac", None), ("mp3", "libmp3lame"), ("m4a", "aac"), ("webm", "libopus")]
    made = []
    for number in range(10):
        first, last = words[number], words[number + number // 2 + 1]
        start, end = max(0.0, first["start"] - 0.2), last["end"] + 0.2
        part = audio[int(start * RATE) : int(end * RATE)]
        suffix, codec = formats[number % len(formats)]
        path = folder / f"{number}.{suffix}"
        if codec:
            write_media(path, part, codec, 48_000, 2)
        else:
            soundfile.write(path, part, RATE)
        made.append((path, " ".join(word["text"] for word in words[number : number + number // 2 + 2])))
    return made


def test_ten_clients_at_once_each_get_their_own(
    address: str, sample_audio: np.ndarray, sample_words: list[dict], tmp_path: Path
) -> None:
    """Of several kinds and two models, whole and as streams; one that is no recording disturbs nobody."""
    asked = pieces(sample_audio, sample_words, tmp_path)

    def ask(number: int) -> str:
        client = OpenAI(base_url=f"{address}v1", api_key="none", max_retries=0)
        if number == len(asked):
            with pytest.raises(openai.BadRequestError):
                client.audio.transcriptions.create(file=("bad.wav", b"bad"), model="parakeet")
            return ""
        path, model = asked[number][0], ("parakeet", "whisper")[number % 3 == 2]
        if number % 2:
            events = client.audio.transcriptions.create(file=path, model=model, stream=True)
            return "".join(event.delta for event in events if event.type == "transcript.text.delta")
        return client.audio.transcriptions.create(file=path, model=model).text

    with ThreadPoolExecutor(len(asked) + 1) as pool:
        found = list(pool.map(ask, range(len(asked) + 1)))
    assert found == [*(text for _, text in asked), ""]


@pytest.mark.skipif(not shutil.which("pgrep"), reason="needs pgrep")
def test_an_engine_that_dies(
    running, client: OpenAI, ask, words: str, sample_audio: np.ndarray, tmp_path: Path
) -> None:
    """The one that it was working for is told that it starts anew; a client that asks again gets its words."""
    soundfile.write(tmp_path / "long.flac", np.tile(sample_audio, 30), RATE)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask, file=tmp_path / "long.flac", model="parakeet")
        time.sleep(2)
        found = subprocess.run(["pgrep", "-P", str(running[0].pid)], capture_output=True, text=True, check=True)
        for child in found.stdout.split():
            os.kill(int(child), signal.SIGKILL)
        with pytest.raises(openai.InternalServerError) as died:
            first.result()
    assert (died.value.status_code, died.value.code) == (503, "engine_restarting")
    assert ask().text == words


def test_nothing_is_left_behind(ask, data_dir: Path) -> None:
    ask()
    assert list((data_dir / "recordings").iterdir()) == []
    assert list((data_dir / "temporary").glob("tmp*")) == []
