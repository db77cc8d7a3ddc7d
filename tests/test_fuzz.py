"""Our routes, asked what nobody thought of: schemathesis makes requests of the OpenAPI document."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import booleans
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error

from tests.support.fakes import EchoEngine
from tests.support.places import DEMO_MODELS, SAMPLE
from tests.support.web import make_app
from transcriber.jobs.data_folder import DataFolder
from transcriber.jobs.database import Database
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.results import Results
from transcriber.jobs.store import Jobs
from transcriber.models.store import ModelStore
from transcriber.transcript import Transcript

EXAMPLES = 40


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Jobs:
    folder = DataFolder(tmp_path_factory.mktemp("fuzzed") / "data")
    folder.open()
    return Jobs(Database(folder.database), folder)


@pytest.fixture(scope="module")
def document(jobs: Jobs) -> schemathesis.BaseSchema:
    """Of an application whose engine answers at once."""
    folder = jobs.folder
    engine = EchoEngine(Transcript((), 1.0, "parakeet", "cpu"))
    dispatcher = Dispatcher(jobs, Results(jobs.database, folder, jobs), engine, ModelStore(DEMO_MODELS))
    app = make_app(dispatcher, folder.path)
    return schemathesis.openapi.from_asgi("/openapi.json", app, headers={"host": "127.0.0.1"})


@pytest.mark.parametrize("mode", GenerationMode)
def test_no_request_breaks_a_route(document: schemathesis.BaseSchema, jobs: Jobs, mode: GenerationMode) -> None:
    """As the document says, and otherwise."""
    broken = []
    for operation in (result.ok() for result in document.get_all_operations()):

        @given(operation.as_strategy(generation_mode=mode), booleans())
        @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @seed(0)
        def ask(case: schemathesis.Case, is_known: bool) -> None:
            if is_known and isinstance(case.body, dict) and "file" in case.body:
                case.body["model"] = "whisper-1"
            if is_known and "identity" in case.path_parameters:
                case.path_parameters["identity"] = jobs.add("sample.flac", "path", SAMPLE).id
            case.call_and_validate(headers={"host": "127.0.0.1"}, checks=[not_a_server_error])

        try:
            ask()
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE  # nothing can be said wrongly
        except Exception as error:  # noqa: BLE001  (all that break are told together)
            broken.append(f"{operation.label}: {type(error).__name__}: {error}")
    assert not broken, "\n\n".join(broken)
