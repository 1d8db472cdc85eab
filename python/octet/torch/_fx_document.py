"""Torch programs as documents that can be edited; `_fx_programs` has the two kinds of them.

An editor never writes to the program that it was opened on, and shares no tensor with it in the
end. Both kinds keep state (parameters, buffers, constants) behind nodes of the graph: a `get_attr`
in a GraphModule, a placeholder in an ExportedProgram.
"""

from __future__ import annotations

import abc
import functools
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch._subclasses import FakeTensor
from torch.fx import Node
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


class Document(abc.ABC):
    """What both kinds of programs have in common."""

    graph: torch.fx.Graph

    def __init__(self) -> None:
        self._added: dict[str, list[str]] = {}
        """Names under which tensors were stored, by the name that was wanted."""

    @property
    def output(self) -> Node:
        return self.graph.output_node()

    @abc.abstractmethod
    def state_name(self, node: Node) -> str | None:
        """Qualified name of the tensor that `node` stands for, None where it stands for none."""

    @abc.abstractmethod
    def state_value(self, node: Node) -> torch.Tensor: ...

    def set_state(self, node: Node, value: torch.Tensor) -> None:
        """Gives the state that `node`, which alone reads it, stands for another value."""
        name = self.state_name(node)
        assert name is not None
        self._store(name, value)
        self._describe_state(node, value)

    @abc.abstractmethod
    def is_read_once(self, node: Node) -> bool:
        """Whether the state that `node` stands for has one reader, which is one of `node`'s."""

    @abc.abstractmethod
    def has_state(self, name: str) -> bool: ...

    @abc.abstractmethod
    def _stored(self, name: str) -> torch.Tensor: ...

    @abc.abstractmethod
    def _store(self, name: str, value: torch.Tensor) -> None: ...

    @abc.abstractmethod
    def _state_node(self, name: str, before: Node) -> Node:
        """A node for state that is stored, usable from `before` on."""

    @abc.abstractmethod
    def _remove_state(self, node: Node) -> None: ...

    def add_state(self, name: str, value: torch.Tensor, before: Node) -> Node:
        """A node for a new tensor, usable from `before` on.

        Equal tensors that are added by the same name are stored once. Where the name is taken by
        others, the tensor's gets a number.
        """
        added = self._added.setdefault(name, [])
        for known in added:
            if self.has_state(known) and _same(self._stored(known), value):
                return self._state_node(known, before)
        free, count = name, 0
        while self.has_state(free):
            count += 1
            free = f"{name}_{count}"
        added.append(free)
        self._store(free, value)
        node = self._state_node(free, before)
        self._describe_state(node, value)
        return node

    def _describe_state(self, node: Node, value: torch.Tensor) -> None:
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


def _same(a: torch.Tensor, b: torch.Tensor) -> bool:
    is_parameter = isinstance(a, torch.nn.Parameter), isinstance(b, torch.nn.Parameter)
    return is_parameter[0] == is_parameter[1] and a.dtype == b.dtype and torch.equal(a, b)
