"""Everything that is known: segments and words with times, speakers, recording, model, options, coverage, versions.

JSON by RFC 8259: UTF-8 without a mark. What follows from the rest is written for those who read it elsewhere, and not
read here: `text`, `rtfx`, and where several people speak at once (`overlaps`).
"""

import json
from typing import Any

from transcriber.errors import TranscriptReadError
from transcriber.readable import json_text
from transcriber.transcript import Transcript
from transcriber.transcript_json import from_dict, to_dict


def render(transcript: Transcript) -> str:
    fields = {"text": transcript.text, "rtfx": round(transcript.rtfx, 2), **to_dict(transcript)}
    if transcript.diarization:
        fields["diarization"]["overlaps"] = transcript.diarization.overlaps
    return json_text(fields, indent=1) + "\n"


def parse(text: str) -> Transcript:
    """The transcript that render() wrote, in this version or an older one. Raises TranscriptReadError."""
    try:
        fields: dict[str, Any] = json.loads(text)
        for derived in ("text", "rtfx"):
            fields.pop(derived, None)
        if fields.get("diarization"):
            fields["diarization"].pop("overlaps", None)
        return from_dict(fields)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise TranscriptReadError(
            "this is no transcript of this program", "choose a file that was saved in the format json"
        ) from error
