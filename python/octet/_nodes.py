"""Nodes of a graph of torch as plain tuples."""

from __future__ import annotations

import functools
import inspect
import operator
import re
from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch.fx import GraphModule, Node

from octet import _core

#: What torch.export leaves as a call of a Python function by `flat_apply`, and what that computes.
FLAT_APPLIED = {
    "torch._dynamo._trace_wrapped_higher_order_op.ModIndex": torch.ops.aten.index.Tensor,
}

# The tags of encoded tuples; bindings/aten.cpp has the same.
_TENSOR, _INTEGER, _ELEMENT_TYPE = 0, 1, 2


@functools.cache
def target_name(target: Any) -> str:
    """`aten.conv2d.default`, `_operator.mul`"""
    if isinstance(target, str):
        return target
    module = target.__module__.replace("torch._ops", "torch.ops", 1)
    return f"{module}.{target.__name__}".removeprefix("torch.ops.")


@functools.cache
def _signature(target: Any) -> tuple[tuple[tuple[str, bool], ...], bool, bool]:
    """Each argument's name and whether it is a list of tensors; whether the result is a list, and
    whether there are several results."""
    schema = getattr(target, "_schema", None)
    if schema is None:
        try:
            names = list(inspect.signature(target).parameters)
        except (TypeError, ValueError):
            names = []
        return tuple((name, False) for name in names), False, False
    arguments = []
    for argument in schema.arguments:
        kind = argument.type
        if isinstance(kind, torch.OptionalType):
            kind = kind.getElementType()
        is_list = isinstance(kind, torch.ListType)
        arguments.append(
            (argument.name, is_list and isinstance(kind.getElementType(), torch.TensorType))
        )
    returns = schema.returns
    is_list = len(returns) == 1 and isinstance(returns[0].type, torch.ListType)
    return tuple(arguments), is_list, is_list or len(returns) > 1


@functools.cache
def _dtype_name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


class Bounds:
    """Upper bounds of symbolic sizes."""

    def __init__(self, ranges: Mapping[Any, Any] | None) -> None:
        self._ranges = ranges
        self._known: dict[Any, int | None] = {}

    def of(self, size: torch.SymInt) -> int | None:
        symbol = size.node.expr
        if symbol not in self._known:
            self._known[symbol] = self._find(size)
        return self._known[symbol]

    def _find(self, size: torch.SymInt) -> int | None:
        ranges = self._ranges
        if ranges is None:
            ranges = size.node.shape_env.var_to_range
        found = ranges.get(size.node.expr)
        if found is None or not getattr(found.upper, "is_Integer", isinstance(found.upper, int)):
            return None
        upper = int(found.upper)
        return upper if 0 < upper < 2**31 else None


