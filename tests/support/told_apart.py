"""Transcripts of conversations of tests/support/conversations.py, told apart as the program does."""

from collections.abc import Sequence

from tests.support.conversations import Said, voices
from transcriber import speaker_count
from transcriber.segmentation import segments
from transcriber.speaker_count import SpeakerCount
from transcriber.speakers.clustered import ClusteredVoices
from transcriber.speakers.turns import diarization
from transcriber.speakers.words import with_speakers
from transcriber.transcript import Transcript, Word

WORD_SECONDS = 0.5


def words_of(said: Sequence[Said]) -> list[Word]:
    """The words of each turn, a sentence each; a word names who says it: "b3." is the fourth of the second person."""
    words = []
    for start, end, person in sorted(said):
        count = max(1, int((end - start) / WORD_SECONDS))
        for number in range(count):
            at = start + number * WORD_SECONDS
            text = f"{'abcdefghijk'[person]}{number}{'.' * (number == count - 1)}"
            words.append(Word(text, round(at, 3), round(at + WORD_SECONDS, 3)))
    return words


def told_apart(said: Sequence[Said], count: str = "auto") -> tuple[Transcript, ClusteredVoices]:
    heard = voices(said)
    activity = heard.people(speaker_count.parse(count) or SpeakerCount())
    who = diarization(activity, "speakers", count)
    names = [voice.speaker for voice in who.voices]
    whole = tuple(segments(words_of(said)))
    transcript = Transcript(
        with_speakers(whole, activity, names), heard.windows.duration, "whisper-base", "cpu", diarization=who
    )
    return transcript, heard


def who_says(transcript: Transcript) -> dict[str, set[str]]:
    """The speakers of the words of each person, by the letter that they begin with."""
    found: dict[str, set[str]] = {}
    for segment in transcript.segments:
        for word in segment.words:
            found.setdefault(word.text[0], set()).add(str(word.speaker))
    return found
