"""The exceptions of octet. Each is an `Error`; the subclass tells what kind of thing is wrong."""

from __future__ import annotations

from octet import _core


class Error(RuntimeError):
    """An error in the user's words: `[stage] where: problem. remedy`.

    Attributes:
        code: stable name of the error, such as "file_not_found".
        stage: part of the pipeline, such as "import".
        where: file or node in the user's words, or empty.
        problem: what is wrong.
        remedy: what to do about it, or empty.
    """

    def __init__(self, code: str, stage: str, where: str, problem: str, remedy: str) -> None:
        super().__init__(code, stage, where, problem, remedy)
        self.code = code
        self.stage = stage
        self.where = where
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return _core.error_text(self.stage, self.where, self.problem, self.remedy)


class UsageError(Error, ValueError):
    """An option or argument cannot be used."""


class UnknownParameterError(UsageError, TypeError):
    """A function or class has no parameter of this name."""


class InputError(Error):
    """A file cannot be read, or is not what it should be."""


class MissingFileError(InputError, FileNotFoundError):
    """A file or folder does not exist."""


class ModelError(Error):
    """The model cannot be converted, quantized or run."""


class DataError(Error):
    """The calibration data are wrong or missing. What a dataset raised is the `__cause__`."""


class OutputError(Error, OSError):
    """The output cannot be written."""


class CancelledError(Error):
    """The run was cancelled."""


class OutOfMemoryError(Error, MemoryError):
    """Memory ran out."""


class AccuracyError(Error):
    """The quantized model's outputs have little to do with the model's (`on_collapse="raise"`)."""


class InternalError(Error):
    """A defect of octet: please report it."""


# The exit codes of errors.def group the codes by what is wrong.
_CLASS_OF_EXIT_CODE: dict[int, type[Error]] = {
    2: UsageError,
    3: InputError,
    4: ModelError,
    5: DataError,
    6: OutputError,
    7: CancelledError,
    8: OutOfMemoryError,
    9: AccuracyError,
    70: InternalError,
}
_CLASS_OF_CODE: dict[str, type[Error]] = {
    code: _CLASS_OF_EXIT_CODE[exit_code] for code, (exit_code, _) in _core.error_codes().items()
}
_CLASS_OF_CODE["file_not_found"] = MissingFileError


def make(code: str, stage: str, where: str, problem: str, remedy: str = "") -> Error:
    """The exception for an error code; called by the extension too."""
    return _CLASS_OF_CODE[code](code, stage, where, problem, remedy)


def usage(where: str, problem: str, remedy: str = "") -> UsageError:
    """An argument of the Python API that cannot be used."""
    return UsageError("invalid_argument", "api", where, problem, remedy)
