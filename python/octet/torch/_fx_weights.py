"""Weights of the quantized OpenVINO model, in the layout of the torch program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.fx import Node

from octet.torch._fx_document import Document
from octet.torch._fx_graphs import constant_of, equal, stacked_rows
from octet.torch._fx_quantizers import (
    Quantizer,
    add_channel_parameters,
    call_quantizer,
)

if TYPE_CHECKING:
    from openvino import Output


@dataclass(frozen=True)
class Codes:
    """A weight as integers: value = (codes - zero) * scale, broadcast."""

    codes: np.ndarray
    zero: np.ndarray
    scale: np.ndarray
    levels: int

    def rearranged(self, like: np.ndarray, original: np.ndarray) -> Codes | None:
        """In the layout of `like`, which holds the values of `original` (laid out as the codes)."""
        if like.shape == self.codes.shape and equal(like, original):
            return self
        if like.ndim == 2 and like.shape == original.shape[::-1] and equal(like.T, original):
            return Codes(
                self.codes.T,
                _transposed(self.zero),
                _transposed(self.scale),
                self.levels,
            )
        if (part := stacked_rows(like, original)) is not None:
            number, rows = part

            def taken(values: np.ndarray) -> np.ndarray:
                if values.size == 1:
                    return values.reshape(1, 1)
                return np.broadcast_to(values, (*original.shape[:2], 1))[number][rows]

            return Codes(self.codes[number][rows], taken(self.zero), taken(self.scale), self.levels)
        if like.size != self.codes.size or not equal(like.reshape(-1), original.reshape(-1)):
            return None
        shape = like.shape
        return Codes(
            self.codes.reshape(shape),
            _reshaped(self.zero, self.codes.shape, shape),
            _reshaped(self.scale, self.codes.shape, shape),
            self.levels,
        )


def _transposed(value: np.ndarray) -> np.ndarray:
    return value.T if value.ndim == 2 else value


def _reshaped(value: np.ndarray, old: tuple[int, ...], new: tuple[int, ...]) -> np.ndarray:
    """What broadcasts over `new` as `value` does over `old`."""
    if value.size == 1:
        return value.reshape([1] * len(new))
    full = np.broadcast_to(value, old).reshape(new)
    for axis in range(full.ndim):
        first = full.take([0], axis)
        if np.array_equal(np.broadcast_to(first, full.shape), full):
            full = first
    return full


def read_codes(output: Output, levels: int) -> Codes | None:
    """What integers → convert → [subtract] → multiply stand for; None if `output` is no such."""
    product = output.get_node()
    if product.get_type_name() != "Multiply":
        return None
    scale = constant_of(product.input_value(1))
    value = product.input_value(0).get_node()
    zero = np.zeros([], dtype=np.int64)
    if value.get_type_name() == "Subtract":
        stored_zero = constant_of(value.input_value(1).get_node().input_value(0))
        if stored_zero is None:
            return None
        zero = stored_zero.astype(np.int64)
        value = value.input_value(0).get_node()
    if value.get_type_name() != "Convert":
        return None
    codes = constant_of(value.input_value(0))
    if codes is None or scale is None or codes.dtype not in (np.int8, np.uint8):
        return None
    return Codes(codes, zero, scale.astype(np.float32), levels)


def _quantizer(codes: Codes) -> Quantizer | None:
    """None where scales vary along more than one axis, which no operator of torch says."""
    shape = np.broadcast_shapes(codes.scale.shape, codes.zero.shape)
    axes = [axis for axis, size in enumerate(shape) if size != 1]
    if len(axes) > 1:
        return None
    is_signed = codes.codes.dtype == np.int8
    lowest = -(codes.levels // 2) if is_signed else 0
    return Quantizer(
        np.broadcast_to(codes.scale, shape),
        np.broadcast_to(codes.zero, shape),
        lowest,
        lowest + codes.levels - 1,
        torch.int8 if is_signed else torch.uint8,
        axes[0] + codes.codes.ndim - len(shape) if axes else None,
    )


def add_codes(document: Document, codes: Codes, name: str, before: Node) -> Node:
    values = torch.from_numpy(np.array(codes.codes))  # a copy of its own
    return document.add_state(f"{name}_{values.dtype}".replace("torch.", ""), values, before)


def add_weight(
    document: Document, codes: Codes, name: str, dtype: torch.dtype, before: Node
) -> Node:
    """The weight in floating point, made of state that holds its codes.

    Codes times scales are quantized and dequantized once more, which changes no value: OpenVINO's
    own frontend takes a weight as that product, and Inductor looks for the dequantization. Both
    fold the rest into integers when they compile.
    """
    multiply = torch.ops.aten.mul.Tensor
    stored = add_codes(document, codes, name, before)
    quantizer = _quantizer(codes)
    parameters: tuple[Any, ...] = ()
    factor: Any
    if quantizer is not None and quantizer.axis is None:
        factor = float(quantizer.scale.item())
        parameters = (factor, int(quantizer.zero_point.item()))
    elif quantizer is not None:
        scale, zero = add_channel_parameters(document, quantizer, name, before)
        shape = [1] * codes.codes.ndim
        shape[quantizer.axis] = -1
        view = torch.ops.aten.view.default
        factor = document.call(view, (scale, shape), before, f"{stored.name}_scale", before)
        parameters = (scale, zero, quantizer.axis)
    else:
        factor = document.add_state(f"{name}_scale", torch.from_numpy(codes.scale.copy()), before)
    value = document.call(multiply, (stored, factor), before, f"{stored.name}_value", before)
    if codes.zero.any():
        moved = np.asarray(codes.zero * codes.scale, dtype=np.float32)
        offset = document.add_state(f"{name}_offset", torch.from_numpy(moved), before)
        subtract = torch.ops.aten.sub.Tensor
        value = document.call(subtract, (value, offset), before, f"{value.name}_moved", before)
    if quantizer is None:
        if dtype == torch.float32:
            return value
        convert = torch.ops.aten.to.dtype
        return document.call(convert, (value, dtype), before, f"{value.name}_converted", before)
    return call_quantizer(document, quantizer, parameters, value, before, stored.name, dtype)


def add_embedding(
    document: Document, codes: Codes, name: str, dtype: torch.dtype, lookup: Node
) -> None:
    """Lets `lookup`, an embedding, look up codes, and turns those that it found into values.

    The table itself stays in integers, however few of its rows are read.
    """
    following = lookup.next
    multiply = torch.ops.aten.mul.Tensor
    lookup.args = (add_codes(document, codes, name, lookup), *lookup.args[1:])
    readers = list(lookup.users)
    value = lookup

    def rows(values: np.ndarray, suffix: str) -> Any:
        """The parameters of the rows that were found."""
        if values.size == 1:
            return float(values.item())
        table = torch.from_numpy(np.asarray(values, dtype=np.float32).copy())
        state = document.add_state(f"{name}_{suffix}", table, lookup)
        target = torch.ops.aten.embedding.default
        found = (state, lookup.args[1])
        return document.call(target, found, following, f"{lookup.name}_{suffix}", lookup)

    document.describe(lookup, lookup)
    if codes.zero.any():
        zero = rows(codes.zero, "zero_point")
        subtract = torch.ops.aten.sub.Tensor
        value = document.call(subtract, (value, zero), following, f"{lookup.name}_centered", lookup)
    factor = rows(codes.scale, "scale")
    value = document.call(multiply, (value, factor), following, f"{lookup.name}_value", lookup)
    if dtype != torch.float32:
        convert = torch.ops.aten.to.dtype
        value = document.call(convert, (value, dtype), following, f"{value.name}_converted", lookup)
    for reader in readers:
        reader.replace_input_with(lookup, value)
