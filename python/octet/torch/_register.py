"""Makes the backend known to torch by its name."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch._dynamo.backends import registry

from octet._log import logger
from octet.torch._backend import octet


def openvino(
    module: torch.fx.GraphModule,
    examples: Sequence[Any],
    *,
    options: Mapping[str, Any] | None = None,
    mode: str | None = None,
) -> Callable[..., Any]:
    """The backend under the name of OpenVINO's own, whose `aot_autograd` is always on here."""
    given = dict(options or {})
    given.pop("aot_autograd", None)
    return octet(module, examples, options=given, mode=mode)


def register() -> None:
    """Registers 'octet', and 'openvino' where the user has not loaded OpenVINO's own backend.

    torch loads that one by itself where it is asked for the name and no one has taken it."""
    registry.register_backend(octet, name="octet")
    if "openvino.torch" not in sys.modules and "openvino" not in registry._COMPILER_FNS:
        registry.register_backend(openvino, name="openvino")
    else:
        logger.warning(
            "[torch] the backend 'openvino' is OpenVINO's own, which was imported before. Choose "
            "this one by torch.compile(model, backend='octet')"
        )
