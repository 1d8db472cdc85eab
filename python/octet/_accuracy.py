"""Quantization that keeps a metric within an allowed drop."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from octet import _core
from octet._api import _data, _options
from octet._log import logger, show_one
from octet._models import kind_of, load
from octet._openvino import import_openvino, to_openvino
from octet._progress import ProgressCallback, reporting
from octet._words import check_keywords
from octet.dataset import Dataset, NativeDataset
from octet.options import (
    AdvancedQuantizationParameters,
    DropType,
    IgnoredScope,
    ModelType,
    QuantizationPreset,
    TargetDevice,
)

#: Takes a compiled openvino model and the validation dataset; returns the metric, larger for better
#: models, or a pair of it and anything else.
ValidationFunction = Callable[[Any, Any], float | tuple[float, Any]]


def _validation(function: ValidationFunction, dataset: Any) -> Callable[[_core.Model], Any]:
    def validate(model: _core.Model) -> Any:
        openvino = import_openvino()
        # What counts is the rounding of INT8, not that of a processor's other short types.
        compiled = openvino.Core().compile_model(
            to_openvino(model), "CPU", {"INFERENCE_PRECISION_HINT": "f32"}
        )
        metric = function(compiled, dataset)
        return metric[0] if isinstance(metric, tuple) else metric

    return validate


def _show_step(step: _core.AccuracyStep) -> None:
    logger.info(
        "accuracy control: %d layers in floating point: metric %.6g, drop %.6g, after %.1f s%s",
        step.float_layers,
        step.metric,
        step.drop,
        step.seconds,
        " (known)" if step.is_known else "",
    )


@check_keywords
def quantize_to_openvino_with_accuracy_control(
    model: Any,
    calibration_dataset: Dataset | NativeDataset | Iterable[Any],
    validation_dataset: Any,
    validation_fn: ValidationFunction,
    *,
    max_drop: float = 0.01,
    drop_type: DropType | str = DropType.ABSOLUTE,
    time_limit: float = 0,
    state: str | os.PathLike[str] = "",
    on_step: Callable[[_core.AccuracyStep], None] | None = None,
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
) -> _core.AccuracyControlResult:
    """Quantizes any kind of model, and puts layers back to floating point, those first that make
    the most error, until the metric drops no more than is allowed.

    Always returns the best model so far: of those within the allowed drop, the one with the fewest
    layers in floating point; where none is, the one with the best metric, and a warning.

    Args:
        model, calibration_dataset, preset ... progress: as `octet.quantize` takes them.
        validation_dataset: what `validation_fn` takes.
        validation_fn: called with an `openvino.CompiledModel` and the dataset; returns the metric,
            larger for better models, or a tuple that begins with it.
        max_drop: how much the metric may drop.
        drop_type: "absolute", or "relative": in shares of the model's metric.
        time_limit: seconds after which no further model is measured; 0: none.
        state: a file for the metrics as they come. A run that was ended goes on from there.
        on_step: called with each `octet.AccuracyStep`; None: they are logged.
    """
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
        return _core.quantize_with_accuracy_control(
            load(model),
            _data(calibration_dataset),
            _validation(validation_fn, validation_dataset),
            options,
            max_drop,
            DropType(drop_type).value,
            time_limit,
            os.fspath(state),
            on_step or _show_step,
            report,
            show_one,
        )


def quantize_with_accuracy_control(
    model: Any,
    calibration_dataset: Dataset | NativeDataset | Iterable[Any],
    validation_dataset: Any,
    validation_fn: ValidationFunction,
    **parameters: Any,
) -> Any:
    """As `quantize_to_openvino_with_accuracy_control`, whose parameters it takes, but returns a
    model of the same kind as `octet.quantize` does.
    """
    kind = kind_of(model)
    core = kind.read(model)
    result = quantize_to_openvino_with_accuracy_control(
        core, calibration_dataset, validation_dataset, validation_fn, **parameters
    ).result
    return kind.give_back(model, core, result.model, result.recipe)
