"""Which node of a torch graph each node of the OpenVINO model came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from openvino import Model, Node, Output

LAYOUT = frozenset({"Reshape", "Transpose", "Squeeze", "Unsqueeze"})
"""Operations that move values and change none."""


def values_of(constant: Node) -> np.ndarray:
    """numpy has no bfloat16, as which OpenVINO gives other numbers: they come as f32."""
    if constant.get_element_type().get_type_name() == "bf16":
        return constant.get_data(dtype=np.float32)
    return constant.data


def constant_of(output: Output) -> np.ndarray | None:
    """The values at `output` where they are stored as they are."""
    node = output.get_node()
    return values_of(node) if node.get_type_name() == "Constant" else None


def equal(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether both hold the same values, but for rounding: both sides may have computed them."""
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-5, atol=1e-6 * np.abs(b).max()))


def stacked_rows(matrix: np.ndarray, stack: np.ndarray) -> tuple[int, np.ndarray] | None:
    """Which matrix of a stack, and which of its rows in which order, `matrix` is.

    OpenVINO stacks the directions of a recurrent layer, and has an order of gates of its own.
    """
    if matrix.ndim != 2 or stack.shape[1:] != matrix.shape:
        return None
    rows = np.arange(len(matrix))
    for number, other in enumerate(stack):
        for gates in (4, 3, 1):
            if len(matrix) % gates:
                continue
            blocks = list(zip(np.split(other, gates), np.split(rows, gates), strict=True))
            order = [
                next((place for block, place in blocks if equal(mine, block)), None)
                for mine in np.split(matrix, gates)
            ]
            if all(place is not None for place in order):
                return number, np.concatenate(order)
    return None


def stored_constant(output: Output) -> Node | None:
    """The constant that `output` is a conversion or another layout of."""
    node = output.get_node()
    while node.get_type_name() in LAYOUT or node.get_type_name() == "Convert":
        node = node.input_value(0).get_node()
    return node if node.get_type_name() == "Constant" else None


class Graphs:
    """The OpenVINO model before and after the recipe.

    `sources` says for each node of the model before which torch node it belongs to: the one whose
    value it computes, or helps to compute.
    """

    def __init__(self, before: Model, after: Model, sources: Mapping[str, Any]):
        self._models = (before, after)  # nodes do not keep their model alive
        self.before = {node.get_friendly_name(): node for node in before.get_ordered_ops()}
        self.after = {node.get_friendly_name(): node for node in after.get_ordered_ops()}
        self._owners = {
            name: info.value_name
            for name, info in sources.items()
            if info.op_type not in ("weight", "output") and info.value_name
        }

    def owner(self, node: Node) -> str:
        """Name of the torch node that `node` belongs to; empty where edits made it."""
        return self._owners.get(node.get_friendly_name(), "")


def readers(output: Output) -> Iterator[tuple[Node, int]]:
    """Nodes and their inputs that read the values (not only the shape) at `output`."""
    for port in output.get_target_inputs():
        if port.get_node().get_type_name() != "ShapeOf":
            yield port.get_node(), port.get_index()
