"""What a model will be able to do, as its family expects before it is loaded; and that it is asked for nothing else.

What a model cannot do is refused here, in one place, with the models that can. Nothing that was asked for is ignored.
"""

from transcriber.engines.families import types
from transcriber.errors import UnsupportedOptionError
from transcriber.models import catalog
from transcriber.models.capabilities import NO_DETECTION, Capabilities, check_languages, refusal
from transcriber.models.catalog import ModelSpec
from transcriber.models.frozen_model import FrozenModel
from transcriber.options import TranscribeOptions


def of(spec: ModelSpec) -> Capabilities:
    """What a model of the catalogue can do: as its engine type expects, or no more than its languages without one."""
    engine_type = types().get(spec.engine)
    return engine_type.expect(spec) if engine_type else Capabilities(spec.languages)


def known(model: FrozenModel) -> Capabilities | None:
    """Of a model that is what the catalogue lists under its name; None for a demo or a file from elsewhere."""
    return of(model.spec) if model.is_listed and model.spec.transcribes else None


def expected(model: FrozenModel) -> Capabilities:
    """What may be asked of a model before it is loaded: of a demo, English and nothing more; else what the
    catalogue's model of that name can, also of a file from elsewhere, since the loaded model refuses the rest.
    """
    engine_type = types().get(model.spec.engine)
    return engine_type.demo if engine_type and model.is_demo else of(model.spec)


def check_known(options: TranscribeOptions, model: FrozenModel) -> None:
    """As check(), before the model is loaded; where only the loaded model knows, what is no language at all."""
    check_languages(options, expected(model))
    able = known(model)
    if able:
        check(options, able, f"the model {options.model}")


def check(options: TranscribeOptions, able: Capabilities, title: str) -> None:
    """Raises UnsupportedOptionError for what a model called `title` cannot do, with the models that can."""
    check_languages(options, able)
    refused = refusal(options, able)
    if not refused:
        return
    option, why = refused
    others = [spec.name for spec in catalog.transcribing() if not refusal(options, of(spec))]
    hint = f"choose one of the models {', '.join(others)}" if others else "no model in the catalogue can do this"
    if why == NO_DETECTION:
        hint = f"say which language it is, one of {', '.join(able.languages)}; or {hint}"
    raise UnsupportedOptionError(f"{title} {why}", hint, option)
