"""From a recording to its words, through each of the real demo models."""

import gc
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from torchaudio.functional import edit_distance

from tests.support.media import write_media
from tests.support.places import DEMO_MODELS, RATE, SAMPLE
from transcriber.audio.recording import Recording
from transcriber.engines import loading
from transcriber.engines.fallback import FallbackEngine
from transcriber.engines.nemo import engine as nemo
from transcriber.engines.protocol import BaseEngine
from transcriber.errors import AudioEmptyError, UnknownModelError, UnsupportedOptionError
from transcriber.models.capabilities import Capabilities
from transcriber.models.frozen_model import FrozenModel
from transcriber.options import TranscribeOptions
from transcriber.pipeline.events import Progress
from transcriber.pipeline.resume_state import ResumeState
from transcriber.pipeline.session import NO_WORD_TIMES
from transcriber.pipeline.transcriber import Transcriber
from transcriber.transcript import Hypothesis, Word

CPU = {name: TranscribeOptions(name, "cpu") for name in ("parakeet", "canary", "whisper")}


@pytest.mark.parametrize("model", CPU)
def test_the_sample(transcriber: Transcriber, sample_words: list[dict], sample_audio: np.ndarray, model: str) -> None:
    transcript = transcriber.transcribe(SAMPLE, CPU[model])
    assert transcript.text.split() == [word["text"] for word in sample_words]
    assert transcript.duration == pytest.approx(len(sample_audio) / RATE)
    assert (transcript.model, transcript.device) == (model, "cpu")
    assert transcript.rtfx > 0


@pytest.mark.parametrize(("model", "tolerance"), [("parakeet", 0.2), ("whisper", 0.4)])
def test_words_have_their_times(
    transcriber: Transcriber, sample_words: list[dict], model: str, tolerance: float
) -> None:
    transcript = transcriber.transcribe(SAMPLE, CPU[model])
    words = [word for segment in transcript.segments for word in segment.words]
    for word, truth in zip(words, sample_words, strict=True):
        assert word.start == pytest.approx(truth["start"], abs=tolerance), truth
    assert all(segment.start <= segment.end for segment in transcript.segments)
    assert not transcript.notes


def test_words_without_times_get_those_that_parakeet_finds(transcriber: Transcriber, sample_words: list[dict]) -> None:
    transcript = transcriber.transcribe(SAMPLE, CPU["canary"])
    (note,) = transcript.notes
    assert "Parakeet" in note
    words = [word for segment in transcript.segments for word in segment.words]
    for word, truth in zip(words, sample_words, strict=True):
        assert word.span == pytest.approx((truth["start"], truth["end"]), abs=0.2), truth


def test_a_model_without_word_times_that_is_alone_says_so(tmp_path: Path, sample_words: list[dict]) -> None:
    shutil.copy(DEMO_MODELS / "canary.nemo", tmp_path)
    transcript = Transcriber(tmp_path).transcribe(SAMPLE, CPU["canary"])
    assert NO_WORD_TIMES in transcript.notes
    assert all(word.start is None for segment in transcript.segments for word in segment.words)
    assert transcript.segments[0].start == pytest.approx(sample_words[0]["start"], abs=0.2)
    assert transcript.segments[-1].end == pytest.approx(sample_words[-1]["end"], abs=0.5)


@pytest.mark.parametrize(("model", "tolerance"), [("parakeet", 0), ("canary", 0.15), ("whisper", 0.1)])
def test_a_long_recording_is_chunked_and_keeps_its_times(
    transcriber: Transcriber,
    tmp_path: Path,
    model: str,
    tolerance: float,
    sample_audio: np.ndarray,
    sample_words: list[dict],
) -> None:
    """Five times the sample: chunks, batches, and words where they are said, near the end too."""
    soundfile.write(tmp_path / "long.wav", np.tile(sample_audio, 5), RATE)
    reports: list[Progress] = []
    transcript = transcriber.transcribe(tmp_path / "long.wav", CPU[model], reports.append)
    words = [word["text"] for word in sample_words] * 5
    assert edit_distance(words, transcript.text.split()) <= tolerance * len(words)
    assert [segment for report in reports for segment in report.segments] == list(transcript.segments)
    assert reports[-1].done == pytest.approx(len(sample_audio) * 5 / RATE)
    last = 4 * len(sample_audio) / RATE + sample_words[-1]["start"]
    assert transcript.segments[-1].end == pytest.approx(last, abs=1.5)


