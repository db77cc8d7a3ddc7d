"""Everything that is known: segments and words with times, recording, model, options, coverage, versions, the figures.

JSON by RFC 8259: UTF-8 without a mark.
"""

import json
from typing import Any

from transcriber.errors import TranscriptReadError
from transcriber.readable import json_text
from transcriber.transcript import Transcript
from transcriber.transcript_json import from_dict, to_dict


def render(transcript: Transcript) -> str:
    fields = {"text": transcript.text, "rtfx": round(transcript.rtfx, 2), **to_dict(transcript)}
    return json_text(fields, indent=1) + "\n"


def parse(text: str) -> Transcript:
    """The transcript that render() wrote, in this version or an older one. Raises TranscriptReadError."""
    try:
        fields: dict[str, Any] = json.loads(text)
        for derived in ("text", "rtfx"):
            fields.pop(derived, None)
        return from_dict(fields)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise TranscriptReadError(
            "this is no transcript of this program", "choose a file that was saved in the format json"
        ) from error
