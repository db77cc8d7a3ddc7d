"""Languages: their ISO 639 codes, as Whisper's checkpoints know them, their names, and how people write either.

Sources: ISO 639-2 and 639-3 for codes, BCP 47 for tags, openai-whisper's TO_LANGUAGE_CODE for names of habit.
"""

import re
import unicodedata
from functools import cache

# fmt: off
NAMES = {
    "en": "English", "zh": "Chinese", "de": "German", "es": "Spanish", "ru": "Russian", "ko": "Korean",
    "fr": "French", "ja": "Japanese", "pt": "Portuguese", "tr": "Turkish", "pl": "Polish", "ca": "Catalan",
    "nl": "Dutch", "ar": "Arabic", "sv": "Swedish", "it": "Italian", "id": "Indonesian", "hi": "Hindi",
    "fi": "Finnish", "vi": "Vietnamese", "he": "Hebrew", "uk": "Ukrainian", "el": "Greek", "ms": "Malay",
    "cs": "Czech", "ro": "Romanian", "da": "Danish", "hu": "Hungarian", "ta": "Tamil", "no": "Norwegian",
    "th": "Thai", "ur": "Urdu", "hr": "Croatian", "bg": "Bulgarian", "lt": "Lithuanian", "la": "Latin", "mi": "Māori",
    "ml": "Malayalam", "cy": "Welsh", "sk": "Slovak", "te": "Telugu", "fa": "Persian", "lv": "Latvian",
    "bn": "Bengali", "sr": "Serbian", "az": "Azerbaijani", "sl": "Slovenian", "kn": "Kannada", "et": "Estonian",
    "mk": "Macedonian", "br": "Breton", "eu": "Basque", "is": "Icelandic", "hy": "Armenian", "ne": "Nepali",
    "mn": "Mongolian", "bs": "Bosnian", "kk": "Kazakh", "sq": "Albanian", "sw": "Swahili", "gl": "Galician",
    "mr": "Marathi", "pa": "Punjabi", "si": "Sinhala", "km": "Khmer", "sn": "Shona", "yo": "Yoruba", "so": "Somali",
    "af": "Afrikaans", "oc": "Occitan", "ka": "Georgian", "be": "Belarusian", "tg": "Tajik", "sd": "Sindhi",
    "gu": "Gujarati", "am": "Amharic", "yi": "Yiddish", "lo": "Lao", "uz": "Uzbek", "fo": "Faroese",
    "ht": "Haitian Creole", "ps": "Pashto", "tk": "Turkmen", "nn": "Norwegian Nynorsk", "mt": "Maltese",
    "sa": "Sanskrit", "lb": "Luxembourgish", "my": "Burmese", "bo": "Tibetan", "tl": "Tagalog", "mg": "Malagasy",
    "as": "Assamese", "tt": "Tatar", "haw": "Hawaiian", "ln": "Lingala", "ha": "Hausa", "ba": "Bashkir",
    "jw": "Javanese", "su": "Sundanese", "yue": "Cantonese",
}
_OTHERS = """
en eng; American English; British English
zh zho chi cmn; Mandarin; Mandarin Chinese; Simplified Chinese; Traditional Chinese; 中文; 汉语; 普通话; 國語; 简体中文; 繁體中文
de deu ger; Deutsch
es spa; Castilian; Español; Castellano
ru rus; Русский
ko kor; 한국어; 한국말
fr fra fre; Français
ja jpn; 日本語
pt por; Brazilian Portuguese; Português
tr tur; Türkçe
pl pol; Polski
ca cat; Valencian; Català; Valencià
nl nld dut; Flemish; Nederlands; Vlaams
ar ara arb; العربية
sv swe; Svenska
it ita; Italiano
id in ind; Bahasa Indonesia
hi hin; हिन्दी
fi fin; Suomi
vi vie; Tiếng Việt
he iw heb; עברית
uk ukr; Українська
el ell gre; Modern Greek; Ελληνικά
ms msa may zsm zlm; Bahasa Malaysia; Bahasa Melayu
cs ces cze; Čeština
ro mo ron rum mol; Moldavian; Moldovan; Română
da dan; Dansk
hu hun; Magyar
ta tam; தமிழ்
no nb nor nob; Bokmål; Norwegian Bokmål; Norsk; Norsk bokmål
th tha; ไทย; ภาษาไทย
ur urd; اردو
hr hrv scr; Hrvatski
bg bul; Български
lt lit; Lietuvių
la lat; Latina
mi mri mao; Te reo Māori
ml mal; മലയാളം
cy cym wel; Cymraeg
sk slk slo; Slovenčina
te tel; తెలుగు
fa fas per pes prs; Farsi; Dari; فارسی; دری
lv lav lvs; Latviešu
bn ben; Bangla; বাংলা
sr sh srp scc hbs; Serbo-Croatian; Српски; Srpski
az aze azj; Azeri; Azərbaycan
sl slv; Slovene; Slovenščina
kn kan; ಕನ್ನಡ
et est ekk; Eesti
mk mkd mac; Македонски
br bre; Brezhoneg
eu eus baq; Euskara
is isl ice; Íslenska
hy hye arm; Հայերեն
ne nep npi; नेपाली
mn mon khk; Монгол
bs bos; Bosanski
kk kaz; Қазақша; Қазақ тілі
sq sqi alb als; Shqip
sw swa swh; Kiswahili
gl glg; Galego
mr mar; मराठी
pa pan; Panjabi; ਪੰਜਾਬੀ
si sin; Sinhalese; සිංහල
km khm; Cambodian; ខ្មែរ
sn sna; chiShona
yo yor; Yorùbá
so som; Soomaali
af afr
oc oci; Provençal
ka kat geo; ქართული
be bel; Belorussian; Byelorussian; Беларуская
tg tgk; Тоҷикӣ
sd snd; سنڌي
gu guj; ગુજરાતી
am amh; አማርኛ
yi ji yid ydd; ייִדיש
lo lao; Laotian; ລາວ
uz uzb uzn; Oʻzbek; Oʻzbekcha
fo fao; Faeroese; Føroyskt
ht hat; Haitian; Kreyòl ayisyen
ps pus pbt pbu; Pushto; پښتو
tk tuk; Türkmen
nn nno; Nynorsk; Norsk nynorsk
mt mlt; Malti
sa san; संस्कृतम्
lb ltz; Letzeburgesch; Lëtzebuergesch
my mya bur; Myanmar; မြန်မာ
bo bod tib; བོད་སྐད
tl fil tgl; Filipino
mg mlg plt
as asm; অসমীয়া
tt tat; Татарча
haw; ʻŌlelo Hawaiʻi
ln lin; Lingála
ha hau
ba bak; Башҡортса
jw jv jav; Basa Jawa
su sun; Basa Sunda
yue; 粵語; 粤语; 廣東話; 广东话
"""  # noqa: E501  (characters that are counted as two)
# fmt: on
"""A line a language: our code, its other codes (old ones, ISO 639-2 and 639-3), and its other names."""
AUTO = "auto"
_DETECT = {"", AUTO, "autodetect", "automatic", "detect", "none", "null", "undefined", "unknown", "und", "mul", "multi"}
"""How clients write that the model is to find out: the last four mean an unknown language, or several."""
_NOTHING = {"", "none", "null", "undefined"}
"""How they write that nothing is to be translated."""
_TAG = re.compile(r"([a-z]{2,3})(?:-([a-z]{3}))?(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?(?:-[a-z0-9]{1,8})*")
"""BCP 47: language, extended language, script, region, and what may follow."""


