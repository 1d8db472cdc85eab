"""Finds the edges of a torch graph that edges of the OpenVINO model stand for."""

from __future__ import annotations

import operator
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.fx import Node

from octet._nodes import Graph
from octet.torch._fx_document import (
    Document,
    Path,
    arguments,
    operator_name,
    set_argument,
)
from octet.torch._fx_graphs import (
    LAYOUT,
    Graphs,
    equal,
    readers,
    stacked_rows,
    stored_constant,
    values_of,
)

if TYPE_CHECKING:
    import openvino
    from openvino import Output

IDENTITY = frozenset(
    f"aten.{name}"
    for name in (
        "alias",
        "clone",
        "contiguous",
        "detach",
        "dropout",
        "lift_fresh_copy",
        "to",
    )
)
"""Operators that the importer may leave out, so that no OpenVINO node has their name."""


class Unmatched(Exception):
    """The torch graph has no edge for an edge of the OpenVINO model; the text says why."""


@dataclass(frozen=True)
class Slot:
    """An argument of a node."""

    node: Node
    path: Path

    @property
    def value(self) -> object:
        return dict(arguments(self.node))[self.path]

    def set(self, value: object) -> None:
        set_argument(self.node, self.path, value)


class Matching:
    def __init__(self, document: Document, graphs: Graphs):
        self.document = document
        self.graphs = graphs
        self.values = {node.name: node for node in document.graph.nodes}
        """Where each torch value is now: folding moves values, edits add some."""
        for node in document.graph.find_nodes(op="placeholder"):
            # fx renames what Python has a word for: `input` is the target of `input_1`.
            self.values.setdefault(str(node.target), node)
        self.dequantized: dict[Node, Node] = {}
        """What the dequantized values that were added stand for."""
        self._known = {
            name
            for node in graphs.after.values()
            for output in node.outputs()
            for name in output.get_names()
        }

    # Values -------------------------------------------------------------------------------------

    def names_of(self, output: Output) -> set[str]:
        """Names of the torch values that `output` is."""
        names = set(output.get_names())
        names.add(output.get_node().get_friendly_name())
        return {name for name in names if name in self.values and self._is_value(name, output)}

    def _is_value(self, name: str, output: Output) -> bool:
        # A node has the name of what it computes; one of several outputs goes by its own name.
        return name in output.get_names() or len(output.get_node().outputs()) == 1

    def source_of(self, output: Output) -> Output | None:
        """The torch value that `output` is a rearrangement of."""
        place = output
        while not self.names_of(place):
            if place.get_node().get_type_name() not in LAYOUT:
                return None
            place = place.get_node().input_value(0)
        return place

    def result_of(self, output: Output) -> Output | None:
        """The torch value that is a rearrangement of `output`, if that is all that reads it."""
        place = output
        while not self.names_of(place):
            found = list(self._readers_through(place))
            if len(found) != 1 or found[0][0].get_type_name() not in LAYOUT:
                return None
            place = found[0][0].output(0)
        return place

    def consumer(self, node: openvino.Node) -> Node:
        """The torch node that `node` belongs to. Throws `Unmatched`."""
        name = node.get_friendly_name()
        if node.get_type_name() == "Result":
            return self.document.output
        owner = self.graphs.owner(node) or name
        if owner not in self.values:
            raise Unmatched(f"no node of the graph is '{owner}'")
        found = self.values[owner]
        # One of several results is computed by the node that has them all.
        while _is_result(found):
            found = found.args[0]
        return found

    # Edges --------------------------------------------------------------------------------------

    def _leaves(self, node: openvino.Node, port: int, consumer: Node) -> Iterator[tuple[str, int]]:
        """Inputs of `consumer`'s OpenVINO nodes that an edge leads to."""
        kind = node.get_type_name()
        if kind == "FakeQuantize" or (
            kind in LAYOUT and port == 0 and not self.names_of(node.output(0))
        ):
            for reader, place in readers(node.output(0)):
                yield from self._leaves(reader, place, consumer)
            return
        try:
            found = self.consumer(node)
        except Unmatched:
            return
        if found is consumer:
            yield node.get_friendly_name(), port

    def slots(self, via: openvino.Node) -> list[Slot]:
        """Arguments that read what `via`, a node with one output that an edit put in, gives.

        Throws `Unmatched`.
        """
        slots, problems = self.slots_where_possible(via, (), True)
        if problems:
            raise Unmatched(problems[0][1])
        return slots

    def slots_where_possible(
        self, via: openvino.Node, skip: Container[str], has_axis: bool
    ) -> tuple[list[Slot], list[tuple[str, str]]]:
        """As `slots`, without the OpenVINO nodes in `skip`; and which nodes have none, and why.

        `has_axis`: what `via` does depends on how its input is laid out.
        """
        edges = [
            (reader, port)
            for reader, port in self._readers_through(via.output(0))
            if reader.get_friendly_name() not in skip
        ]
        tensor = via.input_value(0)
        source = self.source_of(tensor)
        if source is None:
            source = self.result_of(tensor)
            edges = [] if source is None else list(self._readers_through(source))
        shape = tensor.get_partial_shape()
        if source is None or (has_axis and source.get_partial_shape() != shape):
            names = {node.get_friendly_name() for node, _ in self._readers_through(via.output(0))}
            reason = "it is computed inside of one operation of the torch graph"
            return [], [(name, reason) for name in sorted(names) if name not in skip]

        slots: list[Slot] = []
        problems: list[tuple[str, str]] = []
        found: dict[Node, dict[tuple[str, int], str]] = {}
        for reader, port in edges:
            name = reader.get_friendly_name()
            try:
                consumer = self.consumer(reader)
                mine = found.setdefault(consumer, {})
                mine.update(dict.fromkeys(self._leaves(reader, port, consumer), name))
            except Unmatched as reason:
                problems.append((name, str(reason)))
        targets = {self.values[name] for name in self.names_of(source)}
        for consumer, mine in found.items():
            reading = [
                Slot(consumer, path)
                for path, value in arguments(consumer)
                if isinstance(value, Node) and self._plain(value) in targets
            ]
            every: set[tuple[str, int]] = set()
            for reader, port in readers(source):
                every.update(self._leaves(reader, port, consumer))
            try:
                slots += self._choose(reading, set(mine), every)
            except Unmatched as reason:
                problems += [(name, str(reason)) for name in sorted(set(mine.values()))]
        return slots, problems

    def _readers_through(self, output: Output) -> Iterator[tuple[openvino.Node, int]]:
        """Readers of `output`, looking through quantizers."""
        for reader, port in readers(output):
            if reader.get_type_name() == "FakeQuantize":
                yield from self._readers_through(reader.output(0))
            else:
                yield reader, port

    @staticmethod
    def _choose(
        reading: list[Slot], mine: set[tuple[str, int]], every: set[tuple[str, int]]
    ) -> list[Slot]:
        if not reading:
            raise Unmatched("the torch graph computes it in another way")
        if mine >= every:
            return reading
        one_node = len({name for name, _ in every}) == 1
        if not one_node or len(every) != len(reading):
            raise Unmatched("one operation of the torch graph reads it in several places inside")
        return [slot for slot, edge in zip(reading, sorted(every), strict=True) if edge in mine]

    def _plain(self, node: Node) -> Node:
        """What `node` is a dequantized or renamed form of."""
        while True:
            if node in self.dequantized:
                node = self.dequantized[node]
            elif (
                node.name not in self._known
                and operator_name(node).removesuffix("_") in IDENTITY
                and isinstance(node.args[0], Node)
            ):
                node = node.args[0]
            else:
                return node

    # Constants ----------------------------------------------------------------------------------

    def constant_slots(self, consumer: Node, constant: Output) -> list[Slot]:
        """Arguments of `consumer` that hold the constant at `constant` (of the model before)."""
        stored = stored_constant(constant)
        if stored is None:
            return []
        values = values_of(stored)
        by_name, by_value, computed = [], [], []
        for path, value in arguments(consumer):
            if not isinstance(value, Node):
                continue
            slot = Slot(consumer, path)
            root = self.state_root(value)
            if root is None:
                if same_values(self.document.constant_value(value), values):
                    computed.append(slot)
            elif self._is_stacked(value, values):
                by_value.append(slot)
            elif self.document.state_name(root) == stored.get_friendly_name():
                by_name.append(slot)
            elif same_values(self.document.constant_value(value), values):
                by_value.append(slot)
        return by_name or by_value or computed

    def _is_stacked(self, value: Node, stack: np.ndarray) -> bool:
        matrix = self.document.constant_value(value)
        if stack.ndim != 3 or matrix is None:
            return False
        return stacked_rows(as_array(matrix), stack) is not None

    def state_root(self, node: Node) -> Node | None:
        """The state that `node` is a rearrangement of."""
        while self.document.state_name(node) is None:
            if node.op != "call_function" or len(node.all_input_nodes) != 1:
                return None
            node = node.all_input_nodes[0]
        return node


def _is_result(node: Node) -> bool:
    return node.target is operator.getitem and Graph.is_taken_apart(node.args[0])


def as_array(value: torch.Tensor) -> np.ndarray:
    value = value.detach().cpu()
    return (value.float() if value.dtype in (torch.bfloat16, torch.float16) else value).numpy()


def same_values(value: torch.Tensor | None, array: np.ndarray) -> bool:
    """Whether both hold the same numbers, in any layout of two axes or in the same order."""
    if value is None or value.numel() != array.size or not value.is_floating_point():
        return False
    mine = as_array(value)
    if equal(mine.reshape(-1), array.reshape(-1)):
        return True
    return mine.ndim == 2 and equal(mine.T.reshape(-1), array.reshape(-1))
