"""RTTM: what programs that measure diarization read."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from transcriber.exports import render
from transcriber.exports.rttm import rttm_lines
from transcriber.transcript import Diarization, Segment, Source, Transcript, Turn, Voice, Word

TURNS = (Turn(0.5, 2.25, "Speaker 1"), Turn(2.0, 3.0004, "Speaker 2"), Turn(3.5, 4.0, "Speaker 1"))
TALK = Diarization("speakers", (Voice("Speaker 1", 2.25), Voice("Speaker 2", 1.0)), TURNS)


def read(text: str) -> list[tuple[str, Turn]]:
    """File and turn of each line, as NIST describes them."""
    found = []
    for line in text.split("\n")[:-1]:
        kind, file, channel, start, seconds, ortho, sort, name, confidence, lookahead = line.split(" ")
        assert (kind, channel) == ("SPEAKER", "1")
        assert {ortho, sort, confidence, lookahead} == {"<NA>"}
        found.append((file, Turn(float(start), float(start) + float(seconds), name)))
    return found


def test_to_the_letter() -> None:
    assert list(rttm_lines(TALK, "board meeting")) == [
        "SPEAKER board_meeting 1 0.500 1.750 <NA> <NA> Speaker_1 <NA> <NA>",
        "SPEAKER board_meeting 1 2.000 1.000 <NA> <NA> Speaker_2 <NA> <NA>",
        "SPEAKER board_meeting 1 3.500 0.500 <NA> <NA> Speaker_1 <NA> <NA>",
    ]


def test_turns_that_were_heard_are_written_also_where_no_words_are() -> None:
    transcript = Transcript((), 9.0, "whisper", "cpu", source=Source("a talk.wav", 1, "ab"), diarization=TALK)
    assert render(transcript, "rttm").decode().splitlines() == list(rttm_lines(TALK, "a talk"))


def test_speakers_of_words_are_turns_where_nothing_else_is_known() -> None:
    words = tuple(Word(text, at, at + 1.0, speaker=name) for at, (text, name) in enumerate(zip("abc", ("x", "x", "y"))))
    transcript = Transcript((Segment(words, 0, 3), Segment((Word("d", 3, 4),), 3, 4)), 9.0, "whisper", "cpu")
    assert read(render(transcript, "rttm").decode()) == [
        ("Transcript", Turn(0.0, 2.0, "x")),
        ("Transcript", Turn(2.0, 3.0, "y")),
    ]
    assert render(Transcript((Segment((Word("d", 3, 4),), 3, 4),), 9.0, "whisper", "cpu"), "rttm") == b""


@given(
    st.lists(st.tuples(st.floats(0, 99_999), st.floats(0.001, 600), st.text(max_size=9)), max_size=9),
    st.text(max_size=9),
)
def test_any_name_is_a_field_and_people_stay_apart(drawn: list[tuple[float, float, str]], file: str) -> None:
    turns = tuple(Turn(start, start + seconds, name) for start, seconds, name in drawn)
    lines = list(rttm_lines(Diarization("speakers", (), turns), file))
    found = read("".join(f"{line}\n" for line in lines))
    assert len(found) == len(turns)
    for (_, written), turn in zip(found, turns):
        assert abs(written.start - turn.start) < 0.0006 and abs(written.end - turn.end) < 0.0016
    names = {(turn.speaker, written.speaker) for turn, (_, written) in zip(turns, found)}
    assert len(names) == len({old for old, _ in names}) == len({new for _, new in names})
    assert all(before == after for (before, _), (after, _) in pairwise(found))
