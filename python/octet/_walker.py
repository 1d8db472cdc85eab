"""Graphs of torch as plain tuples, from which the extension builds its program.

One pass over the nodes; no tensor's values are read. The result is what the native reader makes of
the same program saved as .pt2: same names, module paths, source lines, sizes and shared weights.
"""

from __future__ import annotations

import functools
import inspect
import operator
from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch.fx import GraphModule, Node

from octet import _core
from octet._trees import argument_names, output_names
from octet.errors import make

# The tags of encoded tuples; bindings/aten.cpp has the same.
_TENSOR, _INTEGER, _ELEMENT_TYPE = 0, 1, 2

#: A weight that is given to a graph from outside: its name for users, and its data.
Constant = tuple[str, torch.Tensor]


@functools.cache
def _target_name(target: Any) -> str:
    """`aten.conv2d.default`, `_operator.mul`"""
    if isinstance(target, str):
        return target
    module = target.__module__.replace("torch._ops", "torch.ops", 1)
    return f"{module}.{target.__name__}".removeprefix("torch.ops.")


@functools.cache
def _signature(target: Any) -> tuple[tuple[tuple[str, bool], ...], bool]:
    """Of each argument name and whether it is a list of tensors; whether the result is a list."""
    schema = getattr(target, "_schema", None)
    if schema is None:
        try:
            names = list(inspect.signature(target).parameters)
        except (TypeError, ValueError):
            names = []
        return tuple((name, False) for name in names), False
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
    return tuple(arguments), len(returns) == 1 and isinstance(returns[0].type, torch.ListType)


@functools.cache
def _dtype_name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


class _Bounds:
    """Upper bounds of symbolic sizes."""

    def __init__(self, ranges: Mapping[Any, Any] | None) -> None:
        self._ranges = ranges

    def of(self, size: torch.SymInt) -> int | None:
        ranges = self._ranges
        if ranges is None:
            ranges = size.node.shape_env.var_to_range
        found = ranges.get(size.node.expr)
        if found is None or not getattr(found.upper, "is_Integer", isinstance(found.upper, int)):
            return None
        upper = int(found.upper)
        return upper if 0 < upper < 2**31 else None


