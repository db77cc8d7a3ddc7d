"""Words get the times at which they are said; what is not said is squeezed between others, and known."""

import random
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.support.places import RATE
from tools.known_speech import AlignmentErrors, clips, script, spoken
from transcriber.alignment.aligner import (
    MAX_STRETCH_SECONDS,
    AlignmentStatus,
    align,
    align_chunk,
    forced_aligner_of,
    timed,
)
from transcriber.alignment.streamed_audio import StreamedAudio
from transcriber.errors import UnsupportedOptionError
from transcriber.options import TranscribeOptions
from transcriber.transcript import Word, joined

FRAME = 0.08
PARAKEET = TranscribeOptions("parakeet", "cpu")


@pytest.fixture(scope="module")
def parakeet(transcriber):
    return transcriber.load(PARAKEET)


@pytest.fixture(scope="module")
def said() -> list[Word]:
    """A word a second, half a second long."""
    return [Word(text, second, second + 0.5, 0.9) for second, text in enumerate("the cat sat on the old mat".split())]


def nowhere(words, start, end) -> list[None]:
    return [None] * len(words)


def test_the_same_words_have_the_same_times(said: list[Word]) -> None:
    written = ["The", "cat", "sat", "–", "on", "the", "old", "MAT!"]
    alignment = align(written, said, nowhere, 10)
    assert [word.text for word in alignment.words] == written
    timed = [word for word in alignment.words if word.text != "–"]
    assert [(word.start, word.end, word.confidence) for word in timed] == [(w.start, w.end, w.confidence) for w in said]
    assert alignment.statuses == (
        *[AlignmentStatus.MATCHED] * 3,
        AlignmentStatus.UNSPOKEN,
        *[AlignmentStatus.MATCHED] * 4,
    )
    assert not alignment.missing


def test_what_is_not_said_lies_between_its_neighbours(said: list[Word]) -> None:
    alignment = align("oh the cat sat quietly on the old mat indeed".split(), said, nowhere, 7)
    assert alignment.missing == [0, 4, 9]
    oh, quietly, indeed = (alignment.words[number] for number in alignment.missing)
    assert (oh.start, oh.end) == (0, 0)
    assert 2.5 <= quietly.span[0] < quietly.span[1] <= 3
    assert 6.5 <= indeed.span[0] < indeed.span[1] <= 7
    assert {oh.confidence, quietly.confidence, indeed.confidence} == {0}


def test_what_is_not_in_the_text_leaves_a_gap(said: list[Word]) -> None:
    alignment = align("the cat old mat".split(), said, nowhere, 7)
    assert [word.start for word in alignment.words] == [0, 1, 5, 6]
    assert not alignment.missing


def test_between_the_anchors_the_scores_decide(said: list[Word]) -> None:
    """They are asked for what differs and a word on either side, up to the next words that agree."""
    asked = []

    def place(words, start, end):
        asked.append((words, start, end))
        return [Word(word, start + k / 10, start + k / 10 + 0.05, 0.5) for k, word in enumerate(words)]

    alignment = align("the cat sat in the old mat".split(), said, place, 7)
    assert asked == [(["sat", "in", "the"], 1.5, 5)]
    assert [word.start for word in alignment.words] == pytest.approx([0, 1, 1.5, 1.6, 1.7, 5, 6])
    assert alignment.statuses[2:5] == (AlignmentStatus.ALIGNED,) * 3


def test_a_place_that_the_scores_hardly_believe_is_reported(said: list[Word]) -> None:
    def place(words, start, end):
        return [Word(word, 2 + k, 2.5 + k, 0.5 if word != "in" else 1e-3) for k, word in enumerate(words)]

    alignment = align("the cat sat in the old mat".split(), said, place, 7)
    assert alignment.missing == [3]
    assert alignment.words[3] == Word("in", 3, 3.5, 1e-3)


def test_another_spelling_is_where_it_was_heard_unless_the_scores_know_better(said: list[Word]) -> None:
    alignment = align("the cats sat on the old mat".split(), said, nowhere, 7)
    assert alignment.statuses[1] is AlignmentStatus.MATCHED
    assert alignment.words[1].span == (1, 1.5)
    assert 0 < (alignment.words[1].confidence or 0) < 0.9


def test_nothing_is_looked_for_in_many_minutes(said: list[Word]) -> None:
    late = [*said[:3], *(word.later(MAX_STRETCH_SECONDS) for word in said[3:])]

    def place(words, start, end):
        raise AssertionError("a stretch that is too long was looked through")

    assert align("the cat sat down on the old mat".split(), late, place, MAX_STRETCH_SECONDS + 10).missing == [3]


def test_laws() -> None:
    """Whatever was heard: the words as they are written, in order, within the recording, none over another."""
    rng = random.Random(1)
    for _ in range(200):
        heard = [Word(rng.choice("abcde") * 3, k, k + rng.random()) for k in range(rng.randint(0, 12))]
        written = [rng.choice(["aaa", "Bbb.", "ccc", "xyz", "–"]) for _ in range(rng.randint(1, 12))]

        def place(words, start, end):
            times = sorted(rng.uniform(start, end) for _ in range(2 * len(words)))
            return [
                rng.choice([None, Word(word, *times[2 * k : 2 * k + 2], rng.random() ** 4)])
                for k, word in enumerate(words)
            ]

        alignment = align(written, heard, place, 13)
        assert [word.text for word in alignment.words] == written
        times = [time for word in alignment.words for time in word.span]
        assert times == sorted(times)
        assert times[0] >= 0 and times[-1] <= 13


