"""What INT8 costs on trained models: FP32, the peer, and Octet, each by its metric.

    make accuracy                      all models
    benchmarks/accuracy/run.py cifar_resnet20 --limit 1000

The peer's numbers are those of ../shared/eval/results.json, measured on a machine of this kind.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import octet
import openvino
from tasks import EVAL, NAMES, Score, Task

#: What "Octet best" chooses from, as the peer's best is the best of its settings.
SETTINGS: dict[str, dict[str, Any]] = {
    "default": {},
    "mixed": {"preset": "mixed"},
    "aligned": {
        "advanced_parameters": octet.AdvancedQuantizationParameters(disable_channel_alignment=False)
    },
}


@dataclass
class Row:
    model: str
    who: str
    metric: float
    #: Of the difference to FP32; None for FP32 itself and for what was not run here.
    standard_error: float | None
    quantize_seconds: float | None
    latency_ms: float | None
    setting: str = ""


def compiled(graph: openvino.Model) -> openvino.CompiledModel:
    return openvino.Core().compile_model(graph, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})


def infer_with(model: openvino.CompiledModel) -> Callable[..., np.ndarray]:
    request = model.create_infer_request()

    def infer(*inputs: np.ndarray) -> np.ndarray:
        return request.infer(list(inputs))[model.output(0)]

    return infer


def latencies(models: list[openvino.CompiledModel], sample: Any, seconds: float) -> list[float]:
    """Time of one request in ms, the models taking turns: that of the fastest tenth, which other
    work on the machine disturbs least.
    """
    requests = [model.create_infer_request() for model in models]
    times: list[list[float]] = [[] for _ in models]
    for request in requests:
        request.infer(list(sample))
    end = time.perf_counter() + seconds * len(models)
    while time.perf_counter() < end or len(times[0]) < 20:
        for request, spent in zip(requests, times, strict=True):
            begin = time.perf_counter()
            request.infer(list(sample))
            spent.append(1000 * (time.perf_counter() - begin))
    return [float(np.percentile(spent, 10)) for spent in times]


def peer_rows(name: str) -> list[Row]:
    runs = [
        run
        for run in json.loads((EVAL / "results.json").read_text())["results"]
        if run["model"] == name and run["path"] == "ov"
    ]

    def setting(run: dict[str, Any]) -> str:
        parts = [run["preset"]] if run["preset"] != "default" else []
        parts += [run["model_type"]] if run["model_type"] != "none" else []
        parts += [] if run["fast_bias_correction"] else ["accurate"]
        return ", ".join(parts) or "default"

    def row(run: dict[str, Any], who: str) -> Row:
        return Row(
            name, who, run["metric"], None, run["quantize_s"], run["latency_ms_b1"], setting(run)
        )

    default = next(run for run in runs if setting(run) == "default")
    best = max(runs, key=lambda run: run["metric"])
    return [row(default, "NNCF default"), row(best, "NNCF best")]


def octet_rows(task: Task, limit: int | None, samples: int, seconds: float) -> list[Row]:
    model = task.capture()
    data = task.calibration(samples)
    with tempfile.TemporaryDirectory() as folder:

        def graph_of(model: Any, name: str) -> openvino.Model:
            path = Path(folder) / f"{name}.xml"
            octet.save(model, path)
            return task.fixed(openvino.Core().read_model(path))

        graphs = {"FP32": graph_of(model, "fp32")}
        spent: dict[str, float] = {}
        for name, setting in SETTINGS.items():
            begin = time.perf_counter()
            quantized = octet.quantize_to_openvino(
                model, octet.Dataset(data), subset_size=samples, progress=False, **setting
            )
            spent[name] = time.perf_counter() - begin
            graphs[name] = graph_of(quantized, name.replace(", ", "_"))
        programs = {name: compiled(graph) for name, graph in graphs.items()}
        scores = {
            name: task.evaluate(infer_with(program), limit) for name, program in programs.items()
        }
        times = dict(
            zip(programs, latencies(list(programs.values()), data[0], seconds), strict=True)
        )

    def row(who: str, name: str) -> Row:
        reference: Score = scores["FP32"]
        error = None if name == "FP32" else task.standard_error(reference, scores[name])
        return Row(
            task.name, who, scores[name].metric, error, spent.get(name), times[name],
            "" if name == "FP32" else name,
        )  # fmt: skip

    best = max(SETTINGS, key=lambda name: scores[name].metric)
    return [
        row("FP32", "FP32"),
        row("Octet default", "default"),
        row("Octet best", best),
    ]


def table(rows: list[Row], metric: str) -> str:
    lines = [
        f"{rows[0].model} ({metric})",
        f"  {'':<16}{'metric':>8}{'loss':>8}{'+-':>7}{'quantize':>11}{'latency':>11}  setting",
    ]
    for row in rows:
        error = f"{row.standard_error:.2f}" if row.standard_error is not None else ""
        spent = f"{row.quantize_seconds:.2f} s" if row.quantize_seconds else ""
        latency = f"{row.latency_ms:.3f} ms" if row.latency_ms else ""
        loss = "" if row is rows[0] else f"{rows[0].metric - row.metric:.2f}"
        lines.append(
            f"  {row.who:<16}{row.metric:>8.2f}{loss:>8}{error:>7}{spent:>11}{latency:>11}"
            f"  {row.setting}"
        )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("models", nargs="*", default=list(NAMES), metavar="MODEL")
    parser.add_argument("--limit", type=int, help="evaluate on this many items only")
    parser.add_argument("--samples", type=int, default=300, help="items to calibrate with")
    parser.add_argument("--seconds", type=float, default=2.0, help="of timing, for each model")
    parser.add_argument("--json", type=Path, help="also write the rows here")
    arguments = parser.parse_args()
    if not EVAL.is_dir():
        print(f"{EVAL} is not there: it holds the trained models and their data", file=sys.stderr)
        return 3
    if unknown := set(arguments.models) - set(NAMES):
        parser.error(f"no such model: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    rows: list[Row] = []
    for name in arguments.models:
        task = Task.load(name)
        mine = octet_rows(task, arguments.limit, arguments.samples, arguments.seconds)
        mine[1:1] = peer_rows(name)
        print(table(mine, task.metric_name), flush=True)
        print(flush=True)
        rows += mine
    print("loss: points below FP32. +-: standard error of the difference to FP32. quantize: the")
    print(
        "whole call. NNCF: ../shared/eval/results.json, on all data; its times are another day's."
    )
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
