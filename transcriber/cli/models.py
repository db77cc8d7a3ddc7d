"""`models`: what can be used now, and what each can do."""

import argparse
from dataclasses import asdict
from typing import Any

from transcriber import languages
from transcriber.cli.running import DONE, add_models_dir
from transcriber.engines import model_capabilities
from transcriber.models.frozen_model import SETUP_COMMAND, FrozenModel
from transcriber.models.store import ModelStore
from transcriber.readable import print_json


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "models", help="what can be used now", description="The frozen models, and what each can do."
    )
    add_models_dir(parser)
    parser.add_argument("--json", action="store_true", help="as JSON, for programs")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    store = ModelStore(args.models_dir)
    rows = [_row(model) for model in store.present_models()]
    if args.json:
        print_json(rows, indent=1)
        return DONE
    for row in rows:
        print(f"{row['name']:<20} {row['title']}, {languages.names(row['languages'])}{_besides(row)}")
    if not rows:
        print(f"There is no model in {args.models_dir}: run `{SETUP_COMMAND}` once.")
    return DONE


def _row(model: FrozenModel) -> dict[str, Any]:
    able = asdict(model_capabilities.expected(model))
    return {"name": model.name, "title": model.title, "state": model.status().state, **able}


def _besides(row: dict[str, Any]) -> str:
    abilities = {
        "detects_language": "finds the language",
        "translations": "translates",
        "takes_vocabulary": "vocabulary",
    }
    return "".join(f", {text}" for field, text in abilities.items() if row[field])
