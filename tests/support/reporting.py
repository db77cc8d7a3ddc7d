"""What a set-up reports, kept for a test."""

from transcriber.freeze.reporting import Result
from transcriber.models import catalog


class KeptReports:
    """A reporter that remembers."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, str]] = []
        self.done: dict[str, list[int]] = {}
        self.notes: list[str] = []

    def stage(self, spec: catalog.ModelSpec, stage: str) -> None:
        self.stages.append((spec.name, stage))

    def progress(self, spec: catalog.ModelSpec, done: int, total: int | None) -> None:
        self.done.setdefault(spec.name, []).append(done)

    def note(self, spec: catalog.ModelSpec, text: str) -> None:
        self.notes.append(text)

    def result(self, result: Result) -> None:
        self.stages.append((result.spec.name, result.outcome))

    def close(self) -> None:
        pass
