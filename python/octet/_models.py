"""Every kind of model that users have, in and out of the extension.

Nothing here imports torch or OpenVINO's Python package: an object of theirs exists only where they
are loaded already.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from octet import _core
from octet._log import show
from octet._openvino import from_openvino, to_openvino
from octet.errors import usage


def _loaded(module: str, name: str) -> type | None:
    """The class, if its module is loaded."""
    return getattr(sys.modules.get(module), name, None)


def _is_a(model: Any, module: str, name: str) -> bool:
    cls = _loaded(module, name)
    return cls is not None and isinstance(model, cls)


def _from_torch(model: Any) -> _core.Model:
    from octet._walker import walk

    return _core.lower(walk(model))


def _to_torch(given: Any, before: _core.Model, after: _core.Model, recipe: _core.Recipe) -> Any:
    from octet.torch._fx import emit

    return emit(given, before, after, recipe)


@dataclass(frozen=True)
class Kind:
    """A kind of model."""

    is_a: Callable[[Any], bool]
    take: Callable[[Any], _core.Model]
    #: Makes a quantized object of the same kind, of the given model, of what `take` made of it,
    #: of what the recipe made of that, and of the recipe. None: users of this kind get a Model.
    give: Callable[[Any, _core.Model, _core.Model, _core.Recipe], Any] | None = None

    def read(self, model: Any) -> _core.Model:
        """`model` as an `octet.Model`; what its import had to say is logged."""
        core = self.take(model)
        if not isinstance(model, (_core.Model, _core.QuantizeResult)):
            show(core.diagnostics)
        return core

    def give_back(
        self, given: Any, before: _core.Model, after: _core.Model, recipe: _core.Recipe
    ) -> Any:
        """`after` as users of this kind get it."""
        return after if self.give is None else self.give(given, before, after, recipe)


KINDS = [
    Kind(lambda model: isinstance(model, _core.Model), lambda model: model),
    Kind(lambda model: isinstance(model, _core.QuantizeResult), lambda result: result.model),
    Kind(lambda model: isinstance(model, (str, os.PathLike)), _core.load),
    Kind(
        lambda model: _is_a(model, "openvino", "Model"),
        from_openvino,
        lambda _given, _before, after, _recipe: to_openvino(after),
    ),
    Kind(lambda model: _is_a(model, "torch.export", "ExportedProgram"), _from_torch, _to_torch),
    Kind(lambda model: _is_a(model, "torch.fx", "GraphModule"), _from_torch, _to_torch),
]


def kind_of(model: Any) -> Kind:
    for kind in KINDS:
        if kind.is_a(model):
            return kind
    name = f"{type(model).__module__}.{type(model).__qualname__}"
    remedy = (
        "Give a path (.pt2, .onnx, .xml), an openvino.Model, a torch.export.ExportedProgram, "
        "a torch.fx.GraphModule or an octet.Model"
    )
    if _is_a(model, "torch.nn", "Module"):
        remedy = "Capture it first: torch.export.export(model.eval(), example_inputs)"
    elif name.startswith("onnx."):
        remedy = "Save it with onnx.save and give the path"
    elif name.endswith("CompiledModel"):
        remedy = "Give the openvino.Model that it was compiled from"
    raise usage("model", f"an object of type {name} is no model that can be read", remedy)


def load(model: Any) -> _core.Model:
    """Any kind of model as an `octet.Model`.

    Args:
        model: a path (.pt2, .onnx, .xml), an `openvino.Model`, a `torch.export.ExportedProgram`, a
            `torch.fx.GraphModule` (such as `ExportedProgram.module()` gives), or an `octet.Model`.
            Weights are shared with objects in memory, not copied: do not change them in place
            while the result is in use.
    """
    return kind_of(model).read(model)


def save_program(model: Any, path: str | os.PathLike[str]) -> None:
    """Writes an ExportedProgram as .pt2."""
    if not _is_a(model, "torch.export", "ExportedProgram"):
        kind_of(model)  # tells of what is no model at all
        remedy = "Give a path that ends in .xml"
        if _is_a(model, "torch.fx", "GraphModule"):
            remedy = (
                "Export it again, torch.export.export(model, example_inputs), and save that; or "
                "give a path that ends in .xml"
            )
        name = type(model).__name__
        raise usage("path", f"only an ExportedProgram can be saved as .pt2, not a {name}", remedy)
    import torch

    torch.export.save(model, path)
