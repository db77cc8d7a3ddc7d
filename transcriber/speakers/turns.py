"""When each person speaks, as turns; and who they are."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from transcriber.speakers.protocol import Activity
from transcriber.transcript import Diarization

if TYPE_CHECKING:
    import numpy as np

    from transcriber.speakers.remembered import RememberedVoices


def diarization(
    activity: Activity,
    model: str,
    count: str,
    known: "Mapping[str, np.ndarray] | None" = None,
    remembered: "RememberedVoices | None" = None,
) -> Diarization:
    """Who spoke when. `known`: voices that are called so where they are heard; `remembered`: those to be suggested."""
    raise NotImplementedError  # helper GROUPING is writing it
