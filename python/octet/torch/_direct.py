"""Which graphs need nothing of what AOTAutograd does around a call, which costs as much as a small
model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.fx import GraphModule, Node

_PLAIN_TYPES = (torch.Tensor, torch.nn.Parameter)


def is_direct(captured: GraphModule, lowered: GraphModule, examples: Sequence[Any]) -> bool:
    """Whether the graph that AOTAutograd made takes what the captured one takes, writes to none of
    it, and returns what that one returns, in tensors of their own.

    Args:
        captured: Dynamo's graph.
        lowered: the graph that AOTAutograd made of it.
        examples: the arguments that `captured` was called with.
    """
    placeholders = lowered.graph.find_nodes(op="placeholder")
    if len(placeholders) != len(examples) or not all(map(_is_plain, examples)):
        return False
    if any(getattr(node.meta.get("desc"), "idx", None) != i for i, node in enumerate(placeholders)):
        return False
    wanted, given = _returned(captured), _returned(lowered)
    descriptors = lowered.graph.output_node().meta.get("desc") or ()
    return (
        len(given) == len(wanted) == len(descriptors) == len(set(given))
        and all(map(_is_new, given))
        and all(
            type(descriptor).__name__ == "PlainAOTOutput" and descriptor.idx == i
            for i, descriptor in enumerate(descriptors)
        )
    )


def _is_plain(example: Any) -> bool:
    if isinstance(example, torch.Tensor):
        return type(example) in _PLAIN_TYPES
    return isinstance(example, (bool, int, float, torch.SymInt, torch.SymFloat, torch.SymBool))


def _returned(module: GraphModule) -> tuple[Any, ...]:
    (results,) = module.graph.output_node().args
    return tuple(results) if isinstance(results, (tuple, list)) else ()


def _is_new(value: Any) -> bool:
    """Whether a value is a tensor that shares memory with no other."""
    if not isinstance(value, Node) or not isinstance(value.meta.get("val"), torch.Tensor):
        return False
    while value.op == "call_function" and getattr(value.target, "__name__", "") == "getitem":
        value = value.all_input_nodes[0]
    schema = getattr(value.target, "_schema", None)
    return schema is not None and all(result.alias_info is None for result in schema.returns)