@pytest.mark.slow
def test_an_hour(transcriber: Transcriber, tmp_path: Path, sample_audio: np.ndarray, sample_words: list[dict]) -> None:
    times = 3600 * RATE // len(sample_audio) + 1
    soundfile.write(tmp_path / "hour.flac", np.tile(sample_audio, times), RATE)
    transcript = transcriber.transcribe(tmp_path / "hour.flac", CPU["parakeet"])
    assert transcript.duration > 3600
    assert transcript.text.split() == [word["text"] for word in sample_words] * times
    last = (times - 1) * len(sample_audio) / RATE + sample_words[-1]["start"]
    assert transcript.segments[-1].words[-1].start == pytest.approx(last, abs=0.2)


@pytest.mark.parametrize("model", CPU)
@pytest.mark.parametrize("kind", ["silence", "noise", "tone"])
def test_nothing_is_heard_where_nothing_is_said(
    transcriber: Transcriber, tmp_path: Path, model: str, kind: str
) -> None:
    length = 10 * RATE
    audio = {
        "silence": np.random.default_rng(0).standard_normal(length) * 1e-4,
        "noise": np.random.default_rng(0).standard_normal(length) * 0.05,
        "tone": 0.3 * np.sin(2 * np.pi * 440 * np.arange(length) / RATE),
    }[kind]
    soundfile.write(tmp_path / "a.wav", audio, RATE)
    assert transcriber.transcribe(tmp_path / "a.wav", CPU[model]).text == ""


@pytest.mark.parametrize(("model", "step"), [("parakeet", 1), ("canary", 1), ("whisper", 15)])
def test_clips_without_speech_give_no_words(transcriber: Transcriber, shared_data: Path, model: str, step: int) -> None:
    """Of the model alone, which is not told that nobody speaks; of Whisper, whose windows are long, every 15th."""
    engine = transcriber.load(CPU[model]).engine
    paths = sorted((shared_data / "speech-commands" / "_silence_").iterdir())[::step]
    clips = [np.concatenate(list(Recording(path).blocks())) for path in paths]
    for at in range(0, len(clips), 16):
        assert [one.words for one in engine.transcribe(clips[at : at + 16], CPU[model])] == [()] * len(
            clips[at : at + 16]
        )


@pytest.mark.parametrize("model", CPU)
def test_a_very_short_recording(
    transcriber: Transcriber, tmp_path: Path, model: str, sample_audio: np.ndarray, sample_words: list[dict]
) -> None:
    word = sample_words[6]
    clip = sample_audio[int((word["start"] - 0.05) * RATE) : int((word["end"] + 0.05) * RATE)]
    soundfile.write(tmp_path / "a.wav", clip, RATE)
    assert transcriber.transcribe(tmp_path / "a.wav", CPU[model]).text == word["text"]


def test_models_stay_loaded(transcriber: Transcriber) -> None:
    first = loading.load_model("parakeet", DEMO_MODELS, "cpu")
    assert loading.load_model("parakeet", str(DEMO_MODELS), "cpu") is first
    assert first is transcriber.load(CPU["parakeet"]).engine.model
    coarse = loading.load_model("parakeet", DEMO_MODELS, "cpu", "nemo", "bfloat16")
    assert {parameter.dtype for parameter in coarse.encoder.parameters()} == {torch.bfloat16}
    with pytest.raises(UnsupportedOptionError, match="the engine whisper cannot run"):
        loading.load_model("parakeet", DEMO_MODELS, "cpu", "whisper")


