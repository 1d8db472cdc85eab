"""The functions of octet."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from octet import _core
from octet._log import show_one
from octet._models import kind_of, load, save_program
from octet._plain import plain
from octet._progress import ProgressCallback, reporting
from octet._words import check_keywords
from octet.dataset import Dataset, NativeDataset
from octet.errors import usage
from octet.options import (
    AdvancedQuantizationParameters,
    IgnoredScope,
    ModelType,
    OnCollapse,
    QuantizationPreset,
    QuantizeOptions,
    TargetDevice,
)


def _options(**parameters: Any) -> dict[str, Any]:
    options = plain(QuantizeOptions(**parameters), QuantizeOptions, "")
    if options["subset_size"] < 1:
        raise usage(
            "subset_size", "it is less than 1", "Give the number of items to calibrate with"
        )
    return options


def _data(dataset: Any) -> Any:
    """A dataset of ours; any other iterable is one without a transform."""
    return dataset if isinstance(dataset, (Dataset, NativeDataset)) else Dataset(dataset)


def _quantize(
    core: _core.Model,
    dataset: Any,
    options: dict[str, Any],
    progress: ProgressCallback | bool | None,
    report: str | os.PathLike[str] | None,
) -> _core.QuantizeResult:
    if report is not None and options["on_collapse"] == OnCollapse.IGNORE.value:
        raise usage("report", "with on_collapse='ignore' nothing is compared", "Leave one out")
    with reporting(progress) as on_progress:
        result = _core.quantize(core, _data(dataset), options, on_progress, show_one)
        if report is not None:
            _core.report_of_result(core, result, options["threads"], on_progress).save(report)
    return result


@check_keywords
def quantize_to_openvino(
    model: Any,
    calibration_dataset: Dataset | NativeDataset | Iterable[Any],
    *,
    preset: QuantizationPreset | str | None = None,
    model_type: ModelType | str | None = None,
    target_device: TargetDevice | str = TargetDevice.ANY,
    subset_size: int = 300,
    fast_bias_correction: bool = True,
    ignored_scope: IgnoredScope | None = None,
    advanced_parameters: AdvancedQuantizationParameters | None = None,
    on_collapse: OnCollapse | str = OnCollapse.WARN,
    report: str | os.PathLike[str] | None = None,
    threads: int = 0,
    max_memory: int = 0,
    progress: ProgressCallback | bool | None = None,
) -> _core.QuantizeResult:
    """Quantizes any kind of model to an INT8 model of OpenVINO, and tells what was done.

    Args:
        model: as `octet.load` takes it. It is not changed.
        calibration_dataset: an `octet.Dataset`, or any iterable of what the model takes.
        preset: how activations are quantized; None: "performance", for a transformer "mixed".
        model_type: None: found out from the graph.
        target_device: what the result will run on.
        subset_size: number of items of the dataset that are read (batches, not samples).
        fast_bias_correction: correct biases from means alone, or by running the model.
        ignored_scope: layers that stay in floating point.
        advanced_parameters: what few users need.
        on_collapse: INT8 is compared with FP32 on a few samples of the dataset, and the verdict is
            logged: what to do where the outputs have little to do with each other.
        report: a page (.html) to write, which says what was done to each layer.
        threads: 0: all cores. The result does not depend on it.
        max_memory: bytes that measuring the samples may take beyond what the process has, by an
            estimate; 0: any number. Fewer samples run at a time, at least one. The result does not
            depend on it.
        progress: None: a line on standard error if it is a terminal; True or False: always or
            never; or a function that is called with (stage, done, total or None).

    Raises:
        octet.Error: see its subclasses. What the dataset raises is the `__cause__` of a
            `DataError`; KeyboardInterrupt is passed on as it is.
    """
    options = _options(
        preset=preset,
        model_type=model_type,
        target_device=target_device,
        subset_size=subset_size,
        fast_bias_correction=fast_bias_correction,
        ignored_scope=ignored_scope,
        advanced_parameters=advanced_parameters,
        on_collapse=on_collapse,
        threads=threads,
        max_memory=max_memory,
    )
    return _quantize(load(model), calibration_dataset, options, progress, report)


@check_keywords
def quantize(
    model: Any,
    calibration_dataset: Dataset | NativeDataset | Iterable[Any],
    *,
    preset: QuantizationPreset | str | None = None,
    model_type: ModelType | str | None = None,
    target_device: TargetDevice | str = TargetDevice.ANY,
    subset_size: int = 300,
    fast_bias_correction: bool = True,
    ignored_scope: IgnoredScope | None = None,
    advanced_parameters: AdvancedQuantizationParameters | None = None,
    on_collapse: OnCollapse | str = OnCollapse.WARN,
    report: str | os.PathLike[str] | None = None,
    threads: int = 0,
    max_memory: int = 0,
    progress: ProgressCallback | bool | None = None,
) -> Any:
    """Quantizes `model` to INT8 after training, and returns a model of the same kind.

    An `openvino.Model` comes back as one; so do a `torch.export.ExportedProgram` and a
    `torch.fx.GraphModule`, with quantizers as operators of `quantized_decomposed` and integer
    weights as buffers. A path or an `octet.Model` comes back as an `octet.Model`.
    `quantize_to_openvino` takes the same arguments and returns the whole result: model, recipe,
    what became of each layer, warnings and times.
    """
    kind = kind_of(model)
    core = kind.read(model)
    options = _options(
        preset=preset,
        model_type=model_type,
        target_device=target_device,
        subset_size=subset_size,
        fast_bias_correction=fast_bias_correction,
        ignored_scope=ignored_scope,
        advanced_parameters=advanced_parameters,
        on_collapse=on_collapse,
        threads=threads,
        max_memory=max_memory,
    )
    result = _quantize(core, calibration_dataset, options, progress, report)
    return kind.give_back(model, core, result.model, result.recipe)


@check_keywords
def calibrate(
    model: Any,
    calibration_dataset: Dataset | NativeDataset | Iterable[Any],
    file: str | os.PathLike[str],
    *,
    shard: tuple[int, int] = (1, 1),
    preset: QuantizationPreset | str | None = None,
    model_type: ModelType | str | None = None,
    target_device: TargetDevice | str = TargetDevice.ANY,
    subset_size: int = 300,
    fast_bias_correction: bool = True,
    ignored_scope: IgnoredScope | None = None,
    advanced_parameters: AdvancedQuantizationParameters | None = None,
    threads: int = 0,
    max_memory: int = 0,
    progress: ProgressCallback | bool | None = None,
) -> int:
    """Measures a share of the data, and writes it to a file.

    `quantize(model, octet.stored_statistics(files))`, with the files of all shards and the same
    parameters, gives the same bytes as one run on the data. A run that was ended goes on where its
    file stopped. Every process reads the whole dataset, in the same order.

    Args:
        model, calibration_dataset: as `quantize` takes them.
        file: written every few seconds, and at the end.
        shard: which share, of how many: (1, 4) is the first of four.

    Returns:
        The number of items of the dataset, up to `subset_size`.
    """
    number, count = shard
    if not 1 <= number <= count:
        raise usage("shard", f"{shard} is none", "Give its number and how many there are: (1, 4)")
    options = _options(
        preset=preset,
        model_type=model_type,
        target_device=target_device,
        subset_size=subset_size,
        fast_bias_correction=fast_bias_correction,
        ignored_scope=ignored_scope,
        advanced_parameters=advanced_parameters,
        threads=threads,
        max_memory=max_memory,
    )
    with reporting(progress) as report:
        return _core.calibrate(
            load(model),
            _data(calibration_dataset),
            os.fspath(file),
            number,
            count,
            options,
            report,
            show_one,
        )


def apply(model: Any, recipe: _core.Recipe | str | os.PathLike[str]) -> Any:
    """Replays a recipe on the model that it was made for: what `quantize` returned, without data.

    Args:
        recipe: a recipe, or the path of a saved one.
    """
    kind = kind_of(model)
    core = kind.read(model)
    if not isinstance(recipe, _core.Recipe):
        recipe = _core.Recipe.load(recipe)
    result = _core.apply(core, recipe)
    return kind.give_back(model, core, result, recipe)


def save(model: Any, path: str | os.PathLike[str]) -> None:
    """Writes a model of any kind as OpenVINO IR: `path` (.xml), and a .bin beside it.

    An `ExportedProgram` is written as such where `path` ends in .pt2.
    """
    if os.fspath(path).endswith(".pt2"):
        save_program(model, path)
    else:
        load(model).save(path)


class Inspection(list[_core.LayerDecision]):
    """What `quantize` would do with each layer. `str()` is a table by module."""

    def __init__(self, model: _core.Model, layers: list[_core.LayerDecision]) -> None:
        super().__init__(layers)
        self.model = model

    def __str__(self) -> str:
        return _core.layers_text(self.model, list(self))

    def tree(self, depth: int | None = None) -> str:
        """The layers in INT8 and in floating point below each module, down to `depth` levels."""
        return _core.tree_text(self.model, list(self), depth)

    def to_dot(self) -> str:
        """The graph in Graphviz's language, coloured by precision."""
        return _core.layers_dot(self.model, list(self))

    def to_json(self) -> str:
        return _core.layers_json(self.model, list(self))


