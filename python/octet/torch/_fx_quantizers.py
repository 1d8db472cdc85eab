"""Quantizers as the operators that torch's backends recognize, `quantized_decomposed`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.fx import Node

# Importing it is what makes torch know the operators.
from torch.ao.quantization.fx import _decomposed  # noqa: F401

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
    """The integers of an activation's range.

    Asymmetric ones are uint8; symmetric ones int8, or uint8 where no value is negative. A narrow
    range leaves out the code that the other sign has no counterpart of.
    """
    low = np.asarray(edit["range"]["low"], dtype=np.float64)
    high = np.asarray(edit["range"]["high"], dtype=np.float64)
    levels = edit["range"]["levels"]
    is_signed = edit["spec"]["mode"] == "symmetric" and bool((low < 0).any())
    lowest = -(levels // 2) if is_signed else 0
    highest = lowest + levels - 1
    scale = (high - low) / (levels - 1)
    zero = np.rint((lowest * high - highest * low) / (high - low))
    return Quantizer(
        scale,
        np.clip(zero, lowest, highest).astype(np.int64),
        lowest,
        highest,
        torch.int8 if is_signed else torch.uint8,
        edit.get("axis"),
    )


def add_channel_parameters(
    document: Document, quantizer: Quantizer, name: str, before: Node
) -> tuple[Node, Node]:
    """State that holds a scale and a zero point a channel."""
    scale = torch.from_numpy(quantizer.scale.astype(np.float32).reshape(-1).copy())
    zero = torch.from_numpy(quantizer.zero_point.astype(np.int32).reshape(-1).copy())
    if zero.any():
        zero_node = document.add_state(f"{name}_zero_point", zero, before)
    else:
        # Every layer of as many channels has the same ones.
        zero_node = document.shared_state(f"zero_points_{zero.numel()}", zero, before)
    return document.add_state(f"{name}_scale", scale, before), zero_node


def call_quantize(
    document: Document,
    quantizer: Quantizer,
    parameters: tuple[Any, ...],
    value: Node,
    before: Node,
    name: str,
) -> Node:
    """`value` as integers; `parameters` are scale and zero point, for channels also the axis."""
    target = ops.quantize_per_tensor if quantizer.axis is None else ops.quantize_per_channel
    limits = (quantizer.lowest, quantizer.highest, quantizer.dtype)
    return document.call(
        target.default,
        (value, *parameters, *limits),
        before,
        f"{name}_quantize",
        before,
    )


def call_dequantize(
    document: Document,
    quantizer: Quantizer,
    parameters: tuple[Any, ...],
    value: Node,
    before: Node,
    name: str,
    dtype: torch.dtype,
) -> Node:
    target = ops.dequantize_per_tensor if quantizer.axis is None else ops.dequantize_per_channel
    limits = (quantizer.lowest, quantizer.highest, quantizer.dtype)
    node = document.call(
        target.default,
        (value, *parameters, *limits),
        before,
        f"{name}_dequantize",
        before,
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
    codes = call_quantize(document, quantizer, parameters, value, before, name)
    return call_dequantize(document, quantizer, parameters, codes, before, name, dtype)