class Graph:
    """Collects the nodes of a graph and of those nested in it."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.nodes: list[tuple[Any, ...]] = []
        self.names: set[str] = set()
        self.nested = 0

    def meta(self, value: Any) -> Any:
        if isinstance(value, torch.Tensor):
            sizes = [size if type(size) is int else (self.bounds.of(size),) for size in value.shape]
            return _dtype_name(value.dtype), sizes
        if isinstance(value, (torch.SymBool, bool)):
            return "bool"
        if isinstance(value, (torch.SymInt, int)):
            return "int64"
        if isinstance(value, (torch.SymFloat, float)):
            return "float32"
        return None

    def read(self, module: GraphModule, replaced: dict[str, str]) -> None:
        """Appends the nodes of `module.graph`. `replaced`: new names of values; grows."""
        for node in module.graph.nodes:
            if node.op != "call_function":
                continue
            if node.target is operator.getitem and self.is_taken_apart(node.args[0]):
                continue
            name = target_name(node.target)
            if name in _core.MODE_WRAPPERS:
                self.inline(module, node, replaced)
            elif name == "higher_order.flat_apply":
                self.nodes.append(self.applied(module, node, replaced))
            else:
                self.nodes.append(self.node(node, name, replaced))

    @staticmethod
    def is_taken_apart(node: Any) -> bool:
        """Whether the node has several results, which `getitem` nodes name."""
        if not isinstance(node, Node) or node.op != "call_function":
            return False
        if "val" in node.meta:
            several = isinstance(node.meta["val"], (tuple, list))
        else:  # a pass of the user's added it
            several = _signature(node.target)[2]
        return several or target_name(node.target) in _core.MODE_WRAPPERS

    def applied(self, module: GraphModule, node: Node, replaced: dict[str, str]) -> tuple[Any, ...]:
        """The operator that a function called through `flat_apply` stands for."""
        spec, flat = operator.attrgetter(node.args[1].target)(module), node.args[2:]  # type: ignore[union-attr]
        (function, *arguments), _ = torch.utils._pytree.tree_unflatten(flat, spec)
        known = FLAT_APPLIED.get(function)
        if known is None:
            return self.node(node, "higher_order.flat_apply", replaced)
        return self.node(node, target_name(known), replaced, known, tuple(arguments))

    def node(
        self,
        node: Node,
        name: str,
        replaced: dict[str, str],
        target: Any = None,
        given: tuple[Any, ...] | None = None,
    ) -> tuple[Any, ...]:
        """`target` and `given` take the place of the node's own."""
        arguments: list[tuple[str, Any, bool]] = []
        is_list = False
        if not name.startswith("higher_order."):
            names, is_list, _ = _signature(target or node.target)
            for i, value in enumerate(node.args if given is None else given):
                argument, is_of_tensors = names[i] if i < len(names) else (str(i), False)
                arguments.append((argument, self.encode(value, replaced), is_of_tensors))
            of_tensors = dict(names)
            for argument, value in node.kwargs.items():
                arguments.append(
                    (argument, self.encode(value, replaced), of_tensors.get(argument, False))
                )
        outputs = self.outputs(node, replaced)
        key, path, module_class = module_of(node)
        trace = node.meta.get("stack_trace") or ""
        return name, arguments, outputs, is_list, (key, path, module_class), trace

    def outputs(self, node: Node, replaced: dict[str, str]) -> list[tuple[str, Any]]:
        if not self.is_taken_apart(node):
            value = node.meta.get("val")
            if value is None and "val" in node.meta:
                return []
            return [(replaced.get(node.name, node.name), self.meta(value))]
        parts: dict[int, str] = {}
        for user in node.users:
            if user.target is not operator.getitem:
                continue
            index = user.args[1]
            if index in parts:  # one value that is taken out twice
                replaced[user.name] = parts[index]
            else:
                parts[index] = replaced.get(user.name, user.name)
        values = node.meta.get("val")
        if values is None:
            values = [...] * (max(parts, default=-1) + 1)
        return [
            ("" if item is None else parts.get(i, f"{node.name}_unused_{i}"), self.meta(item))
            for i, item in enumerate(values)
        ]

    def encode(self, value: Any, replaced: dict[str, str]) -> Any:
        kind = type(value)
        if kind is Node:
            name = replaced.get(value.name, value.name)
            known = value.meta.get("val")
            is_integer = isinstance(known, (torch.SymInt, int)) and not isinstance(known, bool)
            return (_INTEGER if is_integer else _TENSOR, name)
        if value is None or kind in (bool, int, float, str):
            return value
        if isinstance(value, (list, tuple)):
            return [self.encode(item, replaced) for item in value]
        if kind is torch.dtype:
            return (_ELEMENT_TYPE, _dtype_name(value))
        if kind is torch.device:
            return value.type
        if kind in (torch.memory_format, torch.layout):
            return str(value)  # which means nothing to values
        return value  # refused by the extension, by its type

    def inline(self, module: GraphModule, node: Node, replaced: dict[str, str]) -> None:
        """Appends the nodes of the nested graph that the node calls."""
        place = next(
            i
            for i, value in enumerate(node.args)
            if isinstance(value, Node) and value.op == "get_attr"
        )
        nested = operator.attrgetter(node.args[place].target)(module)  # type: ignore[union-attr]
        given = node.args[place + 1 :]
        self.nested += 1
        inner: dict[str, str] = {}
        formal = [child for child in nested.graph.nodes if child.op == "placeholder"]
        for child, value in zip(formal, given, strict=False):
            if isinstance(value, Node):
                inner[child.name] = replaced.get(value.name, value.name)
        for child in nested.graph.nodes:
            if child.name in inner or child.op != "call_function" or self.is_taken_apart(child):
                continue
            if child.name in self.names:
                inner[child.name] = f"nested{self.nested}_{child.name}"
            self.names.add(child.name)
        self.read(nested, inner)
        results = nested.graph.output_node().args[0]
        results = results if isinstance(results, (tuple, list)) else [results]
        for user in node.users:
            if user.target is operator.getitem:
                result = results[user.args[1]]
                replaced[user.name] = inner.get(result.name, result.name)


@functools.cache
def _plain_path(path: str) -> str:
    """`layers.0.conv` of what torch.compile calls `L['self']._modules['layers'].0.conv`."""
    path = re.sub(r"\._(?:modules|parameters|buffers)\['([^']+)'\]", r".\1", path)
    return re.sub(r"^[LG]\['[^']+'\]\.?", "", path)


def module_of(node: Node) -> tuple[str, str, str]:
    """Key, path and class of the innermost module that the node was captured in."""
    stack = node.meta.get("nn_module_stack")
    if not stack:
        return "", "", ""
    key = next(reversed(stack))
    path, module_class = stack[key]
    if not isinstance(module_class, str):
        module_class = f"{module_class.__module__}.{module_class.__qualname__}"
    return str(key), _plain_path(path), module_class


def place_of(node: Node) -> tuple[str, str]:
    """Module path and source line of a node, as the importer tells them."""
    return module_of(node)[1], _core.user_line(node.meta.get("stack_trace") or "")


def value_names(nodes: Iterable[Node]) -> set[str]:
    """Names of the nodes that are one value each."""
    return {node.name for node in nodes if not Graph.is_taken_apart(node)}
