"""Runs a model through `torch.compile(model, backend="octet")` and compares with eager."""

import time

import check
import models
import octet.torch
import torch
from torch.utils import _pytree as pytree

COLUMN = "torch.compile"
SAMPLES = (2, 3)  #: at the second, torch makes the batch dynamic by itself


@torch.no_grad()
@torch._dynamo.config.patch(allow_rnn=True)  # without, torch does not capture recurrent layers
def check_compiled(row: models.Row, module: torch.nn.Module) -> check.Result:
    result = check.Result(row.name, COLUMN, "call", "failed")
    torch.compiler.reset()
    compiled = torch.compile(module, backend="octet")
    reference = check.Reference(row, module)
    try:
        for samples in SAMPLES[:1] if row.fixed_batch else SAMPLES:
            args, kwargs = models.make_inputs(row, samples)
            expected = reference.outputs(samples)
            start = time.perf_counter()
            leaves = pytree.tree_leaves(compiled(*args, **kwargs))
            result.convert_ms = result.convert_ms or 1000 * (time.perf_counter() - start)
            given = [leaf.numpy() for leaf in leaves if leaf is not None]
            if len(given) != len(expected):
                raise ValueError(f"{len(given)} outputs, where eager gives {len(expected)}")
            for one, other in zip(given, expected, strict=True):
                result.error = max(result.error, check.relative_error(one, other))
    except Exception as error:
        result.reason = check.first_line(error)
        return result
    result.status = "exact" if result.error <= check.TOLERANCE else "inexact"
    graphs = octet.torch.explain(compiled)["graphs"]
    result.nodes = sum(sum(part["operations"].values()) for g in graphs for part in g["parts"])
    eager = {f"{item['op']}: {item['reason']}" for g in graphs for item in g["eager"]}
    eager |= {g["eager_reason"] for g in graphs if g["eager_reason"]}
    if eager:
        result.remark = "in eager: " + "; ".join(sorted(eager))
    if not result.nodes:
        result.status, result.reason = "failed", "nothing ran on OpenVINO. " + result.remark
    return result
