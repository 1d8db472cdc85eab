"""The two kinds of torch programs as documents: a GraphModule, and an ExportedProgram."""

from __future__ import annotations

import copy
import warnings
from collections import Counter
from collections.abc import Iterable
from typing import Any

import torch
from torch.export import ExportedProgram
from torch.export.graph_signature import (
    ExportGraphSignature,
    InputKind,
    InputSpec,
    OutputSpec,
    TensorArgument,
)
from torch.fx import GraphModule, Node

from octet.torch._fx_document import Document


def _copied(value: Any, shared: Iterable[torch.Tensor] = ()) -> Any:
    """A deep copy, `shared` excepted."""
    with warnings.catch_warnings():
        # torch's trees warn of their own class when they are copied.
        warnings.simplefilter("ignore", FutureWarning)
        return copy.deepcopy(value, {id(tensor): tensor for tensor in shared})


def _copied_module(source: GraphModule, shared: Iterable[torch.Tensor] = ()) -> GraphModule:
    """A copy whose nodes have the same names, and which shares the tensors `shared`."""
    result = _copied(source, shared)
    # A copied graph renames what Python has a word for: `input`.
    for old, new in zip(source.graph.nodes, result.graph.nodes, strict=True):
        new.name = old.name
    return result


def _own(tensor: torch.Tensor, copies: dict[int, torch.Tensor]) -> torch.Tensor:
    """A copy that shares nothing and needs no gradient; tensors that were one stay one."""
    if id(tensor) not in copies:
        data = tensor.detach().clone()
        if isinstance(tensor, torch.nn.Parameter):
            data = torch.nn.Parameter(data, requires_grad=False)
        copies[id(tensor)] = data
    return copies[id(tensor)]


class Twins:
    """Further names of tied weights."""

    def __init__(self, named: Iterable[tuple[str, torch.Tensor]]):
        self._names: dict[Any, list[str]] = {}
        for name, tensor in named:
            self._names.setdefault(self._key(tensor), []).append(name)

    @staticmethod
    def _key(tensor: torch.Tensor) -> Any:
        return tensor.data_ptr(), tensor.shape, tensor.dtype

    def of(self, name: str, tensor: torch.Tensor) -> list[str]:
        return [other for other in self._names.get(self._key(tensor), ()) if other != name]


