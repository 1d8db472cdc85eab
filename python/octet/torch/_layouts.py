"""How tensors lie in memory, as orders of axes from the slowest to the fastest."""

from __future__ import annotations

from typing import Any

import torch


def _hint(size: Any) -> int | None:
    """The value that a size has in the example, without fixing it."""
    if isinstance(size, int):
        return size
    return size.node.hint if isinstance(size, torch.SymInt) else None


def axis_order(tensor: torch.Tensor) -> list[int]:
    """Of a dense tensor: (0, 2, 3, 1) for channels last; empty for row-major, and for a tensor that
    has gaps or overlaps, which is to be copied."""
    sizes = [_hint(size) for size in tensor.shape]
    strides = [_hint(stride) for stride in tensor.stride()]
    if None in sizes or None in strides:
        return []
    rank = len(sizes)
    if _is_dense(sizes, strides, list(range(rank))):
        return []
    # Axes of size 1 lie anywhere: after the axis that they follow.
    order = sorted(range(rank), key=lambda axis: (-strides[axis], axis))
    return order if _is_dense(sizes, strides, order) else []


def _is_dense(sizes: list[int], strides: list[int], order: list[int]) -> bool:
    expected = 1
    for axis in reversed(order):
        if sizes[axis] != 1 and strides[axis] != expected:
            return False
        expected *= sizes[axis]
    return True


class Sizes:
    """Tells in terms of the inputs what sizes the outputs will have."""

    def __init__(self, inputs: list[Any]) -> None:
        """`inputs`: the example values of the graph's inputs; those that are no tensors have no
        sizes."""
        self._places: dict[Any, tuple[int, int]] = {}
        for i, value in enumerate(inputs):
            if isinstance(value, torch.Tensor):
                for axis, size in enumerate(value.shape):
                    if isinstance(size, torch.SymInt):
                        self._places.setdefault(size.node.expr, (i, axis))

    def find(self, size: Any) -> int | tuple[int, int] | None:
        """A number, (input, axis), or None where only the result tells."""
        if isinstance(size, int):
            return size
        expression = size.node.expr
        if getattr(expression, "is_Integer", False):
            return int(expression)
        return self._places.get(expression)
