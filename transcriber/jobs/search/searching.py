"""Searching all recordings that are on the list."""

from dataclasses import dataclass

from transcriber.jobs.search import hits
from transcriber.jobs.search.hits import Hit
from transcriber.jobs.search.index import Index
from transcriber.jobs.search.query import as_match, parse

CATCH_UP_SECONDS = 0.3
"""How long a search waits for what was changed last; the rest is found by the next one."""
FEW = 20
"""Recordings that changed. More are a library that is being indexed in the thread: no search waits for that."""
MATCHING = """
    SELECT search_texts.id FROM search_tokens
    JOIN search_texts ON search_texts.id = search_tokens.rowid JOIN jobs ON jobs.id = job
    WHERE search_tokens MATCH ? AND removed_at IS NULL ORDER BY created_at DESC
"""


@dataclass(frozen=True)
class Found:
    """A recording in which all that was asked for occurs."""

    id: str
    title: str
    in_title: bool
    """Whether all of it is in the title."""
    count: int
    """How many places there are in its words."""
    hits: list[Hit]
    """The first of them."""


@dataclass(frozen=True)
class Findings:
    """What a search gives."""

    recordings: list[Found]
    total: int
    """Recordings that were found, also those beyond the limit."""
    pending: int
    """Recordings that changed, and were not looked at again yet."""


class Search:
    """Every method may be called from any thread; all may raise StorageError."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def find(self, query: str, limit: int, hits_limit: int) -> Findings:
        """Those in whose title all of it occurs, then the others, each the newest first."""
        terms = parse(query)
        if not terms:
            return Findings([], 0, 0)
        if self.index.pending <= FEW:
            self.index.catch_up(CATCH_UP_SECONDS)
        titled = self._matching(f"title : ({as_match(terms)})")
        numbers = list(dict.fromkeys([*titled, *self._matching(as_match(terms))]))
        recordings = []
        for number in numbers[:limit]:
            job, text = self.index.job(number), self.index.text(number)
            if job and text:  # else it was deleted just now
                count, places = hits.find(text, terms, hits_limit)
                recordings.append(Found(job.id, job.title, number in titled, count, places))
        return Findings(recordings, len(numbers), self.index.pending)

    def _matching(self, match: str) -> list[int]:
        return [row["id"] for row in self.index.database.rows(MATCHING, match)]