def test_our_words_are_the_librarys_own(transcriber: Transcriber) -> None:
    """The same archive through the library's public entry points, with no code of ours."""
    import whisper
    from nemo.collections.asr.models import ASRModel

    for name in ("parakeet", "canary"):
        model = ASRModel.restore_from(str(DEMO_MODELS / f"{name}.nemo"), map_location="cpu")
        (hypothesis,) = model.transcribe([str(SAMPLE)], verbose=False)
        assert transcriber.transcribe(SAMPLE, CPU[name]).text == hypothesis.text.strip()
    with Recording(SAMPLE) as recording:
        audio = np.concatenate(list(recording.blocks()))
    result = whisper.load_model(str(DEMO_MODELS / "whisper.pt"), device="cpu").transcribe(audio, fp16=False)
    assert transcriber.transcribe(SAMPLE, CPU["whisper"]).text == result["text"].strip()


def test_options_that_do_not_exist(transcriber: Transcriber) -> None:
    with pytest.raises(UnsupportedOptionError, match="auto, cuda, cpu"):
        TranscribeOptions(device="tpu")
    with pytest.raises(UnknownModelError):
        transcriber.transcribe(SAMPLE, TranscribeOptions("parrot"))


def test_a_recording_without_sound(transcriber: Transcriber, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(0), RATE)
    with pytest.raises(AudioEmptyError):
        transcriber.transcribe(tmp_path / "a.wav", CPU["parakeet"])


def test_a_part_of_a_recording(transcriber: Transcriber, sample_words: list[dict]) -> None:
    """Only what is said between two moments, with the times of the whole."""
    start, end = sample_words[4]["end"] + 0.1, sample_words[11]["start"] - 0.1
    options = TranscribeOptions("parakeet", "cpu", start=start, end=end)
    reports: list[Progress] = []
    transcript = transcriber.transcribe(SAMPLE, options, reports.append)
    words = [word for segment in transcript.segments for word in segment.words]
    assert [word.text for word in words] == [word["text"] for word in sample_words[5:11]]
    assert [word.start for word in words] == pytest.approx([word["start"] for word in sample_words[5:11]], abs=0.2)
    assert transcript.duration == pytest.approx(end)
    peaks = b"".join(report.peaks for report in reports)
    assert len(peaks) == pytest.approx(10 * end, abs=1)
    assert not any(peaks[: int(10 * start) - 1])


def test_the_language_is_settled_once_enough_was_heard(tmp_path: Path, sample_audio: np.ndarray) -> None:
    """What follows is heard in the language of the beginning."""
    asked: list[str] = []

    class Polyglot(BaseEngine):
        max_audio_seconds = 15.0
        capabilities = Capabilities(("de", "nl"), detects_language=True, keeps_language=True)

        def __init__(self) -> None:
            super().__init__(None, "cpu", "float32", batch_size=1)

        def transcribe(self, batch: list[np.ndarray], options: TranscribeOptions) -> list[Hypothesis]:
            asked.append(options.language)
            words = tuple(map(Word, "dies sind neun worte die jemand gesagt haben kann".split()))
            return [Hypothesis(words, "de" if len(asked) == 1 else "nl")]

    class German(Transcriber):
        def _load(self, model: FrozenModel, options: TranscribeOptions) -> FallbackEngine:
            return FallbackEngine(lambda options: Polyglot(), options)

    soundfile.write(tmp_path / "a.wav", np.tile(sample_audio, 2), RATE)
    german, options = German(tmp_path), TranscribeOptions("whisper", "cpu")
    transcript = german.transcribe(tmp_path / "a.wav", options)
    assert asked == ["auto", *["de"] * (len(asked) - 1)] and len(asked) > 2
    assert transcript.language == "de"

    asked.clear()
    group = german.batch_transcriber(options)
    group.add(0, tmp_path / "a.wav")
    (_, _), (_, first) = (event for _ in range(2) for event in group.step())
    asked[:] = [""]  # what was interrupted goes on in that language
    again = german.batch_transcriber(options)
    again.add(0, tmp_path / "a.wav", ResumeState(first.segments, first.done, first.elapsed, first.carried))
    while again:
        assert list(again.step())
    assert set(asked) == {"", "de"}

    dutch = german.transcribe(tmp_path / "a.wav", TranscribeOptions("whisper", "cpu", language="de"))
    assert "Parts of the text seem to be in Dutch: this model could not be held to German." in dutch.notes
    assert not any("Dutch" in note for note in transcript.notes)


