"""A text replaced wherever it stands."""

import pytest

from tests.support.edited import edited, spoken, words
from transcriber.errors import UnsupportedOptionError
from transcriber.jobs.edits import request_of
from transcriber.jobs.edits.replacing import preview
from transcriber.transcript import Transcript


def replaced(transcript: Transcript, find: str, new: str, **asked: bool) -> Transcript:
    return edited(transcript, "replace", **{"find": find, "with": new, **asked})


def hits(transcript: Transcript, find: str, **asked: bool) -> list[dict]:
    return preview(transcript, request_of("replace", {"find": find, "with": "", **asked}))


def test_everywhere_at_once() -> None:
    before = spoken("Tomson,", "said", "tomson", "and", "Tomsons")
    assert replaced(before, "Tomson", "Thomson").text == "Thomson, said Thomson and Thomsons"
    assert replaced(before, "Tomson", "Thomson", match_case=True).text == "Thomson, said tomson and Thomsons"
    assert replaced(before, "Tomson", "Thomson", whole_words=True).text == "Thomson, said Thomson and Tomsons"


def test_what_stands_over_several_words() -> None:
    before = spoken("we", "saw", "new", "york", "new", "york", "again")
    after = replaced(before, "new york", "New York City")
    assert after.text == "we saw New York City New York City again"
    assert [word.start for word in words(after)][:3] == [0.0, 1.0, 2.0]
    assert replaced(before, "w y", "w Y").text == "we saw new York new York again"


def test_what_is_replaced_by_nothing_is_gone() -> None:
    assert replaced(spoken("well", "um", "yes", "um"), "um", "").text == "well yes"
    assert replaced(spoken("um"), "um", "").text == ""


def test_signs_mean_themselves() -> None:
    assert replaced(spoken("C++", "a.b", "axb"), "a.b", r"\1").text == r"C++ \1 axb"


def test_a_text_without_blanks() -> None:
    from dataclasses import replace

    before = spoken("我们", "昨天", "讨论")
    segment = before.segments[0]
    joined = replace(segment, words=tuple(replace(word, space_before=False) for word in segment.words))
    after = replaced(replace(before, segments=(joined,)), "昨天讨", "今天讨")
    assert after.text == "我们今天讨论"


def test_the_preview_shows_each_place() -> None:
    first, second = hits(spoken("we", "saw", "Anna", "and", "anna’s", "son"), "anna")
    where = {"first": 2, "count": 1, "start": 2.0}
    assert first == {**where, "before": "we saw ", "match": "Anna", "after": " and anna’s son"}
    assert (second["first"], second["match"], second["after"]) == (4, "anna", "’s son")
    assert len(hits(spoken("we", "saw", "Anna", "and", "anna’s", "son"), "anna", match_case=True)) == 1


def test_what_is_nowhere_is_said() -> None:
    with pytest.raises(UnsupportedOptionError, match="“x” is nowhere"):
        replaced(spoken("a"), "x", "y")
    for nothing in ("", "  "):
        with pytest.raises(UnsupportedOptionError, match="nothing to be found"):
            replaced(spoken("a"), nothing, "y")
