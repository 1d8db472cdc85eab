"""What ran where, and why: `octet.torch.explain(compiled)`."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import torch

from octet.errors import usage
from octet.torch import _records
from octet.torch._part import Part


class Explanation(dict[str, Any]):
    """The facts as a dictionary; `str()` gives them as text."""

    def __str__(self) -> str:
        return "\n".join(_text(self))


def explain(compiled: Any = None) -> Explanation:
    """What the backend 'octet' did for what `torch.compile` returned: which operations run on
    OpenVINO and which in eager and why, compile time of each shape, precision by type of layer,
    calls, and time per call.

    Args:
        compiled: what `torch.compile(…, backend="octet")` returned, or a module whose `compile` was
            called. None: everything that is compiled at present.

    Returns:
        A dictionary whose text is a report: `print(octet.torch.explain(compiled))`. Times per call
        are of the backend; checking torch's guards comes before it.
    """
    records = _records.all_records()
    if compiled is not None:
        owner = _owner_of(compiled)
        # Torch takes two calls of torch.compile with equal options for one.
        same = [record for record in records if record.owner() is owner]
        records = same or [record for record in records if record.owner() == owner]
    return Explanation(graphs=[_graph(record) for record in records])


def _owner_of(compiled: Any) -> Any:
    inner = getattr(compiled, "_compiled_call_impl", None) or compiled
    context = getattr(compiled, "dynamo_ctx", None)
    callback = getattr(context, "callback", None)
    if callback is None and hasattr(inner, "__code__"):
        cells = dict(zip(inner.__code__.co_freevars, inner.__closure__ or (), strict=True))
        callback = cells["callback"].cell_contents if "callback" in cells else None
    while hasattr(callback, "_torchdynamo_orig_backend"):
        callback = callback._torchdynamo_orig_backend
    if not isinstance(callback, torch._TorchCompileWrapper):
        raise usage(
            "explain's 'compiled'",
            f"an object of type {type(compiled).__qualname__} was not made by torch.compile",
            "Give what torch.compile(model, backend='octet') returned",
        )
    return callback


def _graph(record: _records.Record) -> dict[str, Any]:
    program = record.program
    return {
        "title": record.title,
        "device": record.options.device,
        "precision": record.options.precision,
        "seconds": record.seconds,
        "eager_reason": record.eager_reason,
        "parts": [_part(part) for part in program.parts] if program else [],
        "eager": [vars(item) for item in program.eager] if program else [],
    }


def _part(part: Part) -> dict[str, Any]:
    calls, total, running = part.times()
    facts = part.session.facts()
    precisions: dict[str, Counter[str]] = defaultdict(Counter)
    # To ask a model that was given up would compile it again.
    for layer in part.session.layers() if facts["is_compiled"] else ():
        if layer.type not in ("Input", "Output", "Const", "Parameter", "Result", "Constant"):
            precisions[layer.type][layer.precision] += 1
    return {
        "operations": dict(part.operations),
        "inputs": part.inputs,
        "weights": part.weight_count,
        "compile_ms": facts["compile_ms"],
        "compiles": facts["compiles"] + part.past_compiles,
        "is_compiled": facts["is_compiled"],
        "from_cache": facts["from_cache"],
        "rebuilds": part.rebuilds,
        "precisions": {kind: dict(counts) for kind, counts in sorted(precisions.items())},
        "calls": calls,
        "run_us": running / calls / 1000 if calls else 0.0,
        "overhead_us": (total - running) / calls / 1000 if calls else 0.0,
    }


def _text(explanation: Explanation) -> list[str]:
    lines: list[str] = []
    if not explanation["graphs"]:
        lines.append(
            "torch handed no graph over: call the model first. What torch does not capture, it "
            "runs in eager: recurrent layers, unless torch._dynamo.config.allow_rnn is set."
        )
    for graph in explanation["graphs"]:
        lines.append(f"{graph['title']} on {graph['device']}, precision {graph['precision']}")
        if graph["eager_reason"]:
            lines.append(f"  runs in eager, because {graph['eager_reason']}")
        for part in graph["parts"]:
            lines.extend(_part_text(part))
        if graph["eager"]:
            lines.append(f"  in eager: {len(graph['eager'])} operations")
        for item in graph["eager"]:
            place = f" at '{item['module_path']}'" if item["module_path"] else ""
            line = f" ({item['source_line']})" if item["source_line"] else ""
            lines.append(f"    {item['op']}{place}{line}: {item['reason']}")
    return lines


def _part_text(part: dict[str, Any]) -> list[str]:
    count = sum(part["operations"].values())
    source = "read from the cache" if part["from_cache"] else "compiled"
    lines = [
        f"  on OpenVINO: {count} operations, {part['weights']} weights, "
        f"inputs {', '.join(part['inputs']) or 'none'}",
        f"    {source} in {part['compile_ms']:.0f} ms"
        + (f", {part['compiles']} times" if part["compiles"] > 1 else ""),
        f"    {part['calls']} calls, each {part['run_us']:.1f} us in OpenVINO and "
        f"{part['overhead_us']:.1f} us around it",
    ]
    for kind, counts in part["precisions"].items():
        shown = ", ".join(f"{count} in {precision}" for precision, count in sorted(counts.items()))
        lines.append(f"    {kind}: {shown}")
    return lines