def test_joined_recordings_go_on_where_they_were_interrupted(
    transcriber: Transcriber, tmp_path: Path, sample_audio: np.ndarray
) -> None:
    parts = [
        write_media(tmp_path / f"{rate}.ogg", np.tile(sample_audio, 9), codec, rate, channels).read_bytes()
        for codec, rate, channels in (("libopus", 48_000, 1), ("flac", 16_000, 1), ("libopus", 24_000, 2))
    ]
    (tmp_path / "a.ogg").write_bytes(b"".join(parts))
    whole = transcriber.transcribe(tmp_path / "a.ogg", CPU["parakeet"])
    assert len(whole.text.split()) == pytest.approx(540, abs=6) and whole.duration == pytest.approx(548, abs=1)
    group = transcriber.batch_transcriber(CPU["parakeet"])
    group.add(0, tmp_path / "a.ogg")
    told = [one for _ in range(4) for _, one in group.step() if isinstance(one, Progress)]
    group.close()
    segments = tuple(segment for one in told for segment in one.segments)
    assert 100 < told[-1].done < 500
    group = transcriber.batch_transcriber(CPU["parakeet"])
    group.add(0, tmp_path / "a.ogg", ResumeState(segments, told[-1].done, told[-1].elapsed, told[-1].carried))
    ends = []
    while group:
        ends += [one for _, one in group.step()]
    assert ends[-1].segments == whole.segments


@pytest.mark.parametrize("model", ["parakeet", "canary"])
def test_in_half_precision_the_words_are_the_same(
    transcriber: Transcriber, sample_words: list[dict], model: str
) -> None:
    """What makes features of the sound is exact, and of Canary's decoder all but the products."""
    options = TranscribeOptions(model, "cpu", compute_type="bfloat16")
    transcript = transcriber.transcribe(SAMPLE, options)
    assert transcript.text.split() == [word["text"] for word in sample_words]
    assert transcript.compute_type == "bfloat16"
    coarse = transcriber.load(options).engine.model.state_dict()
    exact = transcriber.load(replace(options, compute_type="float32")).engine.model.state_dict()
    kept = {name for name, value in coarse.items() if value.dtype != torch.bfloat16}
    assert all(torch.equal(coarse[name], exact[name]) for name in kept)
    assert {"preprocessor.featurizer.fb", "preprocessor.featurizer.window"} <= kept
    assert not any(name.startswith("encoder.") and coarse[name].is_floating_point() for name in kept)
    decoder = {name for name in coarse if name.startswith(("decoder.", "joint.", "transf_decoder.", "log_softmax."))}
    products = {name for name in decoder if "_sub_layer." in name}
    assert decoder & kept == (set() if model == "parakeet" else decoder - products)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("model", ["parakeet", "canary"])
def test_in_half_precision_the_file_is_let_go(tmp_path: Path, model: str) -> None:
    """Its weights are copies then: the mapped ones would be as much memory again, twice over."""
    path = Path(shutil.copy(DEMO_MODELS / f"{model}.nemo", tmp_path))
    models = [nemo.restore(path, "cpu", "float32")]
    assert str(path) in Path("/proc/self/maps").read_text()
    models[0] = nemo.restore(path, "cpu", "bfloat16")
    gc.collect()
    assert str(path) not in Path("/proc/self/maps").read_text()
