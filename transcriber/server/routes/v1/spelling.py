"""How the fields of a form are spelt by the clients that there are: lists and objects have several spellings."""

import json
import re
from typing import Any

from transcriber import speaker_count

_BRACKETS = re.compile(r"(\w+)\[(\w*)\]")
_NOTHING = ("", "null", "undefined")
"""How clients write that they say nothing."""
SERVER_VAD = {"type", "prefix_padding_ms", "silence_duration_ms", "threshold"}
"""The fields of OpenAI's chunking strategy."""


def folded(form: dict[str, Any], fields: set[str]) -> dict[str, Any]:
    """The form under the names that its model has for `fields`.

    A list, which is called name[] there, may come as name, name[] or name[0], once or repeatedly; an object, which is
    called name, as name or name[key]. What says nothing counts as not sent.
    """
    folded_form: dict[str, Any] = {}
    sent = {spelt: value for spelt, value in form.items() if not _is_nothing(value)}
    for spelt, value in sent.items():
        brackets = _BRACKETS.fullmatch(spelt)
        name, key = brackets.groups() if brackets else (spelt, "")
        if f"{name}[]" in fields and (not key or key.isdecimal()):
            folded_form.setdefault(f"{name}[]", []).extend(value if isinstance(value, list) else [value])
        elif brackets and key and name in fields and isinstance(folded_form.setdefault(name, {}), dict):
            folded_form[name][key] = value
        else:
            folded_form[spelt] = value
    return folded_form


def recording(given: Any) -> Any:
    """Raises ValueError where it is no file."""
    if isinstance(given, str):
        raise ValueError(
            'send the recording as a file, with a name: file=@talk.mp3 for curl, filename="talk.mp3" in the part'
        )
    return given


def without_capitals(given: Any) -> Any:
    return given.strip().casefold() if isinstance(given, str) else given


def speakers(given: str) -> str:
    """As TranscribeOptions has it, or nothing. Raises ValueError for what is no number of people."""
    asked = given.strip().casefold()
    if asked:
        speaker_count.parse(asked)
    return asked


def granularities(given: list[Any]) -> list[str]:
    """One a field, several with commas, or JSON. Raises ValueError with the right spelling."""
    texts = [text for value in given for text in _items(value)]
    if wrong := [text for text in texts if text not in ("word", "segment")]:
        raise ValueError(
            f"“{wrong[0]}” is none; send timestamp_granularities[]=word or timestamp_granularities[]=segment, "
            "or the field twice for both"
        )
    return list(dict.fromkeys(texts))


def strategy(given: Any) -> Any:
    """ "auto", also for an object, as such or as JSON, which says that recordings are cut where nobody speaks.

    Raises ValueError with what can be sent.
    """
    asked = _json(given)
    if asked in (None, *_NOTHING, "auto"):
        return "auto"
    if isinstance(asked, dict) and asked.get("type") == "server_vad" and asked.keys() <= SERVER_VAD:
        return "auto"
    raise ValueError('send auto, or {"type": "server_vad"}: recordings are always cut where nobody speaks')


def _is_nothing(given: Any) -> bool:
    return isinstance(given, str) and given.strip().casefold() in _NOTHING


def _items(given: Any) -> list[str]:
    read = _json(given)
    texts = read if isinstance(read, list) else re.sub("[\\[\\]\"']", "", str(given)).split(",")
    plain = (str(text).strip().casefold() for text in texts)
    return [text for text in plain if text not in _NOTHING]


def _json(given: Any) -> Any:
    """What a text says as JSON, or the text itself."""
    try:
        return json.loads(given) if isinstance(given, str) else given
    except (ValueError, RecursionError):
        return given.strip().casefold()
