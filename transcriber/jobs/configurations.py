"""Configurations: ways to run a model that have a name. One is active: it is used unless another is chosen.

Kept in the database. One is the default; the default and the active one cannot be deleted.
"""

import sqlite3
import time
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

from transcriber.engines import model_capabilities
from transcriber.errors import ConfigurationConflictError, UnknownConfigurationError, UnknownModelError
from transcriber.jobs.database import Database
from transcriber.jobs.validation import Setting, Validation, type_of, validate
from transcriber.models import catalog
from transcriber.models.frozen_model import FrozenModel
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions

LONGEST_NAME = 100
OURS = {
    "parakeet": "Fast and accurate, for English: the usual choice",
    "canary": "The most accurate for English, slower",
    "whisper": "For any language, also where several are spoken",
}
WHISPERS = {
    "tiny": "Fastest, lowest accuracy",
    "base": "Balanced speed and accuracy (recommended)",
    "small": "Better accuracy, slower",
    "medium": "High accuracy, significantly slower",
    "large": "Best accuracy, slowest, needs more resources",
}
PRESENT = "The model that was here first"
DEFAULT = catalog.defaults()[0]


@dataclass(frozen=True)
class Configuration:
    """One row."""

    id: int
    name: str
    model_name: str
    """Of the model: a name or an alias in the catalogue."""
    model_type: str
    """The engine type."""
    device: str
    """ "auto", "cpu" or "cuda"."""
    compute_type: str
    """ "auto", or what the engine type calls it, such as "int8"."""
    is_active: bool
    is_default: bool
    description: str
    created_at: str
    """ISO 8601, UTC; so is updated_at."""
    updated_at: str


COLUMNS = ", ".join(field.name for field in fields(Configuration))


