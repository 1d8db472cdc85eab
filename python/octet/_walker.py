"""Graphs of torch as plain tuples, from which the extension builds its program.

One pass over the nodes; no tensor's values are read. The result is what the native reader makes of
the same program saved as .pt2: same names, module paths, source lines, sizes and shared weights.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import torch
from torch.fx import GraphModule, Node

from octet._nodes import Bounds, Graph, module_of, place_of, target_name, value_names
from octet._trees import argument_names, output_names
from octet.errors import make

__all__ = ["module_of", "place_of", "target_name", "walk"]

#: A weight that is given to a graph from outside: its name for users, and its data.
Constant = tuple[str, torch.Tensor]


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
    graph: Graph,
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

    graph = Graph(Bounds(program.range_constraints))
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

    graph.names = value_names(program.graph.nodes)
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
    graph = Graph(Bounds(getattr(module, "range_constraints", None)))
    graph.names = value_names(module.graph.nodes)
    replaced: dict[str, str] = {}
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
                # fx renames what Python has a word for: `input` is the target of `input_1`.
                if node.target not in graph.names:
                    replaced[node.name] = node.target
                name = replaced.get(node.name, node.name)
                inputs.append((name, path or name, meta))
        elif node.op == "get_attr":
            value = operator.attrgetter(node.target)(module)
            is_description = isinstance(value, torch.utils._pytree.TreeSpec)
            if not isinstance(value, torch.nn.Module) and not is_description:
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