class GraphModuleDocument(Document):
    def __init__(self, source: GraphModule):
        super().__init__()
        # The copy shares the tensors for now: most of them are about to be replaced.
        given = [*source.parameters(), *source.buffers()]
        for module in source.modules():
            given += [v for v in vars(module).values() if isinstance(v, torch.Tensor)]
        self._given = {id(tensor) for tensor in given}
        self.module = _copied_module(source, given)
        self.graph = self.module.graph
        self._readers = Counter(n.target for n in self.graph.nodes if n.op == "get_attr")
        self._first_reader: dict[str, Node] = {}
        named = [*source.named_parameters(remove_duplicate=False)]
        self._twins = Twins([*named, *source.named_buffers(remove_duplicate=False)])

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
        return self._stored(str(node.target))

    def is_read_once(self, node: Node) -> bool:
        return self._readers[node.target] == 1 and len(node.users) == 1

    def has_state(self, name: str) -> bool:
        owner, last = self._owner(name)
        return hasattr(owner, last)

    def _stored(self, name: str) -> torch.Tensor:
        owner, last = self._owner(name)
        return getattr(owner, last)

    def _store(self, name: str, value: torch.Tensor) -> None:
        *path, last = name.split(".")
        owner: torch.nn.Module = self.module
        for part in path:
            if not hasattr(owner, part):
                owner.add_module(part, torch.nn.Module())
            owner = getattr(owner, part)
        if isinstance(value, torch.nn.Parameter):
            owner.register_parameter(last, value)
        elif last in owner._buffers or not hasattr(owner, last):
            owner.register_buffer(last, value)
        else:  # a constant, which is a plain attribute
            setattr(owner, last, value)

    def _state_node(self, name: str, before: Node) -> Node:
        self._readers[name] += 1
        with self.graph.inserting_before(before):
            node = self.graph.get_attr(name)
        if (twin := self._first_reader.setdefault(name, node)) is not node:
            node.meta = dict(twin.meta)
        return node

    def _remove_state(self, node: Node) -> None:
        self._readers[node.target] -= 1
        if self._readers[node.target]:
            return
        name = str(node.target)
        twins = self._twins.of(name, self._stored(name))
        self._delete(name)
        # The graph may have a node for a further name that nothing reads.
        for twin in filter(self.has_state, twins):
            unread = [n for n in self.graph.find_nodes(op="get_attr") if n.target == twin]
            if not any(n.users for n in unread):
                for other in unread:
                    self.graph.erase_node(other)
                self._delete(twin)

    def _delete(self, name: str) -> None:
        owner, last = self._owner(name)
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
        super().__init__()
        self._source = source
        self._module = _copied_module(source.graph_module)
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
        self._twins = Twins(source.state_dict.items())

    def state_name(self, node: Node) -> str | None:
        if node.op != "placeholder":
            return None
        spec = self._inputs.get(node.name)  # None: the node was erased
        kinds = (InputKind.PARAMETER, InputKind.BUFFER, InputKind.CONSTANT_TENSOR)
        return spec.target if spec is not None and spec.kind in kinds else None

    def state_value(self, node: Node) -> torch.Tensor:
        return self._stored(self._inputs[node.name].target)

    def is_read_once(self, node: Node) -> bool:
        name = self._inputs[node.name].target
        return len(node.users) == 1 and len(self._placeholders(name)) == 1

    def _placeholders(self, name: str) -> list[str]:
        return [node for node, spec in self._inputs.items() if spec.target == name]

    def has_state(self, name: str) -> bool:
        return name in self._state or name in self._constants

    def _stored(self, name: str) -> torch.Tensor:
        return self._state[name] if name in self._state else self._constants[name]

    def _store(self, name: str, value: torch.Tensor) -> None:
        (self._constants if name in self._constants else self._state)[name] = value

    def _state_node(self, name: str, before: Node) -> Node:
        if known := self._placeholders(name):
            return next(n for n in self.graph.find_nodes(op="placeholder") if n.name == known[0])
        is_parameter = isinstance(self._stored(name), torch.nn.Parameter)
        # State comes before the user's inputs.
        first = next(
            n for n in self.graph.nodes if n.op != "placeholder" or self.state_name(n) is None
        )
        with self.graph.inserting_before(first):
            node = self.graph.placeholder(("p_" if is_parameter else "b_") + name.replace(".", "_"))
        node.target = node.name
        self._inputs[node.name] = InputSpec(
            InputKind.PARAMETER if is_parameter else InputKind.BUFFER,
            TensorArgument(node.name),
            name,
            None if is_parameter else True,
        )
        return node

    def _remove_state(self, node: Node) -> None:
        name = self._inputs.pop(node.name).target
        if self._placeholders(name):
            return
        twins = self._twins.of(name, self._stored(name))
        self._state.pop(name, None)
        self._constants.pop(name, None)
        # The graph may have a node for a further name that nothing reads.
        for twin in [twin for twin in twins if twin in self._state]:
            nodes = [n for n in self.graph.nodes if n.name in self._placeholders(twin)]
            if not any(n.users for n in nodes):
                for unread in nodes:
                    del self._inputs[unread.name]
                    self.graph.erase_node(unread)
                del self._state[twin]

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
            module_call_graph=_copied(source.module_call_graph),
            example_inputs=source.example_inputs,
            constants=owned(self._constants),
            verifiers=source.verifiers,
        )


def open_document(source: GraphModule | ExportedProgram) -> Document:
    if isinstance(source, ExportedProgram):
        return ExportedProgramDocument(source)
    return GraphModuleDocument(source)
