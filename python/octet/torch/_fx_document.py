"""Torch programs as documents that can be edited: a GraphModule, or an ExportedProgram.

An editor never writes to the program that it was opened on, and shares no tensor with it in the
end. Both kinds keep state (parameters, buffers, constants) behind nodes of the graph: a `get_attr`
in a GraphModule, a placeholder in an ExportedProgram.
"""

from __future__ import annotations

import copy
import functools
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch._subclasses import FakeTensor
from torch.export import ExportedProgram
from torch.export.graph_signature import (
    ExportGraphSignature,
    InputKind,
    InputSpec,
    OutputSpec,
    TensorArgument,
)
from torch.fx import GraphModule, Node
from torch.fx.node import map_arg

Path = tuple[Any, ...]
"""Where an argument is: ("args", 0, 2) or ("kwargs", "weight")."""


def arguments(node: Node) -> Iterator[tuple[Path, Any]]:
    """Every argument of `node` that is no container, with its path."""

    def walk(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
        if isinstance(value, (list, tuple)):
            for i, item in enumerate(value):
                yield from walk((*path, i), item)
        elif isinstance(value, dict):
            for key, item in value.items():
                yield from walk((*path, key), item)
        else:
            yield path, value

    yield from walk(("args",), node.args)
    yield from walk(("kwargs",), node.kwargs)


def set_argument(node: Node, path: Path, value: Any) -> None:
    def replaced(container: Any, rest: Path) -> Any:
        if not rest:
            return value
        if isinstance(container, dict):
            return {**container, rest[0]: replaced(container[rest[0]], rest[1:])}
        items = list(container)
        items[rest[0]] = replaced(items[rest[0]], rest[1:])
        return type(container)(items) if type(container) in (list, tuple) else items

    if path[0] == "kwargs":
        node.kwargs = replaced(dict(node.kwargs), path[1:])
    else:
        node.args = tuple(replaced(tuple(node.args), path[1:]))


def operator_name(node: Node) -> str:
    """`aten.conv2d` of aten.conv2d.default; empty where `node` calls no operator of torch."""
    if node.op != "call_function" or not isinstance(node.target, torch._ops.OpOverload):
        return ""
    return str(node.target.overloadpacket)


class Document:
    """What both kinds of programs have in common."""

    graph: torch.fx.Graph

    @property
    def output(self) -> Node:
        return self.graph.output_node()

    def state_name(self, node: Node) -> str | None:
        """Qualified name of the tensor that `node` stands for, None where it stands for none."""
        raise NotImplementedError

    def state_value(self, node: Node) -> torch.Tensor:
        raise NotImplementedError

    def _add_state_node(self, name: str, value: torch.Tensor, before: Node) -> Node:
        raise NotImplementedError

    def has_state(self, name: str) -> bool:
        raise NotImplementedError

    def _remove_state(self, node: Node) -> None:
        raise NotImplementedError

    def add_state(self, name: str, value: torch.Tensor, before: Node) -> Node:
        """A node for a new tensor, usable from `before` on. A name that is taken gets a number."""
        wanted, count = name, 0
        while self.has_state(name):
            count += 1
            name = f"{wanted}_{count}"
        node = self._add_state_node(name, value, before)
        self._set_state_value(node, value)
        return node

    def shared_state(self, name: str, value: torch.Tensor, before: Node) -> Node:
        """A node for a tensor that all who ask by this name share."""
        known = self.__dict__.setdefault("_shared", {})
        node = known.get(name)
        if node is None:
            first = next(n for n in self.graph.nodes if n.op != "placeholder")
            node = known[name] = self.add_state(name, value, first)
        return node

    def _set_state_value(self, node: Node, value: torch.Tensor) -> None:
        if self._fake_mode is not None:
            node.meta["val"] = self._fake_mode.from_tensor(value, static_shapes=True)

    @functools.cached_property
    def _fake_mode(self) -> Any:
        for node in self.graph.nodes:
            if isinstance(node.meta.get("val"), FakeTensor):
                return node.meta["val"].fake_mode
        return None

    def call(
        self,
        target: Callable[..., Any],
        args: tuple[Any, ...],
        before: Node,
        name: str,
        like: Node,
    ) -> Node:
        """A call in front of `before`, with the module path and source line of `like`."""
        with self.graph.inserting_before(before):
            node = self.graph.create_node("call_function", target, args, {}, name=name)
        self.describe(node, like)
        return node

    def describe(self, node: Node, like: Node) -> None:
        """Fills in what `node` computes, and where it comes from."""
        for key in ("nn_module_stack", "stack_trace"):
            if key in like.meta:
                node.meta[key] = like.meta[key]
        values = map_arg((node.args, node.kwargs), lambda n: n.meta.get("val"))
        inputs = [n.meta.get("val") for n in node.all_input_nodes]
        modes = [v.fake_mode for v in inputs if isinstance(v, FakeTensor)]
        if modes and all(v is not None for v in inputs):
            with modes[0], torch.no_grad():
                node.meta["val"] = node.target(*values[0], **values[1])

    def erase(self, node: Node) -> None:
        """Removes `node`, which nothing reads, and all that only it read."""
        inputs = node.all_input_nodes
        if self.state_name(node) is not None:
            self._remove_state(node)
        self.graph.erase_node(node)
        for source in inputs:
            if source.users or source.is_impure():
                continue
            if source.op == "call_function" or self.state_name(source) is not None:
                self.erase(source)

    def replace(self, node: Node, by: Node) -> None:
        """Lets everything that reads `node` read `by`, and removes `node`."""
        node.replace_all_uses_with(by, propagate_meta=False)
        self.erase(node)

    def constant_value(self, node: Node) -> torch.Tensor | None:
        """What `node` always is: state, or what pure operators make of state."""
        if self.state_name(node) is not None:
            return self.state_value(node)
        name = operator_name(node)
        if not name or node.target._schema.is_mutable or not node.all_input_nodes:
            return None
        if torch.Tag.nondeterministic_seeded in node.target.tags:
            return None
        values = {source: self.constant_value(source) for source in node.all_input_nodes}
        if any(value is None for value in values.values()):
            return None
        args, kwargs = map_arg((node.args, node.kwargs), lambda n: values[n])
        with torch.no_grad():
            result = node.target(*args, **kwargs)
        return result if isinstance(result, torch.Tensor) else None


def _own(tensor: torch.Tensor, copies: dict[int, torch.Tensor]) -> torch.Tensor:
    """A copy that shares nothing and needs no gradient; tensors that were one stay one."""
    if id(tensor) not in copies:
        data = tensor.detach().clone()
        if isinstance(tensor, torch.nn.Parameter):
            data = torch.nn.Parameter(data, requires_grad=False)
        copies[id(tensor)] = data
    return copies[id(tensor)]


class GraphModuleDocument(Document):
    def __init__(self, source: GraphModule):
        # The copy shares the tensors for now: most of them are about to be replaced.
        given = [*source.parameters(), *source.buffers()]
        for module in source.modules():
            given += [v for v in vars(module).values() if isinstance(v, torch.Tensor)]
        self.module = copy.deepcopy(source, {id(tensor): tensor for tensor in given})
        self.graph = self.module.graph
        self._given = {id(tensor): tensor for tensor in given}
        self._readers = Counter(n.target for n in self.graph.nodes if n.op == "get_attr")

    def _owner(self, name: str) -> tuple[Any, str]:
        *path, last = name.split(".")
        owner: Any = self.module
        for part in path:
            owner = getattr(owner, part, None)
        return owner, last

    def state_name(self, node: Node) -> str | None:
        if node.op != "get_attr":
            return None
        owner, last = self._owner(str(node.target))
        return str(node.target) if isinstance(getattr(owner, last, None), torch.Tensor) else None

    def state_value(self, node: Node) -> torch.Tensor:
        owner, last = self._owner(str(node.target))
        return getattr(owner, last)

    def has_state(self, name: str) -> bool:
        owner, last = self._owner(name)
        return hasattr(owner, last)

    def _add_state_node(self, name: str, value: torch.Tensor, before: Node) -> Node:
        *path, last = name.split(".")
        owner: torch.nn.Module = self.module
        for part in path:
            if not hasattr(owner, part):
                owner.add_module(part, torch.nn.Module())
            owner = getattr(owner, part)
        if isinstance(value, torch.nn.Parameter):
            owner.register_parameter(last, value)
        else:
            owner.register_buffer(last, value)
        self._readers[name] += 1
        with self.graph.inserting_before(before):
            return self.graph.get_attr(name)

    def _remove_state(self, node: Node) -> None:
        self._readers[node.target] -= 1
        if self._readers[node.target] == 0:
            owner, last = self._owner(str(node.target))
            delattr(owner, last)

    def finish(self) -> GraphModule:
        copies: dict[int, torch.Tensor] = {}
        for module in self.module.modules():
            for table in (module._parameters, module._buffers, vars(module)):
                for name, value in table.items():
                    if id(value) in self._given:
                        table[name] = _own(value, copies)
        self.graph.lint()
        self.module.recompile()
        return self.module


class ExportedProgramDocument(Document):
    def __init__(self, source: ExportedProgram):
        self._source = source
        self._module = copy.deepcopy(source.graph_module)
        self.graph = self._module.graph
        self._inputs = {
            node.name: spec
            for node, spec in zip(
                self.graph.find_nodes(op="placeholder"),
                source.graph_signature.input_specs,
                strict=True,
            )
        }
        self._state = dict(source.state_dict)
        self._constants = dict(source.constants)

    def state_name(self, node: Node) -> str | None:
        if node.op != "placeholder":
            return None
        spec = self._inputs[node.name]
        kinds = (InputKind.PARAMETER, InputKind.BUFFER, InputKind.CONSTANT_TENSOR)
        return spec.target if spec.kind in kinds else None

    def state_value(self, node: Node) -> torch.Tensor:
        name = self._inputs[node.name].target
        return self._state[name] if name in self._state else self._constants[name]

    def has_state(self, name: str) -> bool:
        return name in self._state or name in self._constants

    def _add_state_node(self, name: str, value: torch.Tensor, before: Node) -> Node:
        is_parameter = isinstance(value, torch.nn.Parameter)
        # State comes before the user's inputs.
        first = next(
            n for n in self.graph.nodes if n.op != "placeholder" or self.state_name(n) is None
        )
        with self.graph.inserting_before(first):
            node = self.graph.placeholder(("p_" if is_parameter else "b_") + name.replace(".", "_"))
        self._inputs[node.name] = InputSpec(
            InputKind.PARAMETER if is_parameter else InputKind.BUFFER,
            TensorArgument(node.name),
            name,
            None if is_parameter else True,
        )
        self._state[name] = value
        return node

    def _remove_state(self, node: Node) -> None:
        spec = self._inputs.pop(node.name)
        if any(other.target == spec.target for other in self._inputs.values()):
            return
        self._state.pop(spec.target, None)
        self._constants.pop(spec.target, None)

    def finish(self) -> ExportedProgram:
        source = self._source
        copies: dict[int, torch.Tensor] = {}
        given = {id(v) for v in (*source.state_dict.values(), *source.constants.values())}

        def owned(table: dict[str, Any]) -> dict[str, Any]:
            return {
                name: _own(value, copies)
                if isinstance(value, torch.Tensor) and id(value) in given
                else value
                for name, value in table.items()
            }

        outputs = []
        values = self.output.args[0]
        for spec, value in zip(source.graph_signature.output_specs, values, strict=True):
            argument = (
                TensorArgument(value.name) if isinstance(spec.arg, TensorArgument) else spec.arg
            )
            outputs.append(OutputSpec(spec.kind, argument, spec.target))
        inputs = [self._inputs[node.name] for node in self.graph.find_nodes(op="placeholder")]
        self.graph.lint()
        self._module.recompile()
        return ExportedProgram(
            root=self._module,
            graph=self.graph,
            graph_signature=ExportGraphSignature(inputs, outputs),
            state_dict=owned(self._state),
            range_constraints=copy.copy(source.range_constraints),
            module_call_graph=copy.deepcopy(source.module_call_graph),
            example_inputs=source.example_inputs,
            constants=owned(self._constants),
            verifiers=source.verifiers,
        )


def open_document(source: GraphModule | ExportedProgram) -> Document:
    if isinstance(source, ExportedProgram):
        return ExportedProgramDocument(source)
    return GraphModuleDocument(source)
