"""What INT8 costs on trained models: FP32, the peer's settings, and Octet's, each by its metric.

    make accuracy                      all models, docs/accuracy.md
    benchmarks/accuracy/run.py cifar_resnet20 --limit 1000
    benchmarks/accuracy/run.py --ablation          each algorithm on and off

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

#: One row of the table each: how a model is made of an exported one, a dataset and the number of
#: its items.
Maker = Callable[[Any, list[Any], int], Any]


def quantizing(**options: Any) -> Maker:
    """With the given options of `octet.quantize`; those of the advanced parameters are known."""
    advanced = {
        name: options.pop(name)
        for name in list(options)
        if name in octet.AdvancedQuantizationParameters.__dataclass_fields__
    }
    if advanced:
        options["advanced_parameters"] = octet.AdvancedQuantizationParameters(**advanced)

    def make(model: Any, data: list[Any], samples: int) -> Any:
        return octet.quantize_to_openvino(
            model, octet.Dataset(data), subset_size=samples, progress=False, **options
        )

    return make


def tuning(model: Any, data: list[Any], samples: int) -> Any:
    """The search, which sees nothing of the evaluation data."""
    return octet.tune(
        octet.load(model),
        octet.Dataset(data),
        subset_size=samples,
        progress=False,
        inference_threads=1,
    ).result


SETTINGS: dict[str, Maker] = {
    "Octet default": quantizing(),
    "Octet accurate": quantizing(fast_bias_correction=False),
    "Octet best": tuning,
}
ESTIMATORS = octet.RangeEstimatorParametersSet
#: Each algorithm on and off, one at a time.
ABLATION: dict[str, Maker] = {
    "default": quantizing(),
    "no bias correction": quantizing(disable_bias_correction=True),
    "accurate bias correction": quantizing(fast_bias_correction=False),
    "performance": quantizing(preset="performance"),
    "mixed": quantizing(preset="mixed"),
    "channel alignment": quantizing(disable_channel_alignment=False),
    "generic": quantizing(model_type="generic"),
    "transformer": quantizing(model_type="transformer"),
    "no SmoothQuant": quantizing(smooth_quant_alphas=octet.AdvancedSmoothQuantParameters(-1, -1)),
    "SmoothQuant 0.5": quantizing(smooth_quant_alphas=octet.AdvancedSmoothQuantParameters(-1, 0.5)),
    "whole ranges": quantizing(activations_range_estimator_params=ESTIMATORS.MINMAX),
    "MSE ranges": quantizing(activations_range_estimator_params=ESTIMATORS.MSE),
}
#: What a convolutional network may lose by default, in points.
ALLOWED_LOSS = 1.0

INTRODUCTION = """# Accuracy

Written by `make accuracy` on the trained models and data of `../shared/eval` ({versions}).

Every model is exported by `torch.export` (`ppocr_cls` is an ONNX file), calibrated with {samples}
items that are not evaluated on, and measured on all of its evaluation data.

- **loss**: points below FP32. **±**: standard error of that difference: where d of n answers are
  other than FP32's, each may be a gain or a loss, so the metric moves by sqrt(d) / n by chance.
- **quantize**: the whole call. **latency**: one sample on one thread, median of CPU time; FP32 and
  Octet's models take turns. FP32 arithmetic where a layer is not in INT8.
- **Octet accurate**: `fast_bias_correction=False`. **Octet best**: what `octet.tune` chose without
  a metric, on the calibration data alone, for one thread; its time is that of the search.
- NNCF (3.4.0, its OpenVINO path): from `../shared/eval/results.json`; times are of another day:
  compare their order of magnitude only. Best: the setting with the highest metric.

