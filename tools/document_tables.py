"""The tables in the documents, made from the code: python -m tools.document_tables

A comment `<!-- table: NAME ARGUMENTS -->` stands before each such table, and says which function here makes it. The
program writes all of them anew; a test compares the documents with what it would write.
"""

import argparse
import ast
import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import isinf
from pathlib import Path

import setup_local_models
import transcribe_ui
from transcriber import cli, languages, options, vocabulary
from transcriber.engines import model_capabilities
from transcriber.engines.families import types
from transcriber.exports import PRESETS
from transcriber.jobs.bin import DAYS_KEPT
from transcriber.models import catalog
from transcriber.models.catalog import ModelSpec
from transcriber.server import serving
from transcriber.server.routes.v1.error_table import ERROR_TABLE
from transcriber.system import file_names
from transcriber.ui import launch
from transcriber.worker import scheduling

PROJECT = Path(__file__).resolve().parent.parent
DOCUMENTS = (PROJECT / "user-model-setup-guide.md", *sorted((PROJECT / "docs").glob("*.md")))
TABLE = re.compile(r"<!-- table: (.+) -->\n+(?:\|.*\n)*\n*")
"""The comment, the table that stands there now, and the empty lines behind it, without which text would be a row."""


def rewritten(text: str) -> str:
    """A document with all its tables as the code has them."""

    def table(match: re.Match[str]) -> str:
        name, _, arguments = match[1].partition(" ")
        return f"<!-- table: {match[1]} -->\n\n{TABLES[name](arguments)}\n\n"

    return TABLE.sub(table, text).rstrip() + "\n"


def default_models(_: str = "") -> str:
    """The models that are set up unless the user chooses."""
    return _models(map(catalog.find, catalog.defaults()))


def all_models(_: str = "") -> str:
    return _models(spec for spec in catalog.ROWS if spec.file)


def _models(specs: Iterable[ModelSpec]) -> str:
    head = ("name", "model", "download", "languages", "besides", "word error rate", "speed", "memory", "licence")
    return _table(head, map(_model, specs))


def _model(spec: ModelSpec) -> Sequence[str]:
    size = f"{spec.size / 1e9:.2f} GB" if spec.size else "unknown"
    memory = f"{spec.memory_gb:g} GB" if spec.memory_gb else f"about {_rounded(spec.needed_gb)} GB"
    wer, rtfx = (f"{spec.wer} %", f"{spec.rtfx:,} ×") if spec.wer else ("–", "–")
    return f"`{spec.name}`", spec.title, size, spec.language_summary, _besides(spec), wer, rtfx, memory, spec.licence


def _rounded(gigabytes: float) -> str:
    return f"{gigabytes:.0f}" if gigabytes >= 0.5 else f"{gigabytes:.1g}"


def _besides(spec: ModelSpec) -> str:
    """What it can besides writing what is said."""
    if spec not in catalog.transcribing():
        return "–"
    able = model_capabilities.of(spec)
    into = {written for _, written in able.translations}
    abilities = (
        ("finds the language", able.detects_language),
        ("translates into English", into == {"en"}),
        ("translates from and into English", len(into) > 1),
        ("vocabulary", able.takes_vocabulary),
    )
    return ", ".join(name for name, is_there in abilities if is_there) or "–"


def abilities(_: str) -> str:
    """What each model that transcribes can be asked for."""
    head = ("model", "languages", "besides", "word times", "confidence", "temperature", "beams")
    return _table(head, map(_abilities, catalog.transcribing()))


def _abilities(spec: ModelSpec) -> Sequence[str]:
    able = model_capabilities.of(spec)
    few = languages.names(able.languages) if len(able.languages) < 5 else f"{len(able.languages)} languages"
    asked = (able.has_word_times, able.has_confidence, able.has_temperature, able.has_beams)
    return f"`{spec.name}`", few, _besides(spec), *("yes" if can else "–" for can in asked)


def engines(_: str) -> str:
    rows = ((f"`{one.name}`", one.title, *map(_code, one.compute_types.values())) for one in types().values())
    return _table(("engine type", "runs", "on a processor", "on a card"), rows)