class Configurations:
    """All of them. Every method may be called from any thread; all may raise StorageError.

    `device` takes the place of "auto": what the program was started with.
    """

    def __init__(self, database: Database, store: ModelStore, device: str = "auto") -> None:
        self.database, self.store, self.device = database, store, device
        self.revision = 0
        """Grows with every change."""
        with database.transaction() as transaction:
            if not self.all():
                self._add_first(transaction)
            self._follow_files(transaction)

    def all(self) -> list[Configuration]:
        return self._select("TRUE ORDER BY id")

    def get(self, number: int) -> Configuration:
        """Raises UnknownConfigurationError."""
        matching = self._select("id = ?", number)
        if not matching:
            raise UnknownConfigurationError(f"there is no configuration with the number {number}", "reload the list")
        return matching[0]

    def active(self) -> Configuration:
        return self._select("is_active")[0]

    def create(  # noqa: PLR0913, PLR0917  (its columns)
        self,
        name: str,
        model_type: str,
        device: str,
        compute_type: str,
        description: str = "",
        model_name: str = "",
    ) -> tuple[Configuration, Validation]:
        """A new one; `name` names the model too unless `model_name` does.

        Its model and libraries need not be here yet: the validation then says what to do. Raises
        ConfigurationConflictError if the name is taken, else what makes no sense of it.
        """
        name, model_name = name.strip(), model_name.strip() or name.strip()
        with self.database.transaction() as transaction:
            self.check_name(name, model_name)
            validation = self.validate(model_type, model_name, device, compute_type)
            if not validation.valid:
                raise validation.failures[0]
            values = (name, model_name, model_type, device, compute_type, description.strip())
            number = _insert(transaction, *values, False)
        self.revision += 1
        return self.get(number), validation

    def check_name(self, name: str, model_name: str) -> None:
        """Raises ConfigurationConflictError unless a new configuration can be called so."""
        if not 0 < len(name) <= LONGEST_NAME:
            raise ConfigurationConflictError(f"a name has 1 to {LONGEST_NAME} characters", "choose another")
        if self._select("name = ?", name):
            raise ConfigurationConflictError(f"there is a configuration “{name}” already", "choose another name")
        try:
            other = catalog.find(name)
            if other is not catalog.find(model_name):
                raise ConfigurationConflictError(f"“{name}” is the name of {other.title}", "choose another name")
        except UnknownModelError:
            pass  # a name of its own; the model's is judged by validate()

    def activate(self, number: int) -> Configuration:
        """Use this one from now on. Raises what keeps it from being used."""
        with self.database.transaction() as transaction:
            configuration = self.get(number)
            if failures := self.validation(configuration).failures:
                raise failures[0]
            _make_active(transaction, number)
        self.revision += 1
        return self.get(number)

    def use(self, name: str) -> Configuration:
        """Activate what is called so: a configuration, or a model, which gets one if it has none.

        Raises UnknownModelError, or what keeps it from being used.
        """
        if matching := self._select("name = ?", name):
            return self.activate(matching[0].id)
        model, validation = self.store.find(name), self._validation_of_model(name)
        if validation.failures:
            raise validation.failures[0]
        created, _ = self.create(model.name, type_of(model), "auto", "auto", model_name=model.name)
        return self.activate(created.id)

    def delete(self, number: int) -> None:
        """Raises ConfigurationConflictError for the active and the default one."""
        with self.database.transaction() as transaction:
            configuration = self.get(number)
            if configuration.is_active or configuration.is_default:
                which = "active" if configuration.is_active else "default"
                raise ConfigurationConflictError(
                    f"“{configuration.name}” is the {which} configuration and stays",
                    "activate another one first" if which == "active" else "",
                )
            transaction.execute("DELETE FROM configurations WHERE id = ?", (number,))
        self.revision += 1

    def validate(self, model_type: str, model_name: str, device: str, compute_type: str) -> Validation:
        return validate(self._setting(model_type, model_name, device, compute_type), self.store)

    def validation(self, configuration: Configuration) -> Validation:
        return validate(self._setting_of(configuration), self.store)

    def options(self, configuration: Configuration) -> TranscribeOptions:
        """How a valid configuration is transcribed with."""
        setting = self._setting_of(configuration)
        return TranscribeOptions(
            model=catalog.find(setting.model_name).name,
            device=setting.device,
            engine=setting.engine.name if setting.engine else setting.model_type,
            compute_type=setting.compute_type if setting.computes_as_asked else "auto",
        )

    def options_of(self, name: str) -> TranscribeOptions:
        """How to transcribe with what is called so: a configuration, the model itself, or "" for the active one.

        Raises UnknownModelError, or what keeps it from being used.
        """
        matching = self._select("name = ?", name) if name else [self.active()]
        validation = self.validation(matching[0]) if matching else self._validation_of_model(name)
        if validation.failures:
            raise validation.failures[0]
        return self.options(matching[0]) if matching else TranscribeOptions(catalog.find(name).name, self.device)

    def choices(self) -> list[dict[str, Any]]:
        """What can be chosen now: configurations, and models without one.

        Each with its `name` and `label`, the name of its `model`, and the `capabilities` that can be offered.
        """
        available = (configuration for configuration in self.all() if self.validation(configuration).available)
        usable = [(configuration, self.store.find(configuration.model_name)) for configuration in available]
        named = {model.name for _, model in usable}
        others = [model for model in self.store.present_models() if model.name not in named]
        return [
            *(_choice(configuration.name, self.label(configuration), model) for configuration, model in usable),
            *(
                _choice(model.name, f"{model.title} – {model.spec.language_summary}", model)
                for model in others
                if self._validation_of_model(model.name).available
            ),
        ]

    def label(self, configuration: Configuration) -> str:
        """Its own name, or the title of the model that it is named after; and the languages."""
        model = self.store.find(configuration.model_name)
        is_own = configuration.name not in (model.name, *model.spec.aliases)
        title = configuration.name if is_own else model.title
        how = "" if is_own or configuration.compute_type == "auto" else f" ({configuration.compute_type})"
        return f"{title}{how} – {model.spec.language_summary}"

    def _validation_of_model(self, name: str) -> Validation:
        """Of a model without a configuration. Raises UnknownModelError."""
        return self.validate(type_of(self.store.find(name)), name, "auto", "auto")

    def _setting_of(self, configuration: Configuration) -> Setting:
        return self._setting(
            configuration.model_type, configuration.model_name, configuration.device, configuration.compute_type
        )

    def _setting(self, model_type: str, model_name: str, device: str, compute_type: str) -> Setting:
        return Setting(model_type, model_name, self.device if device == "auto" else device, compute_type)

    def _add_first(self, transaction: sqlite3.Connection) -> None:
        """The rows that every new database has."""
        for name, description in OURS.items():
            model_type = type_of(self.store.find(name))
            _insert(transaction, name, name, model_type, "auto", "auto", description, name == DEFAULT)
        for name, description in WHISPERS.items():
            _insert(transaction, name, name, "whisper", "cpu", "int8", description, False)
        if not any(self.validation(configuration).available for configuration in self.all()):
            self._add_present(transaction)
        default_first = sorted(self.all(), key=lambda configuration: not configuration.is_default)
        usable = (configuration for configuration in default_first if self.validation(configuration).available)
        _make_active(transaction, next(usable, default_first[0]).id)

    def _add_present(self, transaction: sqlite3.Connection) -> None:
        """Models that are there and that none of ours names: else what is active could not be used."""
        for model in self.store.present_models():
            name = model.name
            if not self._select("name = ?", name) and self._validation_of_model(name).available:
                _insert(transaction, name, name, type_of(model), "auto", "auto", PRESENT, False)

    def _follow_files(self, transaction: sqlite3.Connection) -> None:
        """Ours have the engine type that their files need: canary.nemo may hold models of several types."""
        for configuration in self.all():
            if configuration.name in OURS and configuration.model_name == configuration.name:
                model_type = type_of(self.store.find(configuration.name))
                transaction.execute(
                    "UPDATE configurations SET model_type = ? WHERE id = ?", (model_type, configuration.id)
                )

    def _select(self, where: str, *values: Any) -> list[Configuration]:
        rows = self.database.rows(f"SELECT {COLUMNS} FROM configurations WHERE {where}", *values)
        return [_from_row(row) for row in rows]


def _choice(name: str, label: str, model: FrozenModel) -> dict[str, Any]:
    able = model_capabilities.expected(model)
    return {"name": name, "label": label, "model": model.name, "capabilities": asdict(able)}


def _insert(transaction: sqlite3.Connection, *values: str | bool) -> int:
    """A row of name, model_name, model_type, device, compute_type, description and is_default; its id."""
    columns = "name, model_name, model_type, device, compute_type, description, is_default, created_at, updated_at"
    now = time.time()
    number = transaction.execute(
        f"INSERT INTO configurations ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*values, now, now)
    ).lastrowid
    assert number
    return number


def _make_active(transaction: sqlite3.Connection, number: int) -> None:
    now = time.time()
    transaction.execute("UPDATE configurations SET is_active = 0, updated_at = ? WHERE is_active", (now,))
    transaction.execute("UPDATE configurations SET is_active = 1, updated_at = ? WHERE id = ?", (now, number))


def _from_row(row: sqlite3.Row) -> Configuration:
    columns = dict(row)
    for name in ("is_active", "is_default"):
        columns[name] = bool(columns[name])
    for name in ("created_at", "updated_at"):
        columns[name] = datetime.fromtimestamp(columns[name], UTC).isoformat(timespec="milliseconds")
    return Configuration(**columns)
