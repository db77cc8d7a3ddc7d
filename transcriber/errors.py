"""Every error of the program. Each says what happened; `.hint` says what a person can do about it.

TranscriberError
├ ModelError
│ ├ UnknownModelError (ValueError)             a name that the catalogue does not list
│ ├ ModelNotFrozenError (FileNotFoundError)    the model's file is not in the models folder
│ ├ ModelCorruptError                          truncated or damaged
│ ├ ModelLoadError                             it cannot be read or loaded here, and that may not be its own fault
│ ├ ModelRefusedError                          not a model, or not of a kind that can be loaded
│ └ EngineUnavailableError (ImportError)       a library that this model needs is not installed
├ AudioError
│ ├ AudioNotFoundError (FileNotFoundError)     there is no such file, or it cannot be read
│ ├ AudioDecodeError (ValueError)              not audio or video, or damaged beyond reading
│ └ AudioEmptyError                            no sound in it at all
├ UnsupportedOptionError (ValueError)          an option that this model cannot honour
├ TranscriptReadError (ValueError)             a file that is no transcript of this program
├ ScriptError (ValueError)                     a text to align with a recording that is none, or not of this recording
├ UnknownConfigurationError (LookupError)      no configuration has that number or name
├ ConfigurationConflictError (ValueError)      its name is taken, or it is needed as it is
├ EditConflictError (ValueError)               a transcript that was changed meanwhile
├ EngineCrashError                             the engine process died
├ StorageError (OSError)                       the data folder cannot be used, or its disk is full
├ UnexpectedError                              what nobody foresaw: a mistake in this program
└ FreezeError
  ├ DownloadError (OSError)
  ├ GatedModelError (PermissionError)          the publisher asks for a licence to be accepted, or the token is wrong
  └ DiskSpaceError (OSError)
"""

from typing import Any

from transcriber.readable import encodable


class TranscriberError(Exception):
    """What happened, as a sentence; `hint`: the next step for a person. A name of a file in them is made readable."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.message, self.hint = encodable(message), encodable(hint)
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}" if self.hint else self.message


class ModelError(TranscriberError):
    """Something about a model."""


class UnknownModelError(ModelError, ValueError):
    """A name that the catalogue does not list."""


class ModelNotFrozenError(ModelError, FileNotFoundError):
    """The model's file is not in the models folder."""


class ModelCorruptError(ModelError):
    """The model's file is truncated or damaged."""


class ModelLoadError(ModelError):
    """The model's file cannot be read or loaded on this computer, for a reason that lies outside of it."""


class ModelRefusedError(ModelError):
    """The file is no model, or not of a kind that can be loaded."""


class EngineUnavailableError(ModelError, ImportError):
    """A library that this model needs is not installed."""


class AudioError(TranscriberError):
    """Something about a recording."""


class AudioNotFoundError(AudioError, FileNotFoundError):
    """There is no such file, or it cannot be read."""


class AudioDecodeError(AudioError, ValueError):
    """Not audio or video, or damaged beyond reading."""


class AudioEmptyError(AudioError):
    """No sound in it at all."""


class UnsupportedOptionError(TranscriberError, ValueError):
    """An option that this model cannot honour; `option`: which one, by its name in TranscribeOptions."""

    def __init__(self, message: str, hint: str = "", option: str = "") -> None:
        super().__init__(message, hint)
        self.option = option


class TranscriptReadError(TranscriberError, ValueError):
    """A file that is no transcript of this program, or cannot be read."""


class ScriptError(TranscriberError, ValueError):
    """A text to align with a recording that is empty, unreadable, or not what is said there."""


class UnknownConfigurationError(TranscriberError, LookupError):
    """No configuration has that number or name."""


class ConfigurationConflictError(TranscriberError, ValueError):
    """A configuration's name is taken; or the active or default one is to be deleted."""


class EditConflictError(TranscriberError, ValueError):
    """An edit of a transcript as it was before somebody else changed it."""


class EngineCrashError(TranscriberError):
    """The engine process died: out of memory, or a signal."""


class StorageError(TranscriberError, OSError):
    """The data folder cannot be used: not writable, in use by another program, damaged, or its disk is full.

    `is_temporary`: whether it can be used again soon, without anybody doing anything.
    """

    def __init__(self, message: str, hint: str = "", is_temporary: bool = False) -> None:
        super().__init__(message, hint)
        self.is_temporary = is_temporary


class UnexpectedError(TranscriberError):
    """What nobody foresaw, most likely a mistake in this program; its `__cause__` is what was raised."""


class FreezeError(TranscriberError):
    """A model could not be set up."""


class DownloadError(FreezeError, OSError):
    """The network or the publisher's server failed."""


class GatedModelError(FreezeError, PermissionError):
    """The publisher refuses the download: a licence to accept, or a wrong token."""


class DiskSpaceError(FreezeError, OSError):
    """Not enough room for the download and the frozen file."""


def to_dict(error: TranscriberError) -> dict[str, Any]:
    """The name of its class and its attributes, which are that class's arguments; from_dict() reverses it."""
    return {"error": type(error).__name__, **vars(error)}


def from_dict(fields: dict[str, Any]) -> TranscriberError:
    """An error as another process raised it."""
    arguments = dict(fields)
    return globals()[arguments.pop("error")](**arguments)