@check_keywords
def inspect(
    model: Any,
    *,
    preset: QuantizationPreset | str | None = None,
    model_type: ModelType | str | None = None,
    target_device: TargetDevice | str = TargetDevice.ANY,
    ignored_scope: IgnoredScope | None = None,
    advanced_parameters: AdvancedQuantizationParameters | None = None,
) -> Inspection:
    """What `quantize` would do with each layer, and why. Needs no data."""
    options = _options(
        preset=preset,
        model_type=model_type,
        target_device=target_device,
        ignored_scope=ignored_scope,
        advanced_parameters=advanced_parameters,
    )
    core = load(model)
    return Inspection(core, _core.inspect(core, options))


class ScopePreview:
    """What each rule of an ignored scope touches. `str()` is a list of it.

    Attributes:
        rules: what each rule covers, and which layers it keeps in floating point.
        also: layers that no rule covers, and that are in floating point all the same.
    """

    def __init__(self, model: _core.Model, preview: _core.Preview) -> None:
        self.model = model
        self._preview = preview
        self.rules: list[_core.RulePreview] = preview.rules
        self.also: list[str] = preview.also

    def __str__(self) -> str:
        return _core.preview_text(self.model, self._preview)

    def to_json(self) -> str:
        return _core.preview_json(self._preview)


