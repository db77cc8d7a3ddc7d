"""Tab-separated values as IANA registers them (text/tab-separated-values): no quoting, for no field holds a tab."""

from transcriber.exports.table import rows
from transcriber.transcript import Transcript


def render(transcript: Transcript) -> str:
    return "".join("\t".join(row) + "\n" for row in rows(transcript))
