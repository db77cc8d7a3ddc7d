"""A page in one file, which loads nothing (HTML Living Standard): to read, to search, to print, in light and dark."""

from html import escape

from transcriber.clock import clock
from transcriber.exports.direction import is_rtl
from transcriber.exports.origin import SHORT, facts
from transcriber.exports.origin import title as title_of
from transcriber.exports.paragraphs import Paragraph, paragraphs
from transcriber.transcript import Transcript

STYLE = """
:root { color-scheme: light dark; }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 1.05rem/1.6 system-ui, sans-serif; }
h1, h2 { overflow-wrap: anywhere; line-height: 1.2; }
h2 { margin: 1.2rem 0 .2rem 5.5rem; font-size: 1.05rem; break-after: avoid; }
p { display: grid; grid-template-columns: 5.5rem 1fr; margin: 0 0 .6rem; break-inside: avoid; }
.untimed h2 { margin-left: 0; }
.untimed p { display: block; }
time, dl { color: color-mix(in srgb, currentcolor 70%, transparent); font-variant-numeric: tabular-nums; }
span { overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin-top: 2rem; font-size: .85rem; }
dd { margin: 0; overflow-wrap: anywhere; }
@media print { body { max-width: none; margin: 0; font-size: 11pt; } time, dl { color: #444; } }
"""


def render(
    transcript: Transcript, speakers: bool = True, times: bool | None = None, origin: str = SHORT, title: str = ""
) -> str:
    head = escape(title_of(transcript, title))
    language = escape(transcript.language or "")
    text = "\n".join(_written(paragraph, speakers, times is not False) for paragraph in paragraphs(transcript))
    fact_rows = "\n".join(
        f'<dt>{escape(name)}</dt><dd dir="auto">{escape(value)}</dd>' for name, value in facts(transcript, origin)
    )
    foot = f"<footer><dl>\n{fact_rows}\n</dl></footer>\n" if fact_rows else ""
    main = "main" if times is not False else 'main class="untimed"'
    return f"""<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{head}</title>
<style>{STYLE}</style>
</head>
<body>
<h1 dir="auto">{head}</h1>
<{main}>
{text}
</main>
{foot}</body>
</html>
"""


def _written(paragraph: Paragraph, has_speaker: bool, has_time: bool) -> str:
    """Who begins to speak is a heading: screen readers go from one to the next. It stands where the text begins."""
    direction = "rtl" if is_rtl(paragraph.text) else "ltr"
    name = paragraph.speaker if has_speaker else ""
    speaker = f'<h2 dir="{direction}"><bdi>{escape(name)}</bdi></h2>\n' if name else ""
    time = f'<time datetime="PT{paragraph.start:.3f}S">{clock(paragraph.start)}</time>' if has_time else ""
    return f'{speaker}<p>{time}<span dir="auto">{escape(paragraph.text)}</span></p>'