@check_keywords
def preview(
    model: Any,
    ignored_scope: IgnoredScope,
    *,
    preset: QuantizationPreset | str | None = None,
    model_type: ModelType | str | None = None,
    target_device: TargetDevice | str = TargetDevice.ANY,
    advanced_parameters: AdvancedQuantizationParameters | None = None,
) -> ScopePreview:
    """What each rule of `ignored_scope` would touch. Needs no data."""
    options = _options(
        preset=preset,
        model_type=model_type,
        target_device=target_device,
        ignored_scope=ignored_scope,
        advanced_parameters=advanced_parameters,
    )
    core = load(model)
    return ScopePreview(core, _core.preview(core, options))


def _run_options(
    device: str, precision: str, threads: int, config: Mapping[str, Any] | None
) -> dict[str, Any]:
    texts = {str(name): str(value) for name, value in (config or {}).items()}
    return {"device": device, "precision": precision, "threads": threads, "config": texts}


@check_keywords
def run(
    model: Any,
    sample: Any,
    *,
    device: str = "CPU",
    precision: str = "auto",
    threads: int = 0,
    config: Mapping[str, Any] | None = None,
) -> list[Any]:
    """Runs one item through the model; the outputs in the model's order, as numpy arrays.

    Args:
        sample: as a dataset yields it: a tensor, a list of them, or a dictionary by name.
        precision: "f32", "bf16", "f16", or "auto": the plugin's choice.
        threads: 0: the plugin's choice.
        config: further properties of OpenVINO.
    """
    return _core.run(load(model), sample, **_run_options(device, precision, threads, config))


class Benchmark(list[_core.BenchmarkResult]):
    """One result a model. `str()` is a table."""

    def __init__(self, names: list[str], results: list[_core.BenchmarkResult]) -> None:
        super().__init__(results)
        self.names = names

    def __str__(self) -> str:
        return _core.benchmark_text(self.names, list(self))

    def to_json(self) -> str:
        return _core.benchmark_json(self.names, list(self))


@check_keywords
def benchmark(
    *models: Any,
    seconds: float = 5.0,
    example: Any = None,
    device: str = "CPU",
    precision: str = "auto",
    threads: int = 0,
    config: Mapping[str, Any] | None = None,
) -> Benchmark:
    """Times models, which take turns, so that what disturbs the machine disturbs all of them.

    Args:
        models: of any kind.
        seconds: of latency, and as much of throughput, for each model.
        example: an item to run on; None: noise of the model's shape.
    """
    if not models:
        raise usage("benchmark", "no model was given", "Give one model or more")
    names = [
        os.fspath(model) if isinstance(model, (str, os.PathLike)) else f"model {i + 1}"
        for i, model in enumerate(models)
    ]
    results = _core.benchmark(
        [load(model) for model in models],
        seconds,
        example=example,
        **_run_options(device, precision, threads, config),
    )
    return Benchmark(names, results)


@check_keywords
def executed_layers(
    model: Any,
    *,
    example: Any = None,
    device: str = "CPU",
    precision: str = "auto",
    threads: int = 0,
    config: Mapping[str, Any] | None = None,
) -> list[_core.ExecutedLayer]:
    """What the plugin really runs each layer in. `octet.precisions_text` makes a table of it."""
    return _core.executed_layers(
        load(model), example=example, **_run_options(device, precision, threads, config)
    )


@check_keywords
def compare(
    reference: Any,
    other: Any,
    dataset: Dataset | NativeDataset | Iterable[Any],
    *,
    samples: int = 100,
    device: str = "CPU",
    precision: str = "auto",
    threads: int = 0,
    config: Mapping[str, Any] | None = None,
) -> _core.Comparison:
    """How far the outputs of `other` are from the reference's, over at most `samples` items."""
    return _core.compare(
        load(reference),
        load(other),
        _data(dataset),
        samples,
        **_run_options(device, precision, threads, config),
    )
