"""Comma-separated values by RFC 4180: lines end with CR LF, fields with commas or quotes are quoted.

In UTF-8 with a byte order mark: without it Excel takes the file for one in the computer's old code page, and spoils
every letter that is not English.
"""

import csv
import io

from transcriber.exports.table import rows
from transcriber.transcript import Transcript


def render(transcript: Transcript) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows(transcript))
    return text.getvalue()
