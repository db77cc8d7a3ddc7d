"""What a model wrote and the words that are made of it: the same text, and words that can be shown one by one."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whisper.timing import WordTiming, merge_punctuations
from whisper.tokenizer import get_tokenizer

from transcriber.engines.whisper.engine import words_of as whisper_words
from transcriber.joining import Piece, chained, continued, may_part, parts, split, words_of, woven
from transcriber.transcript import Word, joined

WRITTEN = {
    "en": [
        " He's from New York.",
        ' State-of-the-art: 25-30, 4%, O\'Bare; long-term (see p. 3) "yes" $3.50 AT&T e.g. U.S.',
        " It is 4 % or 4%, 10:30 a.m., www.example.org/a_b, 50/50 and 1,000.5.",
    ],
    "fr": [" C'est l'homme d'aujourd'hui, qu'il a vu à 50 %.", " «\u00a0Oui\u00a0», dit-il, 10\u202f000 euros ?"],
    "de": [" Der 3,5-fache Ex-Kanzler: „Geht's?“ – „Ja“, 25–30 °C."],
    "es": [" ¿Qué? ¡Sí! El 25%-30%."],
    "ko": [" 오늘은 2025년 서울입니다."],
    "ar": [" قال Angela Merkel في 2025: «نعم»."],
    "hi": [" मैं 2025 में iPhone-16 लूँगा।"],
    "zh": ["我在2025年买了iPhone 16 Pro。", "价格是¥100，他说：“好的（真的）！”——完", "你好 世界，3.5%的人"],
    "yue": ["我哋今日去咗iPhone舖頭，買咗2部。"],
    "ja": ["東京で10時30分にNew Yorkの会議がある", "「きょうはスーパーで3.5kgのカレーを買った」と、ヴァイオリンが…"],
    "th": ["สวัสดีครับ วันนี้อากาศดี 25 องศา", "เธอใช้ iPhone 16 ไปกรุงเทพฯ ปี ๒๕๖๘ ฯลฯ วันจันทร์ทุก ๆ ปี", " ราคา 1,500 บาท"],
    "lo": ["ສະບາຍດີ ມື້ນີ້ອາກາດດີ", "ຂ້ອຍຢູ່ໃນປະເທດລາວ ປີ 2025"],
    "my": ["မင်္ဂလာပါ ဒီနေ့ ရာသီဥတု ကောင်းတယ်", "ကျွန်တော် ၂၀၂၅ ခုနှစ်မှာ iPhone ဝယ်တယ်။"],
    "km": ["សួស្តី ថ្ងៃនេះអាកាសធាតុល្អ", "ខ្ញុំទិញ iPhone 16 នៅឆ្នាំ២០២៥។"],
    "bo": ["བཀྲ་ཤིས་བདེ་ལེགས། ཁྱེད་རང་"],
}
UNICODE = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
SIGNS = st.text("ab1-'% \u00a0　我年、「ーゃカสัาเก็ํໄກ່ကျွင်္ខ្មក་།", max_size=40)


def pieces(language: str, text: str) -> list[str]:
    """A text as openai-whisper divides it for word times: its tokens, split, punctuation merged."""
    tokenizer = get_tokenizer(True, num_languages=100, language=language, task="transcribe")
    words, tokens = tokenizer.split_to_word_tokens([*tokenizer.encode(text), tokenizer.eot])
    timings = [WordTiming(word, ids, 0, 0, 1) for word, ids in zip(words[:-1], tokens)]
    merge_punctuations(timings, "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、")
    return [timing.word for timing in timings if timing.word]


def heard(language: str, text: str) -> list[Word]:
    return words_of(map(Piece, pieces(language, text)))


def single(text: str) -> str:
    """Without blanks around it, and with single ones inside."""
    return re.sub("[ \t\n\v\f\r]+", " ", text).strip()


@pytest.mark.parametrize(("language", "text"), [(code, text) for code, texts in WRITTEN.items() for text in texts])
def test_the_words_make_the_text_that_was_written(language: str, text: str) -> None:
    words = heard(language, text)
    assert joined(words) == text.strip()
    assert not any(set(word.text) & set(" \t\n") for word in words)


@pytest.mark.parametrize(
    "text", [text for code in ("en", "fr", "de", "es", "ko", "ar", "hi") for text in WRITTEN[code]]
)
def test_in_scripts_with_blanks_a_word_stands_between_two_of_them(text: str) -> None:
    words = heard("en", text)
    assert [word.text for word in words] == text.strip(" ").split(" ")
    assert all(word.space_before for word in words)


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("zh", WRITTEN["zh"][0], "我在|2025|年|买|了|iPhone| 16| Pro。"),
        ("zh", WRITTEN["zh"][1], "价|格|是|¥100，|他|说：|“好的|（真的）！”——|完"),
        ("yue", WRITTEN["yue"][0], "我|哋|今日|去|咗|iPhone|舖|頭，|買|咗|2|部。"),
        ("ja", WRITTEN["ja"][0], "東|京|で|10|時|30|分|に|New| York|の|会|議|が|ある"),
        ("ja", WRITTEN["ja"][1], "「きょ|う|は|スーパー|で|3.5kg|の|カ|レー|を|買った」|と、|ヴァ|イ|オ|リ|ン|が…"),
        ("th", WRITTEN["th"][0], "ส|วั|ส|ดี|ครั|บ| วั|นนี้|อากา|ศ|ดี| 25| อง|ศา"),
        ("lo", WRITTEN["lo"][0], "ສະ|ບາ|ຍ|ດີ| ມື້|ນີ້|ອາ|ກາ|ດ|ດີ"),
        ("my", WRITTEN["my"][0], "မင်္ဂ|လာ|ပါ| ဒီ|နေ့| ရာ|သီ|ဥ|တု| ကောင်း|တယ်"),
        ("km", WRITTEN["km"][0], "សួស្តី| ថ្ងៃនេះអាកាសធាតុល្អ"),
    ],
)
def test_in_scripts_without_blanks_the_pieces_are_words_but_nothing_is_torn(
    language: str, text: str, words: str
) -> None:
    found = heard(language, text)
    first, *others = words.split("|")
    assert [first, *others] == [found[0].text, *(" " * word.space_before + word.text for word in found[1:])]


@given(st.one_of(UNICODE, SIGNS, st.sampled_from([text for texts in WRITTEN.values() for text in texts])), st.data())
def test_no_text_is_changed_however_it_is_cut(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    words = words_of(Piece(text[first:end]) for first, end in zip([0, *cuts], [*cuts, len(text)]))
    assert joined(words) == single(text)
    assert all(word.text for word in words)
    run = ""
    for number, word in enumerate(words):
        run = word.text if word.space_before or not number else run + word.text
        behind = joined(words[number + 1 :]).partition(" ")[0] if words[number + 1 :] else ""
        behind = "" if words[number + 1 :] and words[number + 1].space_before else behind
        at = len(run) - len(word.text)
        assert not at or may_part(run + behind, at)


@given(st.one_of(UNICODE, SIGNS))
def test_whispers_own_division_changes_no_text(text: str) -> None:
    for language in ("en", "zh", "th"):
        assert joined(heard(language, text)) == single(text)


@given(SIGNS)
def test_no_part_begins_with_what_belongs_to_the_letter_before(text: str) -> None:
    found = [part for run in text.split(" ") for part in parts(run)]
    assert "".join(found) == text.replace(" ", "")
    for run in text.split(" "):
        for part in parts(run)[1:]:
            assert unicodedata.category(part[0])[0] != "M"
            assert part[0] not in "ะาำๅຽーゃ、་།%'"
        for part in parts(run)[:-1]:
            assert part[-1] not in "เແໄ「្္"


def test_a_word_has_the_times_and_the_least_confidence_of_its_pieces() -> None:
    written = [Piece(" state", 1.0, 1.4, 0.9), Piece("-of", 1.4, 1.5, 0.7), Piece("-the-art", 1.5, 2.0, 0.8)]
    assert words_of(written) == [Word("state-of-the-art", 1.0, 2.0, 0.7)]
    assert words_of([Piece("a"), Piece("b", confidence=0.5)]) == [Word("ab", confidence=0.5)]


def test_pieces_that_are_blank_give_their_blank_to_the_next() -> None:
    written = [Piece(" one", 0, 1), Piece(" ", 1, 2), Piece("two", 2, 3), Piece("\n", 3, 4), Piece("三", 4, 5)]
    assert words_of(written) == [Word("one", 0, 1), Word("two", 2, 3), Word("三", 4, 5)]
    assert words_of([Piece(" "), Piece("")]) == []


def test_a_piece_of_several_words_is_divided_by_their_length() -> None:
    assert words_of([Piece(" one three", 1.0, 2.6, 0.5)]) == [Word("one", 1.0, 1.6, 0.5), Word("three", 1.6, 2.6, 0.5)]
    assert split("25 %  of\nit") == [Word("25"), Word("%"), Word("of"), Word("it")]


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (" This is", " it", "This is it"),
        (" This is", "it", "This is it"),
        ("你好。", "我们", "你好。我们"),
        ("你好", " 我们", "你好 我们"),
        ("สวัสดี", "ครับ", "สวัสดีครับ"),
        (" Hello.", "你好", "Hello. 你好"),
        ("你好。", "Hello", "你好。 Hello"),
        ("买iPhone，", "我们", "买iPhone，我们"),
        ("买iPhone", "我们", "买iPhone 我们"),
        ("", "it", "it"),
    ],
)
def test_between_two_windows_there_is_a_blank_but_in_scripts_without(before: str, after: str, text: str) -> None:
    first, second = words_of([Piece(before)]), words_of([Piece(after)])
    assert joined(chained([first, second])) == text
    assert joined([*first, *continued(first[-1] if first else None, second)]) == text


def test_words_that_are_found_later_are_joined_with_those_around_them() -> None:
    own = words_of([Piece("我", 0, 1), Piece("们", 1, 2), Piece("好", 5, 6), Piece(" OK", 8, 9)])
    found = words_of([Piece("你", 3, 4), Piece("说", 4, 5)])
    assert joined(woven(own, found)) == "我们你说好 OK"
    assert joined(woven(own, words_of([Piece("yes", 3, 4), Piece("-no", 4, 5)]))) == "我们 yes-no 好 OK"
    assert woven(own, []) == woven([], own) == own


def test_whispers_segments_of_a_window_are_one_text_and_windows_are_not() -> None:
    def segment(seek: int, *texts: str) -> dict:
        return {"seek": seek, "words": [{"word": text, "start": 0, "end": 1, "probability": 1} for text in texts]}

    segments = [segment(0, " a", " long"), segment(0, "-term", " plan."), segment(3000, "Next"), segment(6000, " one")]
    words = whisper_words(segments, [(0.0, 1.0)] * 4)
    assert joined(words) == "a long-term plan. Next one"
    chinese = [segment(0, "你好"), segment(0, " 世界。"), segment(3000, "再", "见")]
    assert joined(whisper_words(chinese, [(0.0, 1.0)] * 3)) == "你好 世界。再见"
