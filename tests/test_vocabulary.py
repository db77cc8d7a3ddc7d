"""The file of a user's names and terms."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcriber import vocabulary
from transcriber.errors import StorageError, UnsupportedOptionError


def test_comments_blanks_and_repetitions_are_left_out() -> None:
    text = "# mine\n\n  Łódź \nAngela   Merkel\nC#\nF# minor  # a key\nŁódź\n\t\nC# # again\n"
    assert vocabulary.parse(text) == ("Łódź", "Angela Merkel", "C#", "F# minor")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_reading(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "terms").write_text("東京\r\nŁódź\r\n", encoding=encoding)
    assert vocabulary.read(tmp_path / "terms") == ("東京", "Łódź")


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "vocabulary.txt"
    for terms in ((), ("Łódź", "C#", "a b")):
        vocabulary.write(path, terms)
        assert vocabulary.read(path) == terms
    assert path.read_text(encoding="utf-8").startswith("# ")
    assert [file.name for file in tmp_path.iterdir()] == ["vocabulary.txt"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfeL\x00", "not UTF-8"),
        (b"ok\n" + b"x" * 101, "line 2"),
        (b"a\x00b", "line 1"),
        (b"\n".join(b"%d" % number for number in range(1_001)), "1001 terms"),
        (b"# \n" * 400_000, "too long"),
    ],
    ids=["encoding", "long", "binary", "many", "large"],
)
def test_what_is_no_vocabulary_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "terms.txt"
    path.write_bytes(content)
    with pytest.raises(UnsupportedOptionError, match=said) as raised:
        vocabulary.read(path)
    assert raised.value.hint


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    for use in (vocabulary.read, lambda path: vocabulary.write(path, ())):
        with pytest.raises(StorageError, match=r"absent.terms\.txt cannot be"):
            use(tmp_path / "absent" / "terms.txt")
    vocabulary.write(tmp_path / "terms.txt", ("old",))
    with pytest.raises(UnsupportedOptionError):
        vocabulary.write(tmp_path / "terms.txt", ("x" * 101,))
    assert vocabulary.read(tmp_path / "terms.txt") == ("old",)


@pytest.mark.parametrize(
    ("prompt", "terms"),
    [
        ("Łódź, Merkel;C#\nGo", ("Łódź", "Merkel", "C#", "Go")),
        ("ZyntriQix, Digique Plus, CynapseFive.", ("ZyntriQix", "Digique Plus", "CynapseFive")),
        ("Dr. Smith, Acme Inc., “The Wire”", ("Dr. Smith", "Acme Inc.", "The Wire")),
        ("東京、大阪，京都；東京", ("東京", "大阪", "京都")),
        ("Names: Merkel, 10:30", ("Names", "Merkel", "10:30")),
        ("# Meeting notes", ("# Meeting notes",)),
        (
            "This is a talk of Angela Merkel with OpenAI about GPT-4 in Łódź. The others were late. DALL·E was not",
            ("Angela Merkel", "OpenAI", "GPT-4", "Łódź", "DALL·E"),
        ),
        ("one two three four five. six seven eight nine. " * 60, ()),
        ("word " * 2_000, ()),
        ("x" * 3_000, ()),
        ("", ()),
        ("\x00zero", ("zero",)),
        ("soft\u00adhyphen, zero\u200bwidth, rtl \u202eabc, no\u00a0break, Tab\there",
         ("softhyphen", "zerowidth", "rtl abc", "no break", "Tab here")),
        ("\ud800, ok, \n\r\u2028, …", ("ok",)),
    ],
)  # fmt: skip
def test_what_of_a_prompt_can_be_used(prompt: str, terms: tuple[str, ...]) -> None:
    assert vocabulary.hints(prompt) == terms


def test_a_prompt_is_never_too_much() -> None:
    assert len(vocabulary.hints(", ".join(map(str, range(5_000))))) == vocabulary.MOST_TERMS


@given(st.text())
def test_whatever_a_prompt_gives_is_a_vocabulary(prompt: str) -> None:
    for term in vocabulary.hints(prompt):
        assert term.isprintable()
        assert 0 < len(term) <= vocabulary.LONGEST_TERM
        assert term == " ".join(term.split())
