"""Transcripts that nobody thought of, for hypothesis: odd texts, several speakers, words with and without times."""

from hypothesis import strategies as st

from transcriber.transcript import Segment, Source, Transcript, Word

AWKWARD = [
    "&",
    "<",
    ">",
    "-->",
    "<b>",
    "&amp;",
    '"',
    "a\n\nb",
    "x\ty",
    "\u2028",
    " ",
    "{\\an8}",
    "[",
    "|",
    ",",
    "1",
    "*a*",
]
LATIN = st.text("abcdefghijklmnopqrstuvwxyzäß'.,?!", min_size=1, max_size=14)
HAN = st.text("我们昨天讨论计划、。「」カタ", min_size=1, max_size=30)
ANY = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
MIXED = st.one_of(
    LATIN,
    HAN,
    st.text("สวัสดีครับเที่ยวไปน้ำ", min_size=1, max_size=12),
    st.text("ကျွန်တော်မင်္ဂလာပါ", min_size=1, max_size=12),
    st.text("ສະບາຍດີເຂົ້າ", min_size=1, max_size=12),
    st.text("ខ្ញុំសួស្តីថ្ងៃ", min_size=1, max_size=12),
    st.sampled_from(["iPhone", "2025", "25-30", "4%", "「", "。", "　", "a\u00a0b"]),
)
"""Scripts with and without blanks."""
SPEAKERS = st.sampled_from([None, None, "Anna", "Bob & Söhne", "<x>"])


@st.composite
def transcripts(
    draw: st.DrawFn,
    texts: st.SearchStrategy[str] = LATIN,
    timed: bool | None = None,
    blanks: st.SearchStrategy[bool] = st.just(True),
    speakers: st.SearchStrategy[str | None] = SPEAKERS,
) -> Transcript:
    """Segments one after the other; `timed`: whether words have times, None: either; `blanks`: before words."""
    segments, now = [], draw(st.sampled_from([0.0, 0.5, 100 * 3600.0]))
    for _ in range(draw(st.integers(0, 5))):
        speaker, has_times = draw(speakers), draw(st.booleans()) if timed is None else timed
        words, begun = [], now
        for text in draw(st.lists(texts, min_size=1, max_size=25)):
            lasts = draw(st.integers(0, 120)) / 100
            times = (now, now + lasts) if has_times else (None, None)
            words.append(Word(text, *times, space_before=draw(blanks)))
            now += lasts + draw(st.sampled_from([0.0, 0.02, 0.4]))
        segments.append(Segment(tuple(words), begun, now, speaker))
        now += draw(st.sampled_from([0.0, 0.2, 3.0, -0.1]))
    source = draw(st.sampled_from([None, Source("Größe & <Maß> 1.mp4", 5, "ab" * 32)]))
    return Transcript(
        tuple(segments), now + 1, "parakeet", "cpu", source=source, language=draw(st.sampled_from([None, "de"]))
    )


@st.composite
def unhurried(draw: st.DrawFn) -> Transcript:
    """Speech so slow that every limit of every preset can be kept."""
    words, now = [], 0.0
    for text in draw(st.lists(LATIN, min_size=1, max_size=40)):
        words.append(Word(text, now, now + 1.0))
        now += 2.0 + draw(st.integers(0, 200)) / 100
    return Transcript((Segment(tuple(words), 0.0, now),), now, "parakeet", "cpu")
