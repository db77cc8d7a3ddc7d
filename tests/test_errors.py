"""The error tree."""

import inspect

import pytest

from transcriber import errors

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__]


def test_every_error_is_drawn_in_the_tree() -> None:
    assert all(kind.__name__ in (errors.__doc__ or "") for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_says_what_happened_and_what_to_do(kind: type[errors.TranscriberError]) -> None:
    error = kind("the file is gone", "look for it")
    assert isinstance(error, errors.TranscriberError)
    assert (error.message, error.hint, str(error)) == (
        "the file is gone",
        "look for it",
        "the file is gone; look for it",
    )
    assert str(kind("alone")) == "alone"


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (errors.ModelNotFrozenError, FileNotFoundError),
        (errors.UnknownModelError, ValueError),
        (errors.AudioDecodeError, ValueError),
        (errors.AudioNotFoundError, FileNotFoundError),
        (errors.DownloadError, OSError),
        (errors.GatedModelError, PermissionError),
        (errors.EngineUnavailableError, ImportError),
    ],
)
def test_is_also_what_python_would_raise(kind: type, builtin: type) -> None:
    assert issubclass(kind, builtin)
