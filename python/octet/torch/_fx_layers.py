"""Layers of the torch program: batch norms that are folded, weights and biases that change."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.fx import Node

from octet._nodes import module_of
from octet.errors import make
from octet.torch._fx_document import Document, arguments, operator_name
from octet.torch._fx_graphs import (
    Graphs,
    constant_of,
    equal,
    readers,
    stored_constant,
    values_of,
)
from octet.torch._fx_matching import Matching, Slot, Unmatched, as_array
from octet.torch._fx_weights import Codes, add_embedding, add_weight, read_codes

if TYPE_CHECKING:
    import openvino

BATCH_NORMS = frozenset(
    f"aten.{name}"
    for name in (
        "batch_norm",
        "cudnn_batch_norm",
        "native_batch_norm",
        "_native_batch_norm_legit",
        "_native_batch_norm_legit_no_training",
    )
)
MULTIPLICATIONS = frozenset({"aten.mul", "aten.mul_", "aten.multiply"})
ADDITIONS = frozenset({"aten.add", "aten.add_"})

BIAS_ARGUMENT = {
    "aten.linear": 2,
    "aten.conv1d": 2,
    "aten.conv2d": 2,
    "aten.conv3d": 2,
    "aten.conv_transpose1d": 2,
    "aten.conv_transpose2d": 2,
    "aten.conv_transpose3d": 2,
    "aten.convolution": 2,
    "aten._convolution": 2,
    "aten.addmm": 0,
}
"""Where operators take one bias a channel."""
PRODUCTS = frozenset({"aten.mm", "aten.matmul"})
"""Operators that a bias is added to."""


class Layers:
    def __init__(self, document: Document, matching: Matching, graphs: Graphs):
        self._document = document
        self._matching = matching
        self._graphs = graphs
        self._folded: set[str] = set()

    # Folding ------------------------------------------------------------------------------------

    def fold_source(self, name: str) -> tuple[Node, Node]:
        """The torch node that the OpenVINO node `name` was, and what it gets in its place.

        Throws `Unmatched` where it cannot be taken out.
        """
        node = self._matching.consumer(self._graphs.before[name])
        kind = operator_name(node)
        if kind in BATCH_NORMS:
            return node, node.args[0]
        if kind in MULTIPLICATIONS and node.name == name:
            constant = self._constant_operands(node)
            kept = [node.args[i] for i in range(2) if Slot(node, ("args", i)) not in constant]
            if len(kept) == 1:
                return node, kept[0]
        raise Unmatched(f"it is part of '{kind or node.target}', which cannot be taken out")

    def fold(self, name: str) -> None:
        """Takes out the batch norm or multiplication that the OpenVINO node `name` was."""
        node, data = self.fold_source(name)
        for source in node.all_input_nodes:
            if (state := self._document.state_name(source)) is not None:
                self._folded.add(state.rpartition(".")[0])
        for user in list(node.users):
            if user.target is operator.getitem and user.args[1] == 0:
                self._replace(user, data)
        self._matching.values[node.name] = data
        if node.users:
            node.replace_all_uses_with(data, propagate_meta=False)
        self._document.erase(node)

    def remove_leftovers(self) -> None:
        """Removes what nothing reads of the modules that were folded: counts of batches."""
        for node in list(self._document.graph.nodes):
            state = self._document.state_name(node)
            if state is not None and not node.users and state.rpartition(".")[0] in self._folded:
                self._document.erase(node)

    def _replace(self, node: Node, by: Node) -> None:
        self._matching.values[node.name] = by
        node.replace_all_uses_with(by, propagate_meta=False)
        self._document.graph.erase_node(node)

    def _constant_operands(self, node: Node) -> list[Slot]:
        return [
            Slot(node, path)
            for path, value in arguments(node)
            if path[0] == "args"
            and (not isinstance(value, Node) or self._document.constant_value(value) is not None)
        ][:2]

    # Weights ------------------------------------------------------------------------------------

    def weight_slots(self, name: str, port: int | None) -> list[Slot]:
        """Arguments that hold the weight at an input (None: the constant one) of a layer.

        Throws `Unmatched`.
        """
        layer = self._graphs.before[name]
        if port is None:
            ports = range(len(layer.inputs()))
            port = next(i for i in ports if stored_constant(layer.input_value(i)) is not None)
        slots = self._matching.constant_slots(
            self._matching.consumer(layer), layer.input_value(port)
        )
        if not slots or constant_of(layer.input_value(port)) is None:
            raise Unmatched("the torch graph holds its weight in another form")
        return slots

    def is_zero(self, edit: dict[str, Any]) -> bool:
        """Whether the weight is all zeros, such as a recurrent layer's first state: it stays."""
        use = edit["use"]
        stored = stored_constant(self._graphs.before[use["node"]].input_value(use["input"]))
        return stored is not None and not values_of(stored).any()

    def quantize_weight(self, edit: dict[str, Any]) -> None:
        name, port = edit["use"]["node"], edit["use"]["input"]
        codes = read_codes(self._graphs.after[name].input_value(port), edit["range"]["levels"])
        original = constant_of(self._graphs.before[name].input_value(port))
        if codes is None:
            raise make(
                "internal", "emit", f"node '{name}'", "its weight is no constant of integers"
            )
        for slot in self.weight_slots(name, port):
            self._set_weight(slot, codes, original)

    def _set_weight(self, slot: Slot, codes: Codes, original: np.ndarray) -> None:
        document = self._document
        chain = [slot.value]
        name = f"{module_of(slot.node)[1] or slot.node.name}.weight"  # of one that is computed
        if (root := self._matching.state_root(slot.value)) is not None:
            name = document.state_name(root)
            while chain[-1] is not root:
                chain.append(chain[-1].all_input_nodes[0])
        # As near to the state as its layout allows: backends look for the weight right behind it.
        for depth in range(len(chain) - 1, -1, -1):
            given = document.constant_value(chain[depth])
            fitting = codes.rearranged(as_array(given), original)
            if fitting is not None:
                break
        else:
            where = f"node '{slot.node.name}'"
            raise make("internal", "emit", where, f"its weight '{name}' has another layout")
        if operator_name(slot.node) == "aten.embedding" and depth == 0:
            table = slot.value
            add_embedding(document, fitting, name, given.dtype, slot.node)
            if not table.users:
                document.erase(table)
            return
        value = add_weight(document, fitting, name, given.dtype, slot.node)
        for node in reversed(chain[:depth]):
            with document.graph.inserting_before(slot.node):
                source = node.all_input_nodes[0]
                value = document.graph.node_copy(node, {source: value}.__getitem__)
        self._exchange(slot, value)

    def _exchange(self, slot: Slot, value: Any) -> None:
        """Puts `value` there, and removes what is not read any more."""
        old = slot.value
        slot.set(value)
        if isinstance(old, Node) and not old.users:
            self._document.erase(old)

    # Values in floating point -------------------------------------------------------------------

    def check_constant(self, name: str, port: int) -> list[Slot]:
        """Arguments that hold the constant input `port` of an OpenVINO node. Throws `Unmatched`."""
        before = self._graphs.before[name]
        consumer = self._matching.consumer(before)
        slots = self._matching.constant_slots(consumer, before.input_value(port))
        if not slots and operator_name(consumer) in ADDITIONS and consumer.name == name:
            # A number that is written in the graph.
            slots = [s for s in self._constant_operands(consumer) if not isinstance(s.value, Node)]
        if not slots:
            raise Unmatched("the torch graph holds one of its constants in another form")
        return slots

    def set_constant(self, name: str, port: int, values: np.ndarray) -> None:
        """The constant input `port` of the OpenVINO node `name` has become `values`."""
        for slot in self.check_constant(name, port):
            if not isinstance(slot.value, Node):
                slot.node.kwargs = {}  # a factor `alpha` is part of the constant
                self._set_float(slot, values, self._dtype(slot.node))
                continue
            given = self._document.constant_value(slot.value)
            shape = given.shape if given.numel() == values.size else values.shape
            self._set_float(slot, values.reshape(shape), given.dtype)

    def _set_float(self, slot: Slot, values: np.ndarray, dtype: torch.dtype) -> None:
        document = self._document
        old = slot.value
        value = torch.from_numpy(np.array(values, dtype=np.float32)).to(dtype)
        name = f"{slot.node.name}_constant"
        if isinstance(old, Node) and (root := self._matching.state_root(old)) is not None:
            name = document.state_name(root)
            if isinstance(document.state_value(root), torch.nn.Parameter):
                value = torch.nn.Parameter(value, requires_grad=False)
            if root is old and document.is_read_once(root):
                document.set_state(root, value)
                return
            slot.set(None)
            if not old.users:
                document.erase(old)  # which sets its name free
        slot.set(document.add_state(name, value, slot.node))

    # Layers -------------------------------------------------------------------------------------

    def rewrite_weight(self, name: str) -> None:
        """Takes over a weight that stays in floating point but was scaled."""
        before, after = self._graphs.before[name], self._graphs.after[name]
        for port in range(len(before.inputs())):
            new, old = (
                constant_of(after.input_value(port)),
                constant_of(before.input_value(port)),
            )
            if new is None or old is None or np.array_equal(new, old):
                continue
            for slot in self.weight_slots(name, port):
                given = self._document.constant_value(slot.value)
                same = equal(as_array(given).reshape(-1), old.reshape(-1))
                values = new if same else new.T
                self._set_float(slot, values.reshape(given.shape), given.dtype)

    def check_bias(self, name: str) -> None:
        """Throws `Unmatched` where the torch graph has no place for a bias behind the layer."""
        found = self._bias(self._graphs.before[name])
        if found is not None:
            self.check_constant(_name(found[0]), found[1])
            return
        kind = operator_name(self._matching.consumer(self._graphs.before[name]))
        if kind not in BIAS_ARGUMENT and kind not in PRODUCTS:
            raise Unmatched(f"'{kind}' takes no bias")

    def rewrite_bias(self, name: str) -> None:
        """Takes over the bias behind the layer `name` as the quantized model has it."""
        old, new = (
            self._bias(self._graphs.before[name]),
            self._bias(self._graphs.after[name]),
        )
        if new is None:
            return
        layer = self._matching.consumer(self._graphs.before[name])
        given = self._graphs.before.get(_name(new[0]))
        if given is None or given.get_type_name() != "Add":
            self._set_bias(layer, new[2], self._bias_name(name))
            return
        if not np.array_equal(constant_of(given.input_value(new[1])), new[2]):
            self.set_constant(_name(new[0]), new[1], new[2])
        if old is not None and _name(old[0]) != _name(new[0]):
            # The layer's own bias has moved into an addition further on.
            position = BIAS_ARGUMENT[operator_name(layer)]
            self._exchange(Slot(layer, ("args", position)), None)

    @staticmethod
    def _bias(layer: openvino.Node) -> tuple[openvino.Node, int, np.ndarray] | None:
        """The addition of a constant right behind `layer`: node, port and values."""
        found = list(readers(layer.output(0)))
        if len(found) != 1 or found[0][0].get_type_name() != "Add":
            return None
        addition, port = found[0]
        values = constant_of(addition.input_value(1 - port))
        return None if values is None else (addition, 1 - port, values)

    def _bias_name(self, name: str) -> str:
        """`conv1.bias` for the layer whose weight is `conv1.weight`."""
        for weight in self._graphs.before[name].input_values():
            stored = stored_constant(weight)
            if stored is not None and "." in stored.get_friendly_name():
                return stored.get_friendly_name().rpartition(".")[0] + ".bias"
        return f"{name}_bias"

    def _set_bias(self, layer: Node, values: np.ndarray, name: str) -> None:
        position = BIAS_ARGUMENT.get(operator_name(layer))
        if position is None:
            self._add_bias(layer, values, name)
            return
        args = list(layer.args)
        args += [None] * (position + 1 - len(args))
        args[position] = layer.kwargs.get("bias", args[position])
        layer.kwargs = {key: value for key, value in layer.kwargs.items() if key != "bias"}
        layer.args = tuple(args)
        slot = Slot(layer, ("args", position))
        if isinstance(slot.value, Node):
            self._set_float(slot, values.reshape(-1), self._dtype(slot.value))
            return
        value = torch.from_numpy(np.array(values, dtype=np.float32).reshape(-1))
        slot.set(self._document.add_state(name, value.to(self._dtype(layer)), layer))

    def _add_bias(self, layer: Node, values: np.ndarray, name: str) -> None:
        value = torch.from_numpy(np.array(values, dtype=np.float32)).to(self._dtype(layer))
        following = layer.next
        users = list(layer.users)
        bias = self._document.add_state(name, value, following)
        add = torch.ops.aten.add.Tensor
        total = self._document.call(add, (layer, bias), following, f"{layer.name}_biased", layer)
        for user in users:
            user.replace_input_with(layer, total)
        self._matching.values[layer.name] = total

    def add_product(self, value: Node, factor: np.ndarray, before: Node) -> Node:
        """`value` times `factor`, in front of `before`."""
        state = torch.from_numpy(np.array(factor, dtype=np.float32)).to(self._dtype(value))
        node = self._document.add_state(f"{value.name}_factor", state, before)
        multiply = torch.ops.aten.mul.Tensor
        return self._document.call(multiply, (value, node), before, f"{value.name}_scaled", before)

    @staticmethod
    def _dtype(node: Node) -> torch.dtype:
        value = node.meta.get("val")
        return value.dtype if isinstance(value, torch.Tensor) else torch.float32


def _name(node: openvino.Node) -> str:
    return node.get_friendly_name()