"""


@dataclass
class Row:
    model: str
    who: str
    metric: float
    #: Of the difference to FP32; None for FP32 itself and for what was not run here.
    standard_error: float | None = None
    quantize_seconds: float | None = None
    latency_ms: float | None = None
    setting: str = ""


def compiled(graph: openvino.Model, **properties: Any) -> openvino.CompiledModel:
    properties["INFERENCE_PRECISION_HINT"] = "f32"
    return openvino.Core().compile_model(graph, "CPU", properties)


def infer_with(model: openvino.CompiledModel) -> Callable[..., np.ndarray]:
    request = model.create_infer_request()

    def infer(*inputs: np.ndarray) -> np.ndarray:
        return request.infer(list(inputs))[model.output(0)]

    return infer


def latencies(models: list[openvino.CompiledModel], sample: Any, seconds: float) -> list[float]:
    """CPU time of one request in ms, the models taking turns: the median. What other programs do on
    the machine changes it little.
    """
    requests = [model.create_infer_request() for model in models]
    times: list[list[float]] = [[] for _ in models]
    for request in requests:
        request.infer(list(sample))
    end = time.perf_counter() + seconds * len(models)
    while time.perf_counter() < end or len(times[0]) < 20:
        for request, spent in zip(requests, times, strict=True):
            begin = time.process_time()
            request.infer(list(sample))
            spent.append(1000 * (time.process_time() - begin))
    return [float(np.median(spent)) for spent in times]


def peer_rows(name: str) -> list[Row]:
    runs = [
        run
        for run in json.loads((EVAL / "results.json").read_text())["results"]
        if run["model"] == name and run["path"] == "ov"
    ]

    def setting(run: dict[str, Any]) -> str:
        parts = [run["preset"]] if run["preset"] != "default" else []
        parts += [run["model_type"]] if run["model_type"] != "none" else []
        parts += [] if run["fast_bias_correction"] else ["accurate bias correction"]
        return ", ".join(parts) or "default"

    def row(run: dict[str, Any], who: str) -> Row:
        return Row(name, who, run["metric"], None, run["quantize_s"], None, setting(run))

    default = next(run for run in runs if setting(run) == "default")
    best = max(runs, key=lambda run: run["metric"])
    return [row(default, "NNCF default"), row(best, "NNCF best")]


def octet_rows(
    task: Task,
    settings: dict[str, Maker],
    limit: int | None,
    samples: int,
    seconds: float,
    reports: Path | None,
) -> list[Row]:
    """FP32, then one row a setting. A page of each goes into the folder `reports`."""
    model = task.capture()
    data = task.calibration(samples)
    spent: dict[str, float] = {}
    graphs = {}
    with tempfile.TemporaryDirectory() as folder:
        # From memory to a file and back: what is measured is what a user would deploy.
        def add(name: str, made: Any) -> None:
            path = Path(folder) / f"{len(graphs)}.xml"
            octet.save(made, path)
            graphs[name] = task.fixed(openvino.Core().read_model(path))

        add("FP32", model)
        for name, make in settings.items():
            begin = time.perf_counter()
            made = make(model, data, samples)
            spent[name] = time.perf_counter() - begin
            add(name, made)
            if reports is not None:
                reports.mkdir(parents=True, exist_ok=True)
                page = octet.report(model, made, octet.Dataset(data[:4]), progress=False)
                page.save(reports / f"{task.name} {name}.html")
        programs = {name: compiled(graph) for name, graph in graphs.items()}
        scores = {
            name: task.evaluate(infer_with(program), limit) for name, program in programs.items()
        }
        # On one thread, so that CPU time is latency.
        alone = [compiled(graph, INFERENCE_NUM_THREADS=1) for graph in graphs.values()]
        times = latencies(alone, data[0], seconds)
    reference: Score = scores["FP32"]
    return [
        Row(
            task.name,
            name,
            score.metric,
            None if score is reference else task.standard_error(reference, score),
            spent.get(name),
            latency,
        )
        for (name, score), latency in zip(scores.items(), times, strict=True)
    ]


def table(rows: list[Row], metric: str) -> str:
    """In Markdown, in columns that a terminal shows as such too."""

    def number(value: float | None, form: str) -> str:
        return "" if value is None else format(value, form)

    width = max(len(row.who) for row in rows)
    lines = [
        f"**{rows[0].model}**, {metric}",
        "",
        f"| {'':<{width}} | metric |  loss |    ± | quantize s | latency ms | setting |",
        f"|{'-' * (width + 2)}|-------:|------:|-----:|-----------:|-----------:|---------|",
    ]
    for row in rows:
        loss = "" if row is rows[0] else f"{rows[0].metric - row.metric:.2f}"
        lines.append(
            f"| {row.who:<{width}} | {row.metric:6.2f} | {loss:>5} "
            f"| {number(row.standard_error, '.2f'):>4} | {number(row.quantize_seconds, '.2f'):>10} "
            f"| {number(row.latency_ms, '.3f'):>10} | {row.setting} |"
        )
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("models", nargs="*", default=list(NAMES), metavar="MODEL")
    parser.add_argument("--limit", type=int, help="evaluate on this many items only")
    parser.add_argument("--samples", type=int, default=300, help="items to calibrate with")
    parser.add_argument("--seconds", type=float, default=3.0, help="of timing, for each model")
    parser.add_argument(
        "--ablation", action="store_true", help="instead: each algorithm on and off"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the rows here")
    parser.add_argument("--docs", type=Path, metavar="FILE", help="write the tables as a page")
    parser.add_argument(
        "--reports", type=Path, metavar="FOLDER", help="write a report of each model"
    )
    arguments = parser.parse_args()
    if not EVAL.is_dir():
        print(f"{EVAL} is not there: it holds the trained models and their data", file=sys.stderr)
        return 3
    if unknown := set(arguments.models) - set(NAMES):
        parser.error(f"no such model: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    versions = f"Octet {octet.__version__}, OpenVINO {openvino.__version__.split('-')[0]}"
    page = INTRODUCTION.format(samples=arguments.samples, versions=versions)
    rows: list[Row] = []
    failed = []
    for name in arguments.models:
        task = Task.load(name)
        settings = ABLATION if arguments.ablation else SETTINGS
        mine = octet_rows(
            task,
            settings,
            arguments.limit,
            arguments.samples,
            arguments.seconds,
            arguments.reports,
        )
        if not arguments.ablation:
            mine[1:1] = peer_rows(name)
        text = table(mine, task.metric_name)
        print(text, flush=True)
        page += text + "\n"
        rows += mine
        default = next(row for row in mine if row.who.endswith("default") and "NNCF" not in row.who)
        if task.is_convolutional and mine[0].metric - default.metric > ALLOWED_LOSS:
            failed.append(name)
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    if arguments.docs:
        arguments.docs.write_text(page.rstrip("\n") + "\n")
    if failed:
        print(f"more than {ALLOWED_LOSS} point is lost by {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
