"""Transcripts as their edits leave them; those that were read last are kept, so that one more edit is applied alone."""

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from transcriber.jobs.edits import KINDS, apply
from transcriber.jobs.edits.log import Edit, History, Target
from transcriber.transcript import Segment, Transcript

KEPT = 4
"""Transcripts."""
KEPT_STEPS = 100
"""Of each, as the last edits left it: they are taken back at once."""


@dataclass
class _Step:
    edit: Edit | None
    """None: the transcript as it was transcribed."""
    transcript: Transcript | None
    """After the edit; None where it is not kept."""
    is_applied: bool = True


class _Steps:
    """A transcript after each of its edits."""

    def __init__(self, key: Hashable, transcript: Transcript) -> None:
        self.key = key
        self._original, self._steps = transcript, [_Step(None, transcript)]

    def grow(self, more: Callable[[int], Sequence[Segment]]) -> None:
        """Take the segments that were transcribed since; the edits so far are not about them."""
        if new := tuple(more(len(self._original.segments))):
            self._original = _longer(self._original, new)
            if not all(step.is_applied for step in self._steps):  # it may be now
                self._steps = [_Step(None, self._original)]
            else:
                for step in self._steps:
                    step.transcript = step.transcript and _longer(step.transcript, new)

    def after(self, edits: Sequence[Edit]) -> Transcript:
        same = sum(1 for _ in takewhile(lambda pair: pair[0].edit == pair[1], zip(self._steps[1:], edits)))
        del self._steps[same + 1 :]
        while (transcript := self._steps[-1].transcript) is None:
            self._steps.pop()
        for edit in edits[len(self._steps) - 1 :]:
            applied = apply(transcript, edit.kind, edit.content)
            transcript = applied or transcript
            self._steps.append(_Step(edit, transcript, applied is not None))
        for step in self._steps[1:-KEPT_STEPS]:
            step.transcript = None
        return transcript


class EditedTranscripts:
    """Every method may be called from any thread."""

    def __init__(self) -> None:
        self._kept: dict[Target, _Steps] = {}
        self._lock = threading.Lock()

    def get(
        self,
        target: Target,
        history: History,
        read: Callable[[], Transcript],
        key: Hashable = None,
        more: Callable[[int], Sequence[Segment]] = lambda count: (),
    ) -> Transcript:
        """A transcript with its edits. `read` reads it as it was transcribed, again only where `key` is another one
        than the last time; `more` gives the segments from a number on that it has got since."""
        with self._lock:
            steps = self._kept.pop(target, None)
            if steps is None or steps.key != key:
                steps = _Steps(key, read())
            steps.grow(more)
            self._kept[target] = steps
            while len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]
            corrected = corrections(history.standing)
            last = corrected[-1].created_at if corrected else None
            return replace(steps.after(known(history.standing)), edits=len(corrected), edited_at=last)

    def forget(self, target: Target) -> None:
        """It will be another one."""
        with self._lock:
            self._kept.pop(target, None)


def known(edits: Sequence[Edit]) -> list[Edit]:
    """Those that this version can apply."""
    return [edit for edit in edits if edit.kind in KINDS]


def corrections(edits: Sequence[Edit]) -> list[Edit]:
    """Those of them that change what the transcript says."""
    return [edit for edit in known(edits) if KINDS[edit.kind].corrects]


def _longer(transcript: Transcript, new: tuple[Segment, ...]) -> Transcript:
    return replace(transcript, segments=(*transcript.segments, *new))
