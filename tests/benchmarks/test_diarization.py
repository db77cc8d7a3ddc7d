"""The arithmetic of who spoke: conversations that are known, rates, words, and the table, with programs that say what
they are told to."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from benchmarks.conditions import RATE
from benchmarks.conversations import Composer, Recipe
from benchmarks.diarization import conversations, repeated
from benchmarks.diarized import Answer, Conversation, scored
from benchmarks.readings import FRAME, Reader, speech
from benchmarks.speaker_files import read_rttm, read_words, write_rttm, write_words
from benchmarks.speaker_scoring import one_speaker, rates, spoken_by, wrong_words, wrong_words_by_time
from transcriber.transcript import Turn, Word

TURNS = [Turn(0.0, 4.0, "Anna"), Turn(3.0, 6.0, "Ben"), Turn(7.0, 10.0, "Anna")]
"""Ten seconds of speech, one of them together."""
WORDS = [
    Word("Good", 0.0, 1.0, speaker="Anna"),
    Word("morning,", 1.0, 2.5, speaker="Anna"),
    Word("hello!", 4.5, 5.5, speaker="Ben"),
    Word("Anna", 5.5, 6.0, speaker="Ben"),
    Word("yes", 8.0, 9.0, speaker="Anna"),
]


def named(turns: list[Turn], **names: str) -> list[Turn]:
    return [replace(turn, speaker=names[turn.speaker]) for turn in turns]


def said_by(*names: str) -> list[Word]:
    return [replace(word, speaker=name) for word, name in zip(WORDS, names, strict=True)]


@pytest.fixture
def readers() -> dict[str, Reader]:
    """Two who say a tone of one second, then nothing for half a second, forty times; of each its own."""

    def reader(hertz: float) -> Reader:
        tone = 0.5 * np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE)
        samples = np.tile(np.r_[tone, np.zeros(RATE // 2)], 40).astype(np.float32)
        words = tuple(Word(f"word{number}", 1.5 * number, 1.5 * number + 1) for number in range(40))
        breaths = (0, *(round((1.25 + 1.5 * number) * RATE) for number in range(40)))
        return Reader(samples, speech(samples), breaths, words)

    return {"low": reader(200), "high": reader(2000)}


def loud(samples: np.ndarray, low: float, high: float) -> np.ndarray:
    """Which 10 ms have sound between two frequencies."""
    spectrum = np.fft.rfft(samples)
    frequencies = np.fft.rfftfreq(len(samples), 1 / RATE)
    band = np.fft.irfft(spectrum * ((frequencies >= low) & (frequencies < high)), len(samples))
    return np.abs(band[: len(band) // FRAME * FRAME].reshape(-1, FRAME)).max(axis=1) > 0.005


def test_a_conversation_is_where_its_reference_says(readers: dict[str, Reader]):
    made = Composer(Recipe(("low", "high"), 2, overlap=0.3, seed=3), readers).compose()
    for name, band in (("low", (100, 1000)), ("high", (1000, 4000))):
        heard = loud(made.samples, *band)
        spoken = np.zeros(len(heard), bool)
        for turn in made.turns:
            if turn.speaker == name:
                spoken[round(turn.start * 100) : round(turn.end * 100)] = True
        assert spoken.sum() > 1000
        assert (heard != spoken).mean() < 0.05  # the margins around what is loud


def test_turns_of_a_conversation_overlap_where_it_is_asked_for(readers: dict[str, Reader]):
    def overlap(share: float) -> float:
        made = Composer(Recipe(("low", "high"), 2, overlap=share, seed=3), readers).compose()
        return sum(max(0.0, first.end - second.start) for first, second in zip(made.turns, made.turns[1:]))

    assert overlap(0.0) == 0
    assert overlap(0.5) > 2


def test_words_of_a_conversation_lie_in_the_turns_of_their_speaker(readers: dict[str, Reader]):
    made = Composer(Recipe(("low", "high"), 2, overlap=0.3, seed=3), readers).compose()
    assert len(made.words) > 20
    for word in made.words:
        assert any(turn.start <= word.middle <= turn.end and turn.speaker == word.speaker for turn in made.turns), word


def test_the_same_recipe_makes_the_same_conversation(readers: dict[str, Reader]):
    first, second = (Composer(Recipe(("low", "high"), 1, seed=5), readers).compose() for _ in range(2))
    assert np.array_equal(first.samples, second.samples)
    assert first.turns == second.turns


def test_shares_say_how_often_each_has_the_word(readers: dict[str, Reader]):
    made = Composer(Recipe(("low", "high"), 2, seed=5, shares=(9, 1)), readers).compose()
    low, high = (sum(turn.end - turn.start for turn in made.turns if turn.speaker == name) for name in readers)
    assert low > 3 * high > 0


def test_what_was_said_without_a_mistake_has_no_errors():
    right = rates(TURNS, named(TURNS, Anna="1", Ben="2"), 10)
    assert (right.speech, right.der) == (10, 0)


def test_missed_false_and_confused_speech_are_told():
    found = [Turn(0.0, 3.0, "1"), Turn(3.0, 6.5, "2"), Turn(7.0, 9.0, "1"), Turn(9.0, 10.0, "2")]
    told = rates(TURNS, found, 10)
    assert (told.missed, told.false, told.confused) == pytest.approx((1.0, 0.5, 1.0))
    assert told.der == pytest.approx(0.25)


def test_a_collar_leaves_out_both_sides_of_a_boundary():
    reference, found = [Turn(1.0, 3.0, "Anna")], [Turn(1.2, 3.5, "1")]
    loose = rates(reference, found, 10, collar=0.25)
    assert (loose.speech, loose.missed, loose.false) == pytest.approx((1.5, 0.0, 0.25))


def test_the_lower_line_hears_all_speech_as_one_persons():
    low = rates(TURNS, one_speaker(TURNS), 10)
    assert (low.missed, low.false, low.confused) == pytest.approx((1.0, 0.0, 2.0))


def test_words_of_another_are_counted_whatever_the_names_are():
    assert wrong_words(said_by("1", "1", "2", "2", "1"), WORDS).wrong == 0
    counts = wrong_words(said_by("1", "1", "2", "1", "1"), WORDS)
    assert (counts.known, counts.wrong, counts.rate) == (5, 1, 0.2)


def test_two_people_are_not_one_name():
    """Else a program that puts every word into a turn of its own would have no errors."""
    assert wrong_words(said_by("1", "2", "3", "4", "5"), WORDS).wrong == 3
    assert wrong_words(said_by("1", "1", "1", "1", "1"), WORDS).wrong == 2


def test_words_that_were_written_wrong_are_not_known():
    heard = said_by("1", "1", "2", "1", "1")
    assert wrong_words([*heard[:3], replace(heard[3], text="Hannah"), heard[4]], WORDS).known == 4


def test_a_word_far_from_where_it_was_said_is_another_one():
    heard = said_by("1", "1", "2", "2", "1")
    assert wrong_words([*heard[:4], replace(heard[4], start=11.0, end=12.0)], WORDS).known == 4


def test_by_time_either_may_have_said_what_is_said_together():
    together = Word("oh", 3.2, 3.8, speaker="2")
    nobody = Word("hm", 12.0, 12.2, speaker="2")
    counts = wrong_words_by_time([*said_by("1", "1", "2", "2", "1"), together, nobody], TURNS)
    assert (counts.known, counts.wrong) == (6, 0)
    assert wrong_words_by_time(said_by("1", "1", "2", "2", "2"), TURNS).wrong == 1


def test_words_without_speakers_get_who_speaks_longest_in_them_or_next_to_them():
    given = spoken_by([Word("a", 2.0, 3.6), Word("b", 3.5, 6.0), Word("c", 6.4, 6.5), Word("d", 11.0, 12.0)], TURNS)
    assert [word.speaker for word in given] == ["Anna", "Ben", "Ben", "Anna"]


def test_a_row_adds_up(tmp_path: Path):
    soundfile.write(tmp_path / "talk.wav", np.zeros(10 * RATE), RATE)
    talk = Conversation(tmp_path / "talk.wav", TURNS, WORDS)
    right = scored(talk, Answer(named(TURNS, Anna="1", Ben="2"), said_by("1", "1", "2", "2", "1"), 1.0, 0.5))
    wrong = scored(talk, Answer(one_speaker(TURNS), said_by(*"11111"), 2.0, 0.25))
    assert right.cells() == ["2", "2", "0.0", "0.0", "0.0", "0.0", "0.0", "5", "0", "0.0", "360", "0.50"]
    assert wrong.cells()[:6] == ["2", "1", "30.0", "10.0", "0.0", "20.0"]
    both = right + wrong
    assert both.cells()[:6] == ["2 ×", "1 right", "15.0", "5.0", "0.0", "10.0"]
    assert both.cells()[7:] == ["10", "2", "20.0", "540", "0.50"]


def test_a_program_that_heard_nobody_missed_everything(tmp_path: Path):
    soundfile.write(tmp_path / "talk.wav", np.zeros(10 * RATE), RATE)
    row = scored(Conversation(tmp_path / "talk.wav", TURNS, []), Answer([]))
    assert row.cells() == ["2", "0", "100.0", "100.0", "0.0", "0.0", "100.0", "–", "–", "–", "–", "–"]


def test_a_folder_of_recordings_is_heard_as_one_channel_of_16_khz(tmp_path: Path):
    there, made = tmp_path / "there", tmp_path / "made"
    there.mkdir()
    made.mkdir()
    soundfile.write(there / "talk.flac", np.zeros((8000, 2)), 8000)
    write_rttm(there / "talk.rttm", TURNS)
    write_words(there / "talk.json", WORDS)
    soundfile.write(there / "without.flac", np.zeros(8000), 8000)
    (talk,) = conversations(there, made)
    assert (talk.turns, talk.words, talk.duration) == (TURNS, WORDS, 1.0)
    assert soundfile.info(talk.path).samplerate == RATE


def test_files_are_read_as_they_were_written(tmp_path: Path):
    write_rttm(tmp_path / "talk.rttm", TURNS)
    write_words(tmp_path / "talk.json", WORDS)
    assert read_rttm(tmp_path / "talk.rttm") == TURNS
    assert read_words(tmp_path / "talk.json") == WORDS


def test_a_recording_is_heard_over_and_over(tmp_path: Path):
    samples = np.arange(RATE, dtype=np.int16)
    soundfile.write(tmp_path / "short.wav", samples, RATE)
    long, _ = soundfile.read(repeated(tmp_path / "short.wav", 2.5 / 3600, tmp_path / "long.wav"), dtype="int16")
    assert np.array_equal(long, np.r_[samples, samples, samples[: RATE // 2]])