def presets(_: str) -> str:
    """The limits of each set, by the fields of Limits in their order."""
    head = (
        "`--subtitles`",
        "characters a line",
        "lines",
        "characters a second",
        "shortest",
        "longest",
        "gap",
        "closed",
    )
    units = ("", "", "", " s", " s", " s", " s")
    rows = (
        (f"`{name}`", *(_limit(value, unit) for value, unit in zip(vars(limits).values(), units)))
        for name, limits in PRESETS.items()
    )
    return _table(head, rows)


def _limit(value: float, unit: str) -> str:
    return "–" if isinf(value) or not value else f"{value:.2g}{unit}"


def options_table(arguments: str) -> str:
    """Of a program or a command; "watch besides transcribe" leaves away what both have."""
    name, _, other = arguments.partition(" besides ")
    common = {_spelling(action) for action in _actions(other)} if other else set()
    rows = [(_spelling(action), _help(name, action)) for action in _actions(name) if _spelling(action) not in common]
    return _table(("option", "meaning"), rows)


def parsers() -> dict[str, argparse.ArgumentParser]:
    """Of every program, by its name, and of every command."""
    (commands,) = (one for one in cli.parser()._actions if isinstance(one, argparse._SubParsersAction))
    programs = {"setup_local_models.py": setup_local_models._parser(), "transcribe_ui.py": transcribe_ui.parser()}
    return {**programs, **commands.choices}


def _actions(name: str) -> Iterator[argparse.Action]:
    return (action for action in parsers()[name]._actions if not isinstance(action, argparse._HelpAction))


def _spelling(action: argparse.Action) -> str:
    spelled = ", ".join(action.option_strings)
    if action.nargs == 0:
        return f"`{spelled}`"
    choices = None if action.metavar else action.choices
    value = "|".join(choices) if choices else str(action.metavar or action.dest.upper())
    return f"`{f'{spelled} {value}'.strip()}`".replace("|", "\\|")


def _help(name: str, action: argparse.Action) -> str:
    if action.help:
        return parsers()[name]._get_formatter()._expand_help(action)
    return f"default: {action.default}" if action.default is not None else ""


def fields(name: str) -> str:
    """Of a class in options.py: name, default and docstring of each field."""
    body = ast.parse(inspect.getsource(getattr(options, name))).body[0].body  # type: ignore[attr-defined]
    rows = (
        (f"`{ast.unparse(field.target)}`", f"`{ast.unparse(field.value)}`", _line(note.value))
        for field, note in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(note, ast.Expr)
    )
    return _table(("option", "default", "meaning"), rows)


def _line(docstring: ast.expr) -> str:
    return " ".join(ast.literal_eval(docstring).split())


def errors(_: str) -> str:
    """How an error is told over OpenAI's interface."""
    codes = ((error, entry.status, [entry.code] if entry.code else []) for error, entry in ERROR_TABLE.items())
    rows = ((error.__name__, str(status), _code(code)) for error, status, code in codes)
    return _table(("error in Python", "status", "code"), rows)


def numbers(_: str) -> str:
    rows = (
        ("a request to `/v1`", f"{serving.LARGEST:,} MB (`--largest`)"),
        ("requests to `/v1` at a time", f"{serving.AT_ONCE} (`--at-once`)"),
        ("ports that are tried", f"{launch.FIRST_PORT} to {launch.FIRST_PORT + launch.PORTS_TRIED - 1} (`--port`)"),
        ("texts that Whisper follows at once", f"1 to {options.MOST_BEAMS} (`--beam-size`)"),
        ("names and terms of a vocabulary", f"{vocabulary.MOST_TERMS:,}, of {vocabulary.LONGEST_TERM} characters"),
        ("a recording that overtakes longer ones", f"{scheduling.SHORT_SECONDS} s at most"),
        ("the bin", f"{DAYS_KEPT} days; then what lies in it is deleted"),
        ("a file name", f"{file_names.MAX_NAME_BYTES} bytes; longer ones are cut, and end in a hash"),
    )
    return _table(("what", "how much"), rows)


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, *rows)).replace("\n", f"\n|{'---|' * len(head)}\n", 1)


TABLES = {
    "default": default_models,
    "all": all_models,
    "abilities": abilities,
    "engines": engines,
    "presets": presets,
    "options": options_table,
    "fields": fields,
    "errors": errors,
    "numbers": numbers,
}


if __name__ == "__main__":
    for document in DOCUMENTS:
        document.write_text(rewritten(document.read_text(encoding="utf-8")), encoding="utf-8")
