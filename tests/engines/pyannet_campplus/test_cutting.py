"""The pieces of voices in a window: of one local speaker each, neither too short nor too long."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from transcriber.engines.pyannet_campplus.cutting import (
    LEAST_FRAMES,
    LONG_FRAMES,
    PAUSE_FRAMES,
    SHORT_FRAMES,
    Piece,
    cut,
)
from transcriber.speakers.windows import FRAMES, LOCALS

BEGIN = 100


def window(*turns: tuple[int, int, int]) -> np.ndarray:
    """Who speaks, by turns (local speaker, first frame, frame behind the last)."""
    active = np.zeros((FRAMES, LOCALS), bool)
    for local, begin, end in turns:
        active[begin:end, local] = True
    return active


def spans(pieces: list[Piece]) -> list[tuple[int, int, int]]:
    return [(piece.local, int(piece.frames[0]), int(piece.frames[-1]) + 1) for piece in pieces]


TURNS = st.lists(
    st.tuples(st.integers(0, LOCALS - 1), st.integers(0, FRAMES - 1), st.integers(1, 400)).map(
        lambda turn: (turn[0], turn[1], min(turn[1] + turn[2], FRAMES))
    ),
    max_size=9,
)


@settings(deadline=None)
@given(TURNS)
def test_pieces_are_of_what_a_local_speaker_says(turns: list[tuple[int, int, int]]) -> None:
    active = window(*turns)
    is_alone = active.sum(1) == 1
    pieces = list(cut(active))
    for piece in pieces:
        assert active[piece.frames, piece.local].all()
        assert piece.alone == is_alone[piece.frames].sum()
        assert len(piece.frames) >= LEAST_FRAMES
        assert (np.diff(piece.frames) > 0).all()
    assert [piece.local for piece in pieces] == sorted(piece.local for piece in pieces)
    for local in range(LOCALS):
        frames = [frame for piece in pieces if piece.local == local for frame in piece.frames]
        assert frames == sorted(set(frames))


@settings(deadline=None)
@given(TURNS)
def test_whoever_is_heard_for_long_enough_has_a_voice(turns: list[tuple[int, int, int]]) -> None:
    active = window(*turns)
    alone = active & (active.sum(1, keepdims=True) == 1)
    found = {piece.local for piece in cut(active)}
    for local in range(LOCALS):
        frames = sum(len(piece.frames) for piece in cut(active) if piece.local == local)
        assert frames >= alone[:, local].sum() - LEAST_FRAMES
        if active[:, local].sum() < LEAST_FRAMES:
            assert local not in found


def test_nobody_is_heard_in_silence() -> None:
    assert list(cut(window())) == []


def test_what_others_say_meanwhile_is_left_out() -> None:
    first, second = cut(window((0, 200, 400), (1, 300, 400)))
    assert (first.local, int(first.frames[0]), int(first.frames[-1])) == (0, 200, 299)
    assert (second.local, second.alone) == (1, 0)  # who is never alone has a voice all the same


def test_it_is_cut_at_pauses_but_not_into_what_is_too_short() -> None:
    pause = PAUSE_FRAMES + 2
    half = BEGIN + SHORT_FRAMES
    long_enough = list(cut(window((0, BEGIN, half), (0, half + pause, half + pause + SHORT_FRAMES))))
    assert spans(long_enough) == [(0, BEGIN, half), (0, half + pause, half + pause + SHORT_FRAMES)]
    too_short = list(cut(window((0, BEGIN, half - 1), (0, half + pause, half + pause + SHORT_FRAMES))))
    assert spans(too_short) == [(0, BEGIN, half + pause + SHORT_FRAMES)]


def test_no_piece_is_longer_than_it_must_be() -> None:
    assert all(len(piece.frames) <= 1.1 * LONG_FRAMES for piece in cut(np.ones((FRAMES, LOCALS), bool)))
