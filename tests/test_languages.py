"""Names and codes."""

import pytest
from whisper.tokenizer import LANGUAGES, TO_LANGUAGE_CODE

from transcriber import languages
from transcriber.engines.nemo.alphabets import LETTERS
from transcriber.models.catalog import EUROPEAN
from transcriber.options import TranscribeOptions


def test_the_codes_are_whispers_in_its_order() -> None:
    """The order is that of its tokens: a model with 99 languages knows the first 99."""
    assert list(languages.NAMES) == list(LANGUAGES)
    assert len(set(languages.NAMES.values())) == len(LANGUAGES)


def test_a_language_is_found_by_code_and_by_name() -> None:
    for text in ("de", "German", " german", "DE"):
        assert languages.find(text) == "de"
    assert languages.find("Klingon") is None


WRITTEN = {
    "en": "en EN eng English en-US en_US en-GB EN-us en-US-x-private en_US.UTF-8 eng_Latn ｅｎ",
    "zh": "zh zho chi cmn zh-CN zh_TW zh-Hant zh_Hant_TW zh-Hans-CN zh-cmn-Hans Mandarin 中文 普通话 简体中文 繁體中文",
    "yue": "yue yue-Hant-HK zh-yue zh-yue-HK Cantonese 粵語",
    "de": "de deu ger German Deutsch de-AT de_CH de-1996 de_DE@euro",
    "pt": "pt pt-BR pt_PT por Português portugues",
    "no": "no nb nob nb-NO nor Norwegian Bokmål bokmal Norsk",
    "nn": "nn nno nn-NO nynorsk",
    "he": "he iw heb iw-IL Hebrew עברית",
    "id": "id in ind in-ID indonesian",
    "yi": "yi ji yid",
    "jw": "jw jv jav jv-Latn-ID Javanese",
    "tl": "tl fil fil-PH tgl Filipino Tagalog",
    "fa": "fa fas per pes fa-IR Farsi persian فارسی",
    "sr": "sr srp sr-Latn sr_Cyrl_RS sr_RS@latin Српски",
    "ro": "ro ron rum mo moldovan Moldavian",
    "es": "es spa es-419 es-MX castilian Español espanol",
    "ar": "ar ara arb ar-EG arb_Arab العربية",
    "mi": "mi mri mao Maori Māori",
    "hi": "hi hin hi-IN हिन्दी",
    "my": "my mya bur burmese Myanmar",
}


@pytest.mark.parametrize(("code", "texts"), WRITTEN.items(), ids=list(WRITTEN))
def test_codes_tags_and_names_as_people_write_them(code: str, texts: str) -> None:
    assert {text: languages.find(text) for text in texts.split()} == dict.fromkeys(texts.split(), code)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("English (United States)", "en"),
        ("Chinese (Simplified)", "zh"),
        ("Brazilian Portuguese", "pt"),
        ("haitian creole", "ht"),
        ("Haitian-Creole", "ht"),
        ("Tiếng Việt", "vi"),
        ("\ufeffen\n", "en"),
        ("en\u200b", "en"),
    ],
)
def test_names_of_several_words_and_what_cannot_be_seen(text: str, code: str) -> None:
    assert languages.find(text) == code


def test_all_that_whisper_itself_understands() -> None:
    assert {name: languages.find(name) for name in TO_LANGUAGE_CODE} == TO_LANGUAGE_CODE


def test_every_other_code_means_one_language() -> None:
    codes = [code for line in languages._OTHERS.split("\n") for code in line.partition(";")[0].split()]
    assert len(codes) == len(set(codes))
    assert {code for code in codes if code in languages.NAMES} == set(languages.NAMES)


@pytest.mark.parametrize(
    "text", ["xx", "Klingon", "tlh", "zh-min-nan", "en-", "-en", "e", "e-n", "(unknown)", "C", "1"]
)
def test_what_is_no_language(text: str) -> None:
    assert languages.find(text) is languages.spoken(text) is languages.written(text) is None


@pytest.mark.parametrize("text", ["auto", "AUTO", " Auto ", "auto-detect", "detect", "unknown", "und", "mul", "multi"])
def test_what_leaves_it_to_the_model_is_no_language_to_write(text: str) -> None:
    assert (languages.spoken(text), languages.written(text)) == (languages.AUTO, None)


@pytest.mark.parametrize("text", [None, "", " ", "none", "None", "null", "undefined"])
def test_nothing_is_to_be_found_out_and_not_to_be_translated(text: str | None) -> None:
    assert (languages.spoken(text), languages.written(text)) == (languages.AUTO, "")


def test_options_have_our_codes_however_they_were_given() -> None:
    asked = TranscribeOptions(language="de-AT", translate_to="English")
    assert (asked.language, asked.translate_to) == ("de", "en")
    assert (TranscribeOptions(language="").language, TranscribeOptions(translate_to="null").translate_to) == (
        "auto",
        "",
    )
    assert (TranscribeOptions(language="xx").language, TranscribeOptions(translate_to="auto").translate_to) == (
        "xx",
        "auto",
    )


def test_every_language_of_parakeet_has_its_alphabet() -> None:
    assert sorted(LETTERS) == sorted(EUROPEAN)