class _Graph:
    """Collects the nodes of a graph and of those nested in it."""

    def __init__(self, bounds: _Bounds) -> None:
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
            name = _target_name(node.target)
            if name in _core.MODE_WRAPPERS:
                self.inline(module, node, replaced)
            else:
                self.nodes.append(self.node(node, name, replaced))

    @staticmethod
    def is_taken_apart(node: Any) -> bool:
        """Whether the node has several results, which `getitem` nodes name."""
        return (
            isinstance(node, Node)
            and node.op == "call_function"
            and (
                isinstance(node.meta.get("val"), (tuple, list))
                or _target_name(node.target) in _core.MODE_WRAPPERS
            )
        )

    def node(self, node: Node, name: str, replaced: dict[str, str]) -> tuple[Any, ...]:
        arguments: list[tuple[str, Any, bool]] = []
        is_list = False
        if not name.startswith("higher_order."):
            names, is_list = _signature(node.target)
            for i, value in enumerate(node.args):
                argument, is_of_tensors = names[i] if i < len(names) else (str(i), False)
                arguments.append((argument, self.encode(value, replaced), is_of_tensors))
            of_tensors = dict(names)
            for argument, value in node.kwargs.items():
                arguments.append(
                    (argument, self.encode(value, replaced), of_tensors.get(argument, False))
                )
        outputs = self.outputs(node, replaced)
        key, path, module_class = _module_of(node)
        trace = node.meta.get("stack_trace") or ""
        return name, arguments, outputs, is_list, (key, path, module_class), trace

    def outputs(self, node: Node, replaced: dict[str, str]) -> list[tuple[str, Any]]:
        value = node.meta.get("val")
        if not isinstance(value, (tuple, list)):
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
        return [
            ("" if item is None else parts.get(i, f"{node.name}_unused_{i}"), self.meta(item))
            for i, item in enumerate(value)
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


def _module_of(node: Node) -> tuple[str, str, str]:
    """Key, path and class of the innermost module."""
    stack = node.meta.get("nn_module_stack")
    if not stack:
        return "", "", ""
    key = next(reversed(stack))
    path, module_class = stack[key]
    if not isinstance(module_class, str):
        module_class = f"{module_class.__module__}.{module_class.__qualname__}"
    return str(key), path, module_class


class _Weights:
    """Weights in row-major order; those that share memory share it still."""

    def __init__(self) -> None:
        self.items: list[tuple[str, str, torch.Tensor]] = []
        self._known: dict[Any, torch.Tensor] = {}

    def add(self, name: str, qualified_name: str, tensor: Any) -> None:
        where = f"weight '{qualified_name}'"
        if not isinstance(tensor, torch.Tensor):
            raise make(
                "unsupported_model",
                "import",
                where,
                f"it is an object of type {type(tensor).__qualname__}, which cannot be converted",
                "Leave it out of the exported model",
            )
        data = tensor.detach()
        if type(data) is not torch.Tensor or data.layout is not torch.strided:
            raise make(
                "unsupported_model",
                "import",
                where,
                f"it is a {type(data).__qualname__} of layout {data.layout}, not a dense tensor",
                "Replace it with a dense tensor before exporting",
            )
        key = (data.data_ptr(), data.dtype, data.shape, data.stride(), data.device)
        shared = self._known.get(key)
        if shared is None or not data.numel():
            shared = self._known[key] = data.cpu().contiguous()
        self.items.append((name, qualified_name, shared))


def _program(
    graph: _Graph,
    format: str,
    inputs: list[tuple[str, str, Any]],
    weights: _Weights,
    outputs: list[tuple[str, str]],
    notes: list[tuple[str, str]],
) -> dict[str, Any]:
    return {
        "format": format,
        "inputs": inputs,
        "weights": weights.items,
        "nodes": graph.nodes,
        "outputs": outputs,
        "notes": notes,
    }


def _value_names(nodes: Iterable[Node]) -> set[str]:
    return {node.name for node in nodes if not isinstance(node.meta.get("val"), (tuple, list))}


def walk(model: Any, constants: Mapping[str, Constant] | None = None) -> dict[str, Any]:
    """An ExportedProgram or GraphModule as the extension's `lower` takes it.

    Args:
        constants: for a GraphModule: placeholders that are weights, by name.
    """
    if isinstance(model, torch.export.ExportedProgram):
        return walk_exported_program(model)
    return walk_graph_module(model, constants or {})


def walk_exported_program(program: torch.export.ExportedProgram) -> dict[str, Any]:
    from torch.export.graph_signature import InputKind, OutputKind

    graph = _Graph(_Bounds(program.range_constraints))
    placeholders = {node.name: node for node in program.graph.find_nodes(op="placeholder")}
    call = program.module_call_graph[0].signature
    paths = argument_names(call.in_spec, call.forward_arg_names) if call else []
    user_outputs = output_names(call.out_spec) if call else []

    weights = _Weights()
    inputs: list[tuple[str, str, Any]] = []
    notes: list[tuple[str, str]] = []
    user_inputs = 0
    for spec in program.graph_signature.input_specs:
        if spec.kind is InputKind.USER_INPUT:
            name = spec.arg.name
            path = paths[user_inputs] if user_inputs < len(paths) else name
            user_inputs += 1
            node = placeholders.get(name)
            meta = graph.meta(node.meta.get("val")) if node is not None else None
            if meta is None or hasattr(spec.arg, "value"):
                notes.append(("fixed_input", path or name))
            else:
                inputs.append((name, path or name, meta))
        elif spec.kind in (InputKind.PARAMETER, InputKind.BUFFER, InputKind.CONSTANT_TENSOR):
            tensor = program.state_dict.get(spec.target)
            if tensor is None:
                tensor = program.constants.get(spec.target)
            weights.add(spec.arg.name, spec.target, tensor)
        elif spec.kind is not InputKind.TOKEN:
            weights.add(spec.arg.name, spec.target, program.constants.get(spec.target))

    graph.names = _value_names(program.graph.nodes)
    replaced: dict[str, str] = {}
    graph.read(program.graph_module, replaced)

    outputs: list[tuple[str, str]] = []
    count = 0
    for spec in program.graph_signature.output_specs:
        if spec.kind in (OutputKind.USER_OUTPUT, OutputKind.LOSS_OUTPUT):
            path = user_outputs[count] if count < len(user_outputs) else str(count)
            count += 1
            if not hasattr(spec.arg, "value"):
                outputs.append((replaced.get(spec.arg.name, spec.arg.name), path))
            elif spec.arg.value is None:
                outputs.append(("", path))
            else:
                notes.append(("constant_output", path))
        elif spec.kind is not OutputKind.TOKEN:
            notes.append(("state_dropped", spec.target))
    return _program(graph, "exported_program", inputs, weights, outputs, notes)


def walk_graph_module(module: GraphModule, constants: Mapping[str, Constant]) -> dict[str, Any]:
    graph = _Graph(_Bounds(getattr(module, "range_constraints", None)))
    info = getattr(module.graph._codegen, "pytree_info", None)
    paths: list[str] = []
    if info is not None and info.in_spec is not None:
        paths = argument_names(info.in_spec, info.orig_args)

    weights = _Weights()
    inputs: list[tuple[str, str, Any]] = []
    notes: list[tuple[str, str]] = []
    user_inputs = 0
    foreign: list[str] = []
    for node in module.graph.nodes:
        if node.op == "placeholder":
            if node.name in constants:
                weights.add(node.name, *constants[node.name])
                continue
            path = paths[user_inputs] if user_inputs < len(paths) else node.name
            user_inputs += 1
            value = node.meta.get("val")
            meta = graph.meta(value)
            is_fixed = isinstance(value, (int, float, str)) or (value is None and not node.users)
            if is_fixed:
                notes.append(("fixed_input", path or node.name))
            else:
                inputs.append((node.name, path or node.name, meta))
        elif node.op == "get_attr":
            value = operator.attrgetter(node.target)(module)
            if not isinstance(value, torch.nn.Module):
                weights.add(node.name, node.target, value)
        elif node.op == "call_method" or (node.op == "call_module" and node.users):
            foreign.append(f"{node.op} '{node.target}' ({node.name})")
    if foreign:
        raise make(
            "unsupported_model",
            "import",
            "",
            "the graph module calls modules or methods, so it is no graph of ATen operators: "
            + ", ".join(foreign[:5]),
            "Capture the model with torch.export.export(model, example_inputs).module()",
        )

    graph.names = _value_names(module.graph.nodes)
    replaced: dict[str, str] = {}
    graph.read(module, replaced)

    outputs: list[tuple[str, str]] = []
    results = module.graph.output_node().args[0]
    names = output_names(info.out_spec) if info is not None and info.out_spec is not None else []
    flat = torch.utils._pytree.tree_flatten(results)
    names = names or output_names(flat[1])
    for path, value in zip(names, flat[0], strict=False):
        if isinstance(value, Node):
            outputs.append((replaced.get(value.name, value.name), path))
        elif value is None:
            outputs.append(("", path))
        else:
            notes.append(("constant_output", path))
    return _program(graph, "graph_module", inputs, weights, outputs, notes)
