"""Quantizers as the operators that torch's backends recognize, `quantized_decomposed`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

# Importing it is what makes torch know the operators.
from torch.ao.quantization.fx import _decomposed  # noqa: F401
from torch.fx import Node

from octet.torch._fx_document import Document

ops = torch.ops.quantized_decomposed


@dataclass(frozen=True)
class Quantizer:
    """value = (code - zero_point) * scale, one scale for all or one a channel of `axis`."""

    scale: np.ndarray
    zero_point: np.ndarray
    lowest: int
    highest: int
    dtype: torch.dtype
    axis: int | None


def activation_quantizer(edit: dict[str, Any]) -> Quantizer:
    """The integers of an activation's range: always uint8, with a zero point where it has signs.

    OpenVINO takes int8 as well. But Inductor's convolutions give integers of the type that they
    take, so all activations of a program must be of one type, and it is uint8 that x86 multiplies
    with int8 weights. A narrow range leaves out the lowest code.
    """
    low = np.asarray(edit["range"]["low"], dtype=np.float64)
    high = np.asarray(edit["range"]["high"], dtype=np.float64)
    levels = edit["range"]["levels"]
    lowest = 256 - levels
    zero = np.clip(np.rint((lowest * high - 255 * low) / (high - low)), lowest, 255)
    return Quantizer(
        exact_scale(low, high, lowest - zero, 255 - zero),
        zero.astype(np.int64),
        lowest,
        255,
        torch.uint8,
        edit.get("axis"),
    )


def exact_scale(
    low: np.ndarray, high: np.ndarray, below: np.ndarray, above: np.ndarray
) -> np.ndarray:
    """The f32 scales whose products with the codes at both ends come nearest to the ends, in f32.

    Octet chooses ranges for which they are the ends, bit for bit; recipes may come from elsewhere.
    """
    near = ((high - low) / (above - below)).astype(np.float32)
    candidates = np.stack(
        [near, np.nextafter(near, np.float32(0)), np.nextafter(near, np.float32(np.inf))]
    )
    error = sum(
        np.abs((codes.astype(np.float32) * candidates).astype(np.float64) - end)
        for codes, end in ((below, low), (above, high))
    )
    return np.take_along_axis(candidates, error.argmin(0)[np.newaxis], 0)[0]


def add_channel_parameters(
    document: Document, quantizer: Quantizer, name: str, before: Node
) -> tuple[Node, Node]:
    """State that holds a scale and a zero point a channel."""
    scale = torch.from_numpy(quantizer.scale.astype(np.float32).reshape(-1).copy())
    zero = torch.from_numpy(quantizer.zero_point.astype(np.int32).reshape(-1).copy())
    # Every layer of as many channels has the same zeros.
    zero_name = f"{name}_zero_point" if zero.any() else f"zero_points_{zero.numel()}"
    zero_node = document.add_state(zero_name, zero, before)
    return document.add_state(f"{name}_scale", scale, before), zero_node


def call_quantizer(
    document: Document,
    quantizer: Quantizer,
    parameters: tuple[Any, ...],
    value: Node,
    before: Node,
    name: str,
    dtype: torch.dtype,
) -> Node:
    """`value` as integers, and these as `dtype`; `parameters` are scale and zero point, for
    channels also the axis."""
    per_tensor = quantizer.axis is None
    limits = (quantizer.lowest, quantizer.highest, quantizer.dtype)
    quantize = ops.quantize_per_tensor if per_tensor else ops.quantize_per_channel
    codes = document.call(
        quantize.default, (value, *parameters, *limits), before, f"{name}_quantize", before
    )
    dequantize = ops.dequantize_per_tensor if per_tensor else ops.dequantize_per_channel
    node = document.call(
        dequantize.default, (codes, *parameters, *limits), before, f"{name}_dequantize", before
    )
    if dtype != torch.float32:
        node.kwargs = {"out_dtype": dtype}
        document.describe(node, before)
    return node


def quantize_value(
    document: Document, quantizer: Quantizer, value: Node, before: Node, name: str
) -> Node:
    """`value`, rounded to the quantizer's codes, in front of `before`."""
    parameters: tuple[Any, ...]
    if quantizer.axis is None:
        parameters = (float(quantizer.scale.item()), int(quantizer.zero_point.item()))
    else:
        nodes = add_channel_parameters(document, quantizer, f"{name}_quantizer", before)
        parameters = (*nodes, quantizer.axis)
    fake = value.meta.get("val")
    dtype = fake.dtype if isinstance(fake, torch.Tensor) else torch.float32
    return call_quantizer(document, quantizer, parameters, value, before, name, dtype)
