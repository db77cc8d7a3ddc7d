"""Transcripts as subtitles: what is shown, mended, timed by hand, and that every file has it so."""

from dataclasses import replace
from itertools import pairwise

import pytest
from starlette.testclient import TestClient

from tests.support.conversation import conversation, said
from tests.support.stored_jobs import add
from transcriber.exports.subtitles.limits import PRESETS
from transcriber.exports.subtitles.shaping import shape
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.transcript import CueTime, Segment, Transcript, Word


def fast() -> Transcript:
    """A pause, then more than can be read, then at once something else."""
    words = "Because the toll-keepers were asleep or were paid to be so".split()
    hasty = tuple(Word(word, 3 + at / 6, 3 + (at + 0.9) / 6) for at, word in enumerate(words))
    segments = (
        said("Anna", 0.5, "Why?"),
        Segment(hasty, 3.0, hasty[-1].span[1], "Ben"),
        said("Anna", 5.0, "I see, yes."),
    )
    return Transcript(segments, 10.0, "parakeet", "cpu", elapsed=1.0)


def finished(dispatcher: Dispatcher, transcript: Transcript) -> str:
    job = add(dispatcher.jobs)
    dispatcher.results.finish(job.id, transcript)
    return job.id


@pytest.fixture
def identity(dispatcher: Dispatcher) -> str:
    return finished(dispatcher, fast())


def cues(web: TestClient, identity: str, **asked: object) -> list[dict]:
    answer = web.get(f"/jobs/{identity}/cues", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["cues"]


def change(web: TestClient, identity: str, **asked: object) -> dict:
    revision = web.get(f"/jobs/{identity}").json()["revision"]
    return web.post(f"/jobs/{identity}/edits", json={"kind": "cue", "revision": revision, **asked}).json()


def test_cues_are_those_of_the_file(web: TestClient, identity: str) -> None:
    shown, srt = cues(web, identity), web.get(f"/jobs/{identity}/transcript.srt").text
    assert ["\n".join(cue["lines"]) for cue in shown] == [
        block.split("\n", 2)[2].strip() for block in srt.split("\n\n")
    ]
    words = [word.text for segment in fast().segments for word in segment.words]
    assert [" ".join(words[cue["first"] : cue["first"] + cue["count"]]) for cue in shown] == [
        cue["text"] for cue in shown
    ]
    assert [problem["kind"] for cue in shown for problem in cue["problems"]] == ["max_cps"]
    assert cues(web, identity, preset="plain")[1]["problems"] == []
    assert web.get(f"/jobs/{identity}/cues", params={"preset": "nobody's"}).status_code == 400


def test_a_cue_that_is_too_fast_begins_in_the_pause_before_it(web: TestClient, identity: str) -> None:
    (number,) = [cue["number"] for cue in cues(web, identity) if cue["problems"]]
    (problem,) = cues(web, identity)[number - 1]["problems"]
    assert problem["can_mend"] and problem["earlier"] > 0
    assert change(web, identity, do="mend", cue=number)["can_undo"]
    mended = cues(web, identity)
    assert not any(cue["problems"] for cue in mended)
    for suffix, separator in (("srt", ","), ("vtt", ".")):
        file = web.get(f"/jobs/{identity}/transcript.{suffix}").text
        assert f"00:00:0{mended[number - 1]['start']:.3f}".replace(".", separator) in file
    web.post(f"/jobs/{identity}/undo", json={})
    assert cues(web, identity)[number - 1]["problems"]


def test_mending_all_leaves_what_nobody_can_mend(web: TestClient, dispatcher: Dispatcher) -> None:
    identity = finished(dispatcher, fast())
    assert change(web, identity, do="mend")["can_undo"]
    assert not any(cue["problems"] for cue in cues(web, identity))
    before = web.get(f"/jobs/{identity}").json()["revision"]
    change(web, identity, do="mend")
    assert web.get(f"/jobs/{identity}").json()["revision"] == before


def test_what_is_left_is_no_problem_any_more(web: TestClient, identity: str) -> None:
    (number,) = [cue["number"] for cue in cues(web, identity) if cue["problems"]]
    before = cues(web, identity)[number - 1]
    change(web, identity, do="leave", cue=number)
    after = cues(web, identity)[number - 1]
    assert not after["problems"]
    assert (after["start"], after["end"]) == (round(before["start"], 3), round(before["end"], 3))


def test_times_given_by_hand_outlive_corrections_and_presets(web: TestClient, identity: str) -> None:
    change(web, identity, do="times", cue=1, start=0.2, end=2.5)
    revision = web.get(f"/jobs/{identity}").json()["revision"]
    words = {"kind": "words", "revision": revision, "first": 0, "count": 1, "text": "Why, Ben?"}
    assert web.post(f"/jobs/{identity}/edits", json=words).status_code == 200
    for preset in PRESETS:
        first, *others = cues(web, identity, preset=preset)
        assert (first["start"], first["end"], first["text"]) == (0.2, 2.5, "Why, Ben?")
        assert all(not cue["is_fixed"] for cue in others)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"do": "times", "cue": 1, "start": 3.0, "end": 2.0}, "ends after it begins"),
        ({"do": "times", "cue": 2, "start": 0.1, "end": 2.0}, "before the subtitle before it"),
        ({"do": "times", "cue": 1, "start": 9.0, "end": 9.9}, "after the next subtitle"),
        ({"do": "times", "cue": 1, "end": 5.0}, "the next subtitle begins at 00:00:03.000"),
        ({"do": "times", "cue": 99, "start": 9.0, "end": 9.9}, "no number 99"),
        ({"do": "leave"}, "say which"),
        ({"do": "dance", "cue": 1}, "cue"),
    ],
)
def test_what_cannot_be_is_said(web: TestClient, identity: str, asked: dict, why: str) -> None:
    assert why in change(web, identity, **asked)["detail"]


def test_whatever_is_fixed_no_cue_overlaps_another() -> None:
    """Also where times that were given once would have it so, of words that have others by now."""
    fixed = (CueTime(0.5, 3.0, 0.5, 9.0), CueTime(3.0, 5.0, 0.3, 0.4))
    for labels in (True, False):
        shown = shape(replace(fast(), cues=fixed), PRESETS["netflix"], labels=labels)
        assert all(cue.start < cue.end <= after.start for cue, after in pairwise(shown))


def test_characters_are_counted_where_no_blank_parts_words(web: TestClient, dispatcher: Dispatcher) -> None:
    """A cue that ends within a word says what of it is in the next one."""
    text = "今日は天気がとても良いので散歩に行きましょうそしてお茶を飲みながらゆっくり話をしたいと思います"
    long = Segment((Word(text, 0.0, 4.0),), 0.0, 4.0)
    transcript = Transcript((long,), 5.0, "whisper", "cpu", language="ja")
    shown = cues(web, finished(dispatcher, transcript), preset="youtube")
    assert len(shown) > 1
    assert all((cue["first"], cue["count"]) == (0, 1) for cue in shown)
    assert all(cue["before"] + cue["text"] + cue["after"] == text for cue in shown)


def test_a_conversation_without_changes_is_shaped_as_ever() -> None:
    limits = PRESETS["netflix"]
    assert [cue.text for cue in shape(conversation(), limits)] == ["Who is there?", "It is me.", "Come in."]
