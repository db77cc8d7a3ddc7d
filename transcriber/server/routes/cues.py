"""A transcript as subtitles: each cue with its words, its reading speed, and which limits it breaks."""

import threading
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

from fastapi import APIRouter, Response

from transcriber.exports.subtitles.cues import TOLERANCE_SECONDS, Cue, Violation, violations
from transcriber.exports.subtitles.limits import Limits, preset
from transcriber.exports.subtitles.numbering import Place, places
from transcriber.exports.subtitles.proposals import propose
from transcriber.exports.subtitles.shaping import shape
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.documents import Document
from transcriber.readable import json_text
from transcriber.server.routes import job_or_404
from transcriber.transcript import joined

KEPT = 4
"""Answers."""


@dataclass(frozen=True)
class _Asked:
    job: str
    number: int
    revision: int
    done: float
    preset: str
    speakers: bool


def router(dispatcher: Dispatcher) -> APIRouter:
    routes, jobs, documents = APIRouter(), dispatcher.jobs, dispatcher.documents
    kept: dict[_Asked, str] = {}
    lock = threading.Lock()

    @routes.get("/jobs/{identity}/cues")
    def cues(identity: str, number: int | None = None, preset: str = "netflix", speakers: bool = True) -> Response:
        """The cues of a transcript: the one that is shown, or `number`; as files have them with this preset.

        `first` and `count` are numbers of words, as edits count them; `before` and `after` what of the first and the
        last word other cues have. `problems` are the limits that are broken and that nobody accepted.
        """
        job = job_or_404(jobs, identity)
        document = documents.get(job, number)
        asked = _Asked(job.id, document.number, document.history.revision, job.done, preset, speakers)
        with lock:
            answer = kept.pop(asked, None) or json_text(told(document, preset, speakers))
            kept[asked] = answer
            while len(kept) > KEPT:
                del kept[next(iter(kept))]
        return Response(answer, media_type="application/json")

    return routes


def told(document: Document, name: str, speakers: bool) -> dict[str, Any]:
    """What is answered. Raises UnsupportedOptionError for a preset that there is not."""
    transcript, limits = document.transcript, preset(name)
    shaped = shape(transcript, limits, labels=speakers)
    problems: dict[int, list[Violation]] = {}
    for broken in violations(shaped, limits):
        if not broken.cue.is_accepted:
            problems.setdefault(broken.number - 1, []).append(broken)
    return {
        "number": document.number,
        "revision": document.history.revision,
        "preset": name,
        "limits": {rule: value if isfinite(value) else None for rule, value in asdict(limits).items()},
        "cues": [
            {**_cue(cue, place), "number": at + 1, "problems": _problems(shaped, at, limits, problems.get(at, []))}
            for at, (cue, place) in enumerate(zip(shaped, places(transcript, shaped), strict=True))
        ],
    }


def _cue(cue: Cue, place: Place) -> dict[str, Any]:
    return {
        "start": cue.start,
        "end": cue.end,
        "lines": cue.texts,
        "text": joined(cue.words),
        "speaker": cue.speaker,
        **asdict(place),
        "characters_per_second": cue.width / max(cue.seconds, TOLERANCE_SECONDS),
        "is_fixed": cue.is_fixed,
    }


def _problems(cues: list[Cue], at: int, limits: Limits, broken: list[Violation]) -> list[dict[str, Any]]:
    """`earlier` and `later`: by how many seconds the cue would begin and end at other times, were it mended."""
    proposal = propose(cues, at, limits) if broken else None
    other = proposal.get(at) if proposal else None
    mend = {
        "can_mend": proposal is not None,
        "earlier": cues[at].start - other.start if other else 0.0,
        "later": other.end - cues[at].end if other else 0.0,
    }
    return [
        {"kind": each.rule, "value": each.value, "limit": each.limit, "sentence": each.sentence, **mend}
        for each in broken
    ]
