"""Which tensors of a captured graph are weights, and where their present values are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch.fx import GraphModule, Node


@dataclass
class Weight:
    """A parameter or buffer whose values become part of the compiled model."""

    name: str  #: as in the module's state dictionary
    tensor: torch.Tensor
    #: Place among the arguments of the graph; None where it is an entry of `owner`.
    argument: int | None = None
    owner: dict[str, Any] | None = None
    key: str = ""

    def at(self, argument: int) -> Weight:
        """The same weight where a part of the graph gets it."""
        return self if self.owner is not None else replace(self, argument=argument)

    def present(self, arguments: Sequence[Any]) -> torch.Tensor:
        """The tensor as it is now, which a user may have replaced."""
        if self.argument is not None:
            return arguments[self.argument]
        assert self.owner is not None
        return self.owner[self.key]


def version_of(tensor: torch.Tensor) -> int:
    """Torch's count of a tensor's changes; -1 for a tensor of inference mode, which has none."""
    return -1 if tensor.is_inference() else tensor._version


def static_inputs(module: GraphModule, examples: Sequence[Any]) -> dict[int, str]:
    """Of the graph that Dynamo captured: which arguments are parameters or buffers; their names."""
    found: dict[int, str] = {}
    placeholders = module.graph.find_nodes(op="placeholder")
    for i, (node, example) in enumerate(zip(placeholders, examples, strict=True)):
        if not isinstance(example, torch.Tensor):
            continue
        kind = node.meta.get("tensor_dict", {}).get("_dynamo_static_input_type")
        if isinstance(example, torch.nn.Parameter) or kind is not None:
            found[i] = _qualified_name(node)
    return found


def _qualified_name(node: Node) -> str:
    """`layer1.0.conv1.weight` of `L['self']._modules['layer1']…._parameters['weight']`."""
    source = getattr(node, "_dynamo_source", None)
    text = str(getattr(source, "name", "") or "")
    parts = re.findall(r"\['([^']*)'\]|\.(\w+)", text.partition("]")[2])
    names = [key or attribute for key, attribute in parts]
    kept = [name for name in names if name not in ("_modules", "_parameters", "_buffers")]
    return ".".join(kept) or node.name


def find_weights(
    captured: GraphModule, lowered: GraphModule, static: dict[int, str], examples: Sequence[Any]
) -> dict[str, Weight]:
    """Weights of AOTAutograd's graph, by placeholder. What the graph itself changes is none.

    Args:
        captured: Dynamo's graph, whose attributes are weights as well.
        lowered: the graph that AOTAutograd made of it.
        static: of `static_inputs`.
        examples: the arguments that `captured` was called with.
    """
    written = {
        getattr(descriptor, "mutated_input", None)
        for descriptor in lowered.graph.output_node().meta.get("desc") or ()
    }
    weights: dict[str, Weight] = {}
    for i, node in enumerate(lowered.graph.find_nodes(op="placeholder")):
        descriptor = node.meta.get("desc")
        if descriptor is None or descriptor in written:
            continue
        index = getattr(descriptor, "idx", None)
        target = getattr(descriptor, "target", None)
        if target is not None:
            path, _, key = target.rpartition(".")
            owner = captured.get_submodule(path)
            entries = owner._parameters if key in owner._parameters else owner._buffers
            weights[node.name] = Weight(target, entries[key], None, entries, key)
        elif index in static:
            weights[node.name] = Weight(static[index], examples[index], i)
    return weights
