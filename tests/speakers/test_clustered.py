import tracemalloc

import numpy as np
import pytest

from tests.support.conversations import alternating, heard, voice, voices
from transcriber.speaker_count import SpeakerCount
from transcriber.speakers import people, stitching
from transcriber.speakers.clustered import ClusteredVoices
from transcriber.speakers.protocol import Activity
from transcriber.speakers.windows import FRAME_SECONDS, FRAMES, PIECES, WindowVoices


def speaking(activity: Activity, second: float) -> list[int]:
    """Who speaks then."""
    frame = round((second - activity.first_seconds) / activity.frame_seconds)
    return np.flatnonzero(activity.active[frame]).tolist()


@pytest.mark.parametrize("number", [1, 2, 3, 11])
def test_counts_the_people(number):
    activity = voices(alternating(number, 4 * number)).people()
    assert activity.active.shape[1] == len(activity.centres) == len(activity.quality) == number
    for turn in range(number):  # in the order of their first words
        assert speaking(activity, turn * 6.5 + 3) == [turn]
        assert activity.centres[turn] @ voice(turn) > 0.9


@pytest.mark.parametrize(
    ("count", "found"),
    [
        (SpeakerCount(2, 2), 2),
        (SpeakerCount(5, 5), 5),
        (SpeakerCount(1, 1), 1),
        (SpeakerCount(1, 2), 2),
        (SpeakerCount(4, 6), 4),
        (SpeakerCount(2, 6), 3),
    ],
)
def test_another_number_is_found_where_it_is_asked_for(count, found):
    assert voices(alternating(3, 24)).people(count).active.shape[1] == found


def test_more_people_than_pieces_are_as_many_as_there_can_be():
    assert voices([(0, 3, 0)]).people(SpeakerCount(5, 5)).active.shape[1] == 1


def test_nobody_speaks():
    activity = voices([], duration=20).people()
    assert activity.active.shape == (len(activity.exclusive), 0) and not len(activity.centres)
    assert (activity.exclusive == -1).all() and activity.duration == 20


def test_nothing_was_heard():
    nothing = heard([], duration=20)
    empty = ClusteredVoices(
        type(nothing)(nothing.starts[:0], nothing.active[:0], nothing.pieces, nothing.vectors, 0.0)
    ).people(SpeakerCount(2, 2))
    assert empty.active.shape == (0, 0) and empty.exclusive.shape == (0,)


def test_two_speak_at_once_and_one_of_them_has_the_words():
    activity = voices([(0, 8, 0), (6, 14, 1), (14.5, 20, 0), (20.5, 28, 1)]).people()
    assert speaking(activity, 4) == [0] and speaking(activity, 7) == [0, 1] and speaking(activity, 10) == [1]
    only = activity.exclusive >= 0
    assert activity.active[np.flatnonzero(only), activity.exclusive[only]].all()
    assert (only == activity.active.any(1)).all()


def test_what_says_little_or_is_mixed_is_of_less_quality():
    said = [*alternating(2, 12), (78, 83, 2)]
    sure, _, rare = voices(said).people().quality
    assert 0.6 < sure <= 1 and rare < sure - 0.2
    unsure = ClusteredVoices(heard(said, noise=0.1)).people(SpeakerCount(3, 3)).quality[0]
    assert unsure < sure


def test_one_person_as_two():
    one = voices(alternating(2, 12))
    everything = [(turn * 6.5, turn * 6.5 + 6) for turn in range(12)]
    assert [speaking(one.people(SpeakerCount(1, 1)), start + 3) for start, _ in everything] == [[0]] * 12
    assert [speaking(one.split(everything), start + 3) for start, _ in everything] == [[0], [1]] * 6


def test_only_what_is_to_be_split_is_told_apart():
    three = voices(alternating(3, 18))
    activity = three.split([(turn * 6.5, turn * 6.5 + 6) for turn in range(18) if turn % 3])
    assert [speaking(activity, turn * 6.5 + 3) for turn in range(18) if turn % 3] == [[0], [1]] * 6


