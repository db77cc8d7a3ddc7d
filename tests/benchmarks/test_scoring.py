"""Words counted as wrong, against sentences of which the counts are plain to see."""

import pytest

from benchmarks.scoring import Score, aligned, doubled, hallucinated, mistakes, score, total

SAID = "so he sat by this luck and waited"


def pairs(reference: str, hypothesis: str) -> list[tuple[str, str]]:
    return aligned(reference.split(), hypothesis.split())


def test_each_kind_of_error_is_counted_as_what_it_is():
    counted = score("rain falls on roofs", "rain fell on old roofs")
    assert counted == Score(reference=4, substitutions=1, insertions=1)
    assert score("rain falls on roofs", "rain on roofs") == Score(reference=4, deletions=1)
    assert score("rain falls on roofs", "rain fell on old roofs").wer == 0.5


def test_case_punctuation_and_ways_of_writing_are_no_errors():
    assert score("he's got twenty five dollars in colour", "He has got $25, in color!").errors == 0
    assert score("für die besten aussichten", "Für die besten Aussichten.", "de").errors == 0
    assert score("vingt cinq", "25", "fr").errors == 2, "the basic normaliser knows no numbers"


def test_all_words_where_nobody_speaks_are_hallucinated():
    counted = score("", "Thank you.")
    assert (counted.insertions, counted.hallucinated) == (2, 2)
    assert counted.wer == float("inf")
    assert score("", "").wer == 0.0


@pytest.mark.parametrize(
    ("written", "count"),
    [
        (SAID, 0),
        ("so he sat by this luck and and waited", 0),
        ("so he sat down right by this luck and waited", 0),
        ("so he sat by this luck can save a bonus because it is an emergency and waited", 9),
        ("so he sat by this desperate lack which is nothing at all and waited", 6),
        ("so he sat on that", 0),
        ("so he sat by this lo at so a king waited", 0),
    ],
)
def test_three_words_more_than_were_said_are_hallucinated(written: str, count: int):
    assert hallucinated(pairs(SAID, written)) == count


@pytest.mark.parametrize(
    ("said", "written", "count"),
    [
        (SAID, "so he sat by this this luck and waited", 1),
        (SAID, "so he sat by this by this luck and waited waited", 2),
        (SAID, "so so so he sat by this luck and waited", 2),
        ("it was very very late", "it was very very late", 0),
        ("it was very very late", "it was very very very late", 1),
        ("no no no", "no no no", 0),
        ("by this luck", "by this lack by this lack", 1),
    ],
)
def test_what_follows_itself_is_doubled_unless_it_was_said_twice(said: str, written: str, count: int):
    assert doubled(pairs(said, written)) == count


def test_mistakes_are_told_with_a_word_around_them():
    assert mistakes(pairs(SAID, "so we sat by this luck and waited there")) == [
        "so he sat → so we sat",
        "waited → waited there",
    ]
    assert mistakes(pairs(SAID, SAID)) == []


def test_scores_add_up_over_recordings():
    both = total([score("rain falls", "rain"), score("snow", "snow snow")])
    assert both == Score(reference=3, deletions=1, insertions=1, doubled=1)
    assert both.wer == pytest.approx(2 / 3)
