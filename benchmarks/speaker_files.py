"""Who spoke when, and who said which word, as they lie beside a recording: NAME.rttm and NAME.json."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from transcriber.transcript import Turn, Word


def read_rttm(path: Path) -> list[Turn]:
    """The SPEAKER lines of an RTTM file (NIST Rich Transcription 2009 evaluation plan, appendix A)."""
    rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("SPEAKER")]
    turns = [Turn(float(row[3]), float(row[3]) + float(row[4]), row[7]) for row in rows]
    return sorted(turns, key=lambda turn: turn.start)


def write_rttm(path: Path, turns: list[Turn]) -> None:
    lines = [
        f"SPEAKER {path.stem} 1 {turn.start:.3f} {turn.end - turn.start:.3f} <NA> <NA> {turn.speaker} <NA> <NA>\n"
        for turn in turns
    ]
    path.write_text("".join(lines), encoding="utf-8")


def read_words(path: Path) -> list[Word]:
    """Of a JSON file as `--words` writes it."""
    return [Word(**word) for word in json.loads(path.read_text(encoding="utf-8"))]


def write_words(path: Path, words: Iterable[Word]) -> None:
    kept = ("text", "start", "end", "speaker")
    lines = [{name: value for name, value in asdict(word).items() if name in kept} for word in words]
    path.write_text(json.dumps(lines, ensure_ascii=False), encoding="utf-8")