def find(text: str) -> str | None:
    """The code of a language by a code, a tag such as en-US or zh_Hant_TW, or a name; None if there is no such one."""
    return _find(_plain(text))


def spoken(text: str | None) -> str | None:
    """The same for what is spoken; AUTO where the model is to find out."""
    plain = _plain(text or "")
    return AUTO if _squeezed(plain) in _DETECT else _find(plain)


def written(text: str | None) -> str | None:
    """The same for what is to be written; empty where nothing is to be translated. AUTO is no language to write."""
    plain = _plain(text or "")
    return "" if _squeezed(plain) in _NOTHING else _find(plain)


def names(codes: tuple[str, ...] | list[str]) -> str:
    """ "English, German", or "25 languages" where they are many."""
    return ", ".join(NAMES[code] for code in codes) if len(codes) <= 5 else f"{len(codes)} languages"


def _plain(text: str) -> str:
    """Without accents, capitals and what cannot be seen, and without what a name or a POSIX locale has behind it."""
    signs = unicodedata.normalize("NFKD", text)
    seen = "".join(sign for sign in signs if unicodedata.category(sign) not in ("Mn", "Cf", "Cc"))
    return re.sub(r"(?<=\w)\s*[(,.@].*", "", seen.casefold()).strip()


def _squeezed(plain: str) -> str:
    return re.sub(r"[\s_-]", "", plain)


def _find(plain: str) -> str | None:
    codes, by_name = _tables()
    tag = _TAG.fullmatch(plain.replace("_", "-"))
    code = codes.get(tag[2] or tag[1]) if tag and tag[1] in codes else None  # zh-yue is Cantonese
    return code or by_name.get(_squeezed(plain))


@cache
def _tables() -> tuple[dict[str, str], dict[str, str]]:
    """Our codes by every code, and by every name."""
    codes = {code: code for code in NAMES}
    by_name = {_squeezed(_plain(name)): code for code, name in NAMES.items()}
    for line in _OTHERS.strip().splitlines():
        (ours, *others), *given = (part.split() for part in line.split(";"))
        codes |= dict.fromkeys(others, ours)
        by_name |= {_squeezed(_plain("".join(words))): ours for words in given}
    return codes, by_name
