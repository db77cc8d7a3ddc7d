"""What is known of a chunk once models have transcribed it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from transcriber.pipeline.chunking import Chunk
from transcriber.transcript import Coverage, Word
from transcriber.word_times.spans import Span, total_length


@dataclass(frozen=True)
class ChunkResult:
    """A chunk's words, and how they came about. All times are seconds of the recording."""

    chunk: Chunk
    words: list[Word]
    """With times, where the model or an aligner gives any."""
    language: str | None = None
    """ISO 639 code of what was spoken, where the model says so."""
    missing: tuple[Span, ...] = ()
    """Speech without words."""
    dropped: tuple[Word, ...] = ()
    """Words that nobody seems to have said."""
    doubtful: tuple[Span, ...] = ()
    """Stretches of which the model found no text likely."""
    retried: int = 0
    """How many stretches of speech without words were transcribed again."""

    @property
    def coverage(self) -> Coverage:
        recovered = max(0, self.retried - len(self.missing))
        speech = total_length(self.chunk.spans)
        return Coverage(speech, self.missing, self.retried, recovered, self.dropped, self._doubtful_words())

    def doubting(self, spans: Iterable[Span]) -> "ChunkResult":
        """The same, with more stretches that are doubtful."""
        return replace(self, doubtful=(*self.doubtful, *spans))

    def dropping(self, words: Iterable[Word], kept: list[Word]) -> "ChunkResult":
        """The same with the words `kept`, where nobody seems to have said `words`."""
        return replace(self, words=kept, dropped=(*self.dropped, *words))

    def _doubtful_words(self) -> tuple[Span, ...]:
        """The stretches that are doubtful and have words that were not dropped."""
        middles = [word.middle for word in self.words if word.start is not None]
        return tuple(
            sorted({(start, end) for start, end in self.doubtful if any(start <= at <= end for at in middles)})
        )
