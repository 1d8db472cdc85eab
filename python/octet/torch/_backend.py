"""The `torch.compile` backend: captures a graph's ATen operators and runs them on OpenVINO."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch._decomp import get_decompositions
from torch._dynamo.backends.common import aot_autograd
from torch.fx import GraphModule
from torch.utils._python_dispatch import _disable_current_modes

from octet._log import logger
from octet.errors import make
from octet.torch import _records
from octet.torch._direct import is_direct
from octet.torch._gradients import without_gradient
from octet.torch._options import Options, parse
from octet.torch._program import Program
from octet.torch._support import Decomposable, Training, training_reason
from octet.torch._weights import find_weights, static_inputs


def octet(
    module: GraphModule,
    examples: Sequence[Any],
    *,
    options: Mapping[str, Any] | None = None,
    mode: str | None = None,
) -> Callable[..., Any]:
    """The backend's function: torch calls it with each graph that it captured."""
    chosen = parse(options, mode)
    record = _records.start(chosen)
    begin = time.perf_counter()
    static = static_inputs(module, examples)
    reason = _gradient_reason(module, examples, static)
    if reason is None:
        try:
            compiled = _compile(module, examples, static, record, chosen)
        except Training as training:
            reason = str(training)
    record.seconds = time.perf_counter() - begin
    if reason is not None:
        return _run_in_eager(module, record, chosen, reason)
    if torch.is_grad_enabled() and any(
        isinstance(value, torch.Tensor) and value.requires_grad for value in examples
    ):
        return without_gradient(compiled)
    return compiled


def _gradient_reason(
    module: GraphModule, examples: Sequence[Any], static: Mapping[int, str]
) -> str | None:
    if not torch.is_grad_enabled():
        return None
    for i, (node, value) in enumerate(
        zip(module.graph.find_nodes(op="placeholder"), examples, strict=True)
    ):
        if isinstance(value, torch.Tensor) and value.requires_grad and i not in static:
            return f"its input '{node.name}' requires a gradient"
    return None


def _run_in_eager(
    module: GraphModule, record: _records.Record, options: Options, reason: str
) -> Callable[..., Any]:
    remedy = "Call the model in eval mode, under torch.no_grad() or torch.inference_mode()"
    if options.strict:
        raise make("unsupported_model", "torch", record.title, reason, remedy)
    logger.warning("[torch] %s: it runs in eager, because %s. %s", record.title, reason, remedy)
    record.eager_reason = reason
    return module.forward


def _compile(
    module: GraphModule,
    examples: Sequence[Any],
    static: Mapping[int, str],
    record: _records.Record,
    options: Options,
) -> Callable[..., Any]:
    """The graph that AOTAutograd makes, on OpenVINO: called as it is, or through AOTAutograd's
    function where this has something to do. Operators that the importer does not know are taken
    apart where torch knows how."""
    decompositions: dict[Any, Callable[..., Any]] = {}

    direct: Callable[..., Any] | None = None

    def lower(lowered: GraphModule, _examples: Sequence[Any]) -> Callable[..., Any]:
        nonlocal direct
        training = training_reason(lowered)
        if training is not None:
            raise Training(training)
        weights = find_weights(module, lowered, static, examples)
        with _disable_current_modes():  # weights are real tensors, unlike what was captured
            program = Program(lowered, weights, record, frozenset(decompositions))
        record.program = program
        direct = program.whole() if is_direct(module, lowered, examples) else None
        return program.boxed()

    while True:
        backend = aot_autograd(
            fw_compiler=lower, inference_compiler=lower, decompositions=decompositions
        )
        try:
            # Gradients are refused later: nothing is captured for them.
            with torch.no_grad():
                wrapped = backend(module, examples)
            return direct or wrapped
        except Decomposable as found:
            decompositions.update(get_decompositions(found.operators))