def test_a_passage_is_what_is_there() -> None:
    samples = np.arange(10 * RATE, dtype=np.float32)
    passages = StreamedAudio(np.split(samples, [RATE, RATE + 7, 4 * RATE]))
    for start, end in ((-3, 0.5), (0.25, 2), (0.5, 0.75), (3, 8.5), (9, 12), (9.5, 11), (11, 12)):
        cut, begin = passages.cut(start, end)
        first = min(max(0, int(start * RATE)), len(samples))
        assert np.array_equal(cut, samples[first : int(end * RATE)])
        if len(cut):
            assert begin == first / RATE


def test_the_sample(parakeet, sample_audio: np.ndarray, sample_words: list[dict]) -> None:
    written = [word["text"].title() + "." for word in sample_words]
    words = align_chunk(parakeet, sample_audio, written)
    assert [word.text for word in words] == written
    check_times(words, sample_words)


def test_the_scores_alone_find_every_word(parakeet, sample_audio: np.ndarray, sample_words: list[dict]) -> None:
    """A minute, encoded in three pieces, of which the model is taken to have heard nothing."""
    copies = [
        {**word, "start": word["start"] + shift, "end": word["end"] + shift}
        for shift in (copy * len(sample_audio) / RATE for copy in range(3))
        for word in sample_words
    ]
    written = [word["text"].upper() for word in copies]
    words = align_chunk(parakeet, np.tile(sample_audio, 3), written, transcribed=[])
    check_times(words, copies)
    assert min(word.confidence or 0 for word in words) > 0.5


def test_the_scores_are_those_of_the_models_own_decoding(parakeet, sample_audio: np.ndarray) -> None:
    """Where the greedy path is the best one, both have the same frames."""
    (heard,) = parakeet.transcribe([sample_audio])
    found = forced_aligner_of(parakeet).align(
        sample_audio, [word.text for word in heard.words], 0, len(sample_audio) / RATE
    )
    assert [word.span for word in found] == [pytest.approx(word.span) for word in heard.words]


def test_one_more_time_after_another_recording(parakeet, sample_audio: np.ndarray, sample_words: list[dict]) -> None:
    """Transcribing in between changes no score: NeMo leaves parts of the model as in training."""
    texts = [word["text"] for word in sample_words]
    first = align_chunk(parakeet, sample_audio, texts, transcribed=[])
    parakeet.transcribe([sample_audio[::-1].copy()])
    assert align_chunk(parakeet, sample_audio, texts, transcribed=[]) == first


def test_words_that_nobody_says(parakeet, sample_audio: np.ndarray, sample_words: list[dict]) -> None:
    """Some that the model can write, and some that it cannot: the others have their times all the same."""
    written = [word["text"] for word in sample_words]
    wrong = [*written[:4], "seven", *written[4:9], "banana", "zero", *written[10:], "Привет"]
    (heard,) = parakeet.transcribe([sample_audio])
    place = StreamedAudio([sample_audio]).aligned_by(forced_aligner_of(parakeet))
    alignment = align(wrong, heard.words, place, len(sample_audio) / RATE)
    assert alignment.missing == [4, 10, 22]
    check_times([word for number, word in enumerate(alignment.words) if number not in (4, 10, 22)], sample_words)


def check_times(words, truth: list[dict]) -> None:
    for word, true in zip(words, truth, strict=True):
        assert word.span == pytest.approx((true["start"], true["end"]), abs=1.5 * FRAME), true


def test_words_of_which_nothing_is_heard_fill_the_time(parakeet) -> None:
    words = align_chunk(parakeet, np.zeros(3 * RATE, np.float32), ["Nobody", "speaks."])
    assert 0 <= words[0].span[0] < words[-1].span[1] <= 3
    assert [word.confidence for word in words] == [0, 0]


def test_a_model_without_such_scores_is_refused(transcriber) -> None:
    with pytest.raises(UnsupportedOptionError, match="choose one of parakeet"):
        forced_aligner_of(transcriber.load(TranscribeOptions("canary", "cpu")), ["parakeet"])


@pytest.mark.parametrize("kind", ["wrong", "missing", "extra"])
def test_scripts_with_mistakes(transcriber, parakeet, shared_data: Path, tmp_path: Path, kind: str) -> None:
    """People whom the model never heard: benchmarks/README.md has the figures, here they are only not to be far off."""
    rng = random.Random(kind)
    recording = spoken(clips(shared_data), 45, rng)
    soundfile.write(tmp_path / "a.wav", recording.audio, RATE)
    heard = transcriber.transcribe(tmp_path / "a.wav", PARAKEET)
    own = [word for segment in heard.segments for word in segment.words]
    written, errors = script(recording.words, kind, rng), AlignmentErrors()
    place = StreamedAudio([recording.audio]).aligned_by(forced_aligner_of(parakeet))
    errors.add_script(written, align([text for text, _ in written], own, place, heard.duration))
    assert np.median(np.abs(errors.starts)) < 40
    assert np.median(np.abs(errors.ends)) < 40
    assert np.quantile(np.abs(errors.starts), 0.95) < 160
    assert errors.unfound <= 0.02 * errors.words
    assert errors.reported >= 0.7 * errors.false


def test_given_words_keep_how_they_are_joined_and_who_said_them() -> None:
    given = [Word("25", speaker="Anna", space_before=False), Word("-30", space_before=False), Word("%", 9.0, 9.5, 0.1)]
    found = [Word("25", 1.0, 1.5, 0.9), Word("-30", 1.5, 2.0), Word("%", 2.0, 2.5, 0.8)]
    words = timed(given, found)
    assert joined(words) == "25-30 %"
    assert [(word.start, word.end, word.confidence) for word in words] == [(1, 1.5, 0.9), (1.5, 2, None), (2, 2.5, 0.8)]
    assert [word.speaker for word in words] == ["Anna", None, None]
