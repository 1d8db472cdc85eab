"""openvino.Model in and out of the extension without copying weights.

The address of the C++ object is not part of OpenVINO's public API. Where it is missing, the model
goes through files, which copies the weights, and a warning says so.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from octet import _core
from octet._log import logger

if TYPE_CHECKING:
    import openvino


_TELEMETRY = "openvino_telemetry"


def import_openvino() -> ModuleType:
    """The package of OpenVINO, which Octet never lets send anything.

    Importing it sends a message to Google Analytics by the package `openvino_telemetry`, which it
    does without where there is none. So there is none while Octet imports it. Where the program
    has imported it before, what it sent is sent.
    """
    if "openvino" in sys.modules:
        return sys.modules["openvino"]
    there = sys.modules.get(_TELEMETRY)
    sys.modules[_TELEMETRY] = None  # type: ignore[assignment] # importing it raises ImportError
    try:
        return importlib.import_module("openvino")
    finally:
        del sys.modules[_TELEMETRY]
        if there is not None:
            sys.modules[_TELEMETRY] = there


def _raw_address(model: openvino.Model) -> int | None:
    get = getattr(model, "_get_raw_address", None)
    return None if get is None else get()


def _address(model: openvino.Model) -> int | None:
    address = _raw_address(model)
    if address is None:
        logger.warning(
            "this version of OpenVINO does not tell where a model lies in memory: "
            "the model is copied through a file"
        )
    return address


def from_openvino(model: openvino.Model) -> _core.Model:
    """A clone that shares the weights."""
    address = _address(model)
    if address is not None:
        return _core.from_ov_address(address)
    openvino = import_openvino()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.xml"
        openvino.save_model(model, path, compress_to_fp16=False)
        return _core.load(path)


def to_openvino(model: _core.Model) -> openvino.Model:
    """A clone that shares the weights."""
    openvino = import_openvino()
    shell = openvino.Model([], [], "model")
    address = _address(shell)
    if address is not None:
        model._fill(address)
        return shell
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.xml"
        model.save(path)
        return openvino.Core().read_model(path)