def test_the_voice_of_whoever_speaks_in_some_stretches():
    three = voices(alternating(3, 18))
    own = three.voice([(turn * 6.5, turn * 6.5 + 6) for turn in range(1, 18, 3)])
    assert own @ voice(1) > 0.95
    assert three.voice([]) is None and three.voice([(9999, 99999)]) is None and three.voice([(-9, -1)]) is None


def test_more_pieces_than_are_compared_at_once_are_grouped_in_blocks(monkeypatch):
    monkeypatch.setattr(people, "BLOCK_PIECES", 50)
    monkeypatch.setattr(stitching, "BLOCK_FRAMES", 1000)
    said = alternating(4, 100)
    assert len(heard(said).pieces) > 8 * 50
    activity = voices(said).people()
    assert activity.active.shape[1] == 4
    assert [speaking(activity, turn * 6.5 + 3) for turn in range(100)] == [[0], [1], [2], [3]] * 25


def test_blocks_of_time_are_stitched_as_the_whole_is(monkeypatch):
    said = [(0.0, 8.0, 0), (6.0, 14.0, 1), (14.5, 20.0, 0), (19.5, 33.0, 2), (34.0, 50.0, 1)]
    whole = voices(said).people()
    monkeypatch.setattr(stitching, "BLOCK_FRAMES", 333)
    blocks = voices(said).people()
    assert np.array_equal(whole.active, blocks.active) and np.array_equal(whole.exclusive, blocks.exclusive)


def repeated(windows: WindowVoices, times: int) -> WindowVoices:
    """The same conversation several times over."""
    frames = int(windows.starts[-1]) + FRAMES
    pieces = np.tile(windows.pieces, times)
    pieces["window"] += np.repeat(np.arange(times) * len(windows.starts), len(windows.pieces)).astype(np.int32)
    return WindowVoices(
        (np.arange(times)[:, None] * frames + windows.starts).ravel(),
        np.tile(windows.active, (times, 1, 1)),
        pieces,
        np.tile(windows.vectors, (times, 1)),
        frames * times * FRAME_SECONDS,
    )


def test_ten_hours_are_stitched_in_little_memory():
    long = repeated(heard(alternating(4, 92)), 60)
    assert long.duration > 9.9 * 3600
    centres = np.stack([voice(person) for person in range(4)])
    tracemalloc.start()
    stitched = stitching.stitch(long, stitching.assign(long, centres), 4)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert stitched.active[-FRAMES:].any(0).sum() >= 2
    assert peak < 3 * stitched.active.nbytes, "a float32 for each frame and person alone would be four times as much"


def window_voices(*pieces: tuple[int, int, float, int]) -> WindowVoices:
    """Of pieces (window, local speaker, seconds alone, whose voice)."""
    rows = np.zeros(len(pieces), PIECES)
    for row, (window, local, alone, _) in zip(rows, pieces):
        row["window"], row["local"], row["alone"] = window, local, alone
    vectors = np.array([voice(person) for *_, person in pieces], np.float32).reshape(-1, 192)
    return WindowVoices(np.arange(3) * 296, np.zeros((3, FRAMES, 3), bool), rows, vectors, 20.0)


@pytest.mark.parametrize(
    ("pieces", "seconds"),
    [
        ([], []),
        ([(0, 0, 2, 0), (0, 0, 2.5, 0)], [4.5]),
        ([(0, 0, 2, 0), (0, 0, 2, 0), (0, 0, 2, 0)], [4, 2]),  # not too long
        ([(0, 0, 2, 0), (0, 0, 2, 1)], [2, 2]),  # another's voice
        ([(0, 0, 2, 0), (0, 1, 2, 0), (1, 1, 2, 0)], [2, 2, 2]),  # another local speaker, another window
        ([(0, 0, 0, 0), (0, 0, 1, 0)], [1]),
    ],
)
def test_people_are_founded_of_what_is_said_in_one_go(pieces, seconds):
    vectors, alone = people.utterances(window_voices(*pieces))
    assert alone == pytest.approx(seconds)
    assert vectors.shape == (len(seconds), 192)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1)
