"""Everything that is known: segments and words with times, the model, the figures."""

import json

from transcriber.transcript import Transcript, to_dict


def render(transcript: Transcript) -> str:
    whole = {"text": transcript.text, "rtfx": round(transcript.rtfx, 2), **to_dict(transcript)}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
