"""Which nodes of a graph stay in eager, and the cut of a graph into parts."""

from __future__ import annotations

import operator
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch._decomp import decomposition_table, get_decompositions
from torch.fx import GraphModule, Node
from torch.fx.passes.split_module import split_module

from octet._walker import place_of, target_name

_TYPES = {
    torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16,
    torch.int8, torch.uint8, torch.bool,
}  # fmt: skip


@dataclass(frozen=True)
class Eager:
    """A node that torch runs itself."""

    op: str
    module_path: str
    source_line: str
    reason: str

    def place(self) -> str:
        """`'encoder.window' (audio.py:31)`"""
        line = f" ({self.source_line})" if self.source_line else ""
        return f"'{self.module_path or 'the model'}'{line}"


class Training(Exception):
    """The graph is of a model in training mode."""


class Decomposable(Exception):
    """Operators without a conversion that torch can take apart."""

    def __init__(self, operators: Sequence[Any]) -> None:
        super().__init__(operators)
        self.operators = list(operators)


_TRAINING = {
    "aten.native_dropout.default": "dropout is active",
    "aten._native_batch_norm_legit.default": "batch norm takes the batch's statistics",
    "aten._native_batch_norm_legit_functional.default": "batch norm takes the batch's statistics",
    "aten._batch_norm_with_update_functional.default": "batch norm takes the batch's statistics",
}


def training_reason(module: GraphModule) -> str | None:
    """Why the graph is one of training, if it is."""
    for node in module.graph.nodes:
        reason = _TRAINING.get(str(node.target)) if node.op == "call_function" else None
        if reason is not None:
            return f"the model is in training mode ({reason})"
    return None


def decomposable(reasons: Mapping[Node, str], decomposed: frozenset[Any]) -> list[Any]:
    """The operators among these that torch can take apart, but those in `decomposed`."""
    operators = {node.target for node in reasons} - decomposed
    return list(get_decompositions(operators & set(decomposition_table)))


def describe(node: Node, reason: str) -> Eager:
    # Where torch took an operator apart, the user knows the whole.
    operator_of_user = node.meta.get("original_aten") or node.target
    return Eager(target_name(operator_of_user), *place_of(node), reason)


def _values(node: Node) -> list[Any]:
    """The example values of a node's results, without those that nothing reads."""
    value = node.meta.get("val")
    if not isinstance(value, (list, tuple)):
        return [value]
    taken = {user.args[1] for user in node.users if user.target is operator.getitem}
    return [item for i, item in enumerate(value) if i in taken]


def _draws(node: Node) -> bool:
    """Whether an operator that may draw random numbers does: attention without dropout does not."""
    arguments = {argument.name: argument for argument in node.target._schema.arguments}
    if "dropout_p" not in arguments:
        return True
    place = list(arguments).index("dropout_p")
    default = arguments["dropout_p"].default_value
    given = node.args[place] if place < len(node.args) else node.kwargs.get("dropout_p", default)
    return given != 0


def refusal(node: Node) -> str | None:
    """Why a node must not run on OpenVINO though it may have a conversion."""
    target = node.target
    tags = getattr(target, "tags", ())
    if torch.Tag.nondeterministic_seeded in tags and _draws(node):
        return "its random numbers come from torch's generator"
    if isinstance(target, torch._ops.HigherOrderOperator):
        return "it takes functions"
    for value in [*_values(node), *(v for i in node.all_input_nodes for v in _values(i))]:
        if not isinstance(value, torch.Tensor):
            continue
        if value.dtype == torch.float64:
            return "OpenVINO computes float64 in float32"
        if value.dtype not in _TYPES:
            return f"it computes with elements of type {str(value.dtype).removeprefix('torch.')}"
        if value.device.type != "cpu":
            return f"its tensors are on the device '{value.device.type}'"
        if value.layout != torch.strided:
            return f"its tensors are of the layout {value.layout}"
        if any(isinstance(size, int) and size == 0 for size in value.shape):
            return "one of its tensors is empty"
    return None


def is_symbolic(node: Node) -> bool:
    """Whether it computes numbers of which sizes are made, not tensors."""
    values = _values(node)
    return all(
        isinstance(value, (torch.SymInt, torch.SymFloat, torch.SymBool, int, float))
        for value in values
    )


def _computes(node: Node) -> bool:
    """Whether it does more than to take a view or a part of what is there."""
    schema = getattr(node.target, "_schema", None)
    return (
        schema is not None
        and not is_symbolic(node)
        and all(result.alias_info is None for result in schema.returns)
    )


def cut(
    module: GraphModule, eager: Mapping[Node, str], weights: Collection[str]
) -> tuple[GraphModule, list[str]]:
    """A graph in parts that run in turn: the module that calls them, and which of its submodules
    are for OpenVINO.

    A node's step is the first in which all that it reads is there and whose kind is the node's;
    even steps run in eager. All nodes of a step make one part, so no two parts wait for each other,
    and there are no more than the longest path of the graph needs. What is made of weights alone is
    in the step that reads it, where it is a constant.

    Args:
        eager: the nodes that torch runs.
        weights: names of the placeholders that are weights.
    """
    steps: dict[Node, int] = {}
    constant: dict[Node, None] = {}
    for node in module.graph.nodes:
        if node.op != "call_function":
            continue
        read = node.all_input_nodes
        is_constant = read and all(item.name in weights or item in constant for item in read)
        if is_constant and node not in eager and isinstance(node.meta.get("val"), torch.Tensor):
            constant[node] = None
            continue
        if node.target is operator.getitem and node.args[0] in steps:
            steps[node] = steps[node.args[0]]  # a list of results is no tensor to hand over
            continue
        step = max((steps[item] for item in node.all_input_nodes if item in steps), default=0)
        # Numbers are computed wherever what they are made of is.
        if not is_symbolic(node) and step % 2 == int(node in eager):
            step += 1
        steps[node] = step
    for node in reversed(constant):
        steps[node] = min((steps[user] for user in node.users if user in steps), default=1)
    native = {step for node, step in steps.items() if step % 2 and _computes(node)}
    split = split_module(module, module, lambda node: steps[node])
    names = {f"submod_{step}" for step in native}
    return split, [name for name, _ in split.named_children() if name in names]
