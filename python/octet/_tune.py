"""The search for the best recipe."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from octet import _core
from octet._accuracy import ValidationFunction, _validation
from octet._api import _data, _options
from octet._log import logger, show_one
from octet._models import kind_of
from octet._progress import ProgressCallback, reporting
from octet._words import check_keywords
from octet.dataset import Dataset, NativeDataset
from octet.errors import usage
from octet.options import (
    AdvancedQuantizationParameters,
    DropType,
    IgnoredScope,
    ModelType,
    OnCollapse,
    QuantizationPreset,
    TargetDevice,
)


def _show_candidate(candidate: _core.TuneCandidate) -> None:
    logger.info(
        "tune: %s: score %.6g, %.2f times as fast, after %.1f s",
        candidate.name,
        candidate.score,
        candidate.speedup,
        candidate.seconds,
    )


class Tuning:
    """What `octet.tune` found. `str()` is a table of the best candidates.

    Attributes:
        model: the chosen model, of the kind that was given.
        result: the same as `octet.quantize_to_openvino` returns it.
        candidates: all recipes that were tried; `octet.apply(model, candidate.recipe)` makes one.
        front: those that no other candidate is as good and as fast as.
        chosen: the candidate that `model` was made by.
    """

    def __init__(self, model: Any, tuned: _core.TuneResult) -> None:
        self.model = model
        self._tuned = tuned
        self.result = tuned.result
        self.candidates = tuned.candidates
        self.front = tuned.front
        self.chosen = tuned.chosen
        self.reference_score = tuned.reference_score
        self.reference_latency_ms = tuned.reference_latency_ms
        self.is_complete = tuned.is_complete

    def __str__(self) -> str:
        return str(self._tuned)

    def text(self, all: bool = False) -> str:
        """The table; with `all` of every candidate."""
        return self._tuned.text(all)

    def to_json(self) -> str:
        return self._tuned.to_json()


@check_keywords
def tune(
    model: Any,
    calibration_dataset: Dataset | NativeDataset | Iterable[Any],
    validation_dataset: Any = None,
    validation_fn: ValidationFunction | None = None,
    *,
    max_drop: float = 0.005,
    drop_type: DropType | str = DropType.RELATIVE,
    time_limit: float = 0,
    precision: str = "f32",
    inference_threads: int = 0,
    example: Any = None,
    on_candidate: Callable[[_core.TuneCandidate], None] | None = None,
    preset: QuantizationPreset | str | None = None,
    model_type: ModelType | str | None = None,
    target_device: TargetDevice | str = TargetDevice.ANY,
    subset_size: int = 300,
    fast_bias_correction: bool = True,
    ignored_scope: IgnoredScope | None = None,
    advanced_parameters: AdvancedQuantizationParameters | None = None,
    on_collapse: OnCollapse | str = OnCollapse.WARN,
    threads: int = 0,
    progress: ProgressCallback | bool | None = None,
) -> Tuning:
    """Looks for the recipe that gives the best and fastest model on this machine.

    Tries estimators, presets, SmoothQuant, channel alignment, bias corrections, and layers left in
    floating point because INT8 makes them slower or because they make the most error. The data are
    read once. Latency is measured, in turns with the model as it was. The chosen model is the
    fastest of those that lose no more than is allowed.

    Args:
        model, calibration_dataset, preset ... progress: as `octet.quantize` takes them.
        validation_dataset: what `validation_fn` takes.
        validation_fn: called with an `openvino.CompiledModel` and the dataset; returns the metric,
            larger for better models, or a tuple that begins with it. None: the score is the ratio
            of signal to noise against FP32 (SQNR, in dB) of the worst output, before a softmax, on
            a quarter of the data (32 samples at most) that is not calibrated with; the chosen model
            is no worse than the options as they are given.
        max_drop: how much of the metric the chosen model may lose.
        drop_type: "absolute", or "relative": in shares of the model's metric.
        time_limit: seconds after which nothing further is tried; 0: none.
        precision: that latency is measured with, of what is not INT8: "f32", "bf16", "auto".
        inference_threads: that latency is measured with; 0: the plugin's choice.
        example: an item that latency is measured on; None: the first of the dataset.
        on_candidate: called with each `octet.TuneCandidate`; None: they are logged.
    """
    if (validation_fn is None) != (validation_dataset is None):
        raise usage(
            "validation_fn",
            "it goes with validation_dataset, and one of them is missing",
            "Give both, or neither",
        )
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
    )
    kind = kind_of(model)
    core = kind.read(model)
    with reporting(progress) as report:
        tuned = _core.tune(
            core,
            _data(calibration_dataset),
            _validation(validation_fn, validation_dataset) if validation_fn else None,
            options,
            max_drop,
            DropType(drop_type).value,
            time_limit,
            precision,
            inference_threads,
            example,
            on_candidate or _show_candidate,
            report,
            show_one,
        )
    return Tuning(kind.give_back(model, core, tuned.result.model, tuned.result.recipe), tuned)
