"""openvino.Model in and out of the extension without copying weights.

The address of the C++ object is not part of OpenVINO's public API. Where it is missing, the model
goes through files, which copies the weights, and a warning says so.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from octet import _core
from octet._log import logger

if TYPE_CHECKING:
    import openvino


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
    import openvino

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.xml"
        openvino.save_model(model, path, compress_to_fp16=False)
        return _core.load(path)


def to_openvino(model: _core.Model) -> openvino.Model:
    """A clone that shares the weights."""
    import openvino

    shell = openvino.Model([], [], "model")
    address = _address(shell)
    if address is not None:
        model._fill(address)
        return shell
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.xml"
        model.save(path)
        return openvino.Core().read_model(path)
