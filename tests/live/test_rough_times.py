"""Words without times share the speech."""

import pytest

from transcriber.live.rough_times import with_times
from transcriber.transcript import Word


def test_words_share_the_speech_by_their_letters() -> None:
    timed = with_times([Word("a"), Word("abcd"), Word("ab")], [(1.0, 2.0), (3.0, 9.0)])
    assert [word.start for word in timed] == pytest.approx([1.0, 3.0, 7.0])
    assert timed[-1].end == pytest.approx(9.0)


def test_words_with_times_keep_them() -> None:
    words = [Word("so", 0.5, 0.9)]
    assert with_times(words, [(0.0, 9.0)]) == words


def test_nothing_is_made_up_for_silence() -> None:
    assert list(with_times([], [(0.0, 1.0)])) == []
    assert with_times([Word("so")], []) == [Word("so")]
