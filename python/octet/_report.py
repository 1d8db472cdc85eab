"""What quantization did to a model, as a page, as JSON and as text."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from octet import _core
from octet._api import _data
from octet._models import load
from octet._progress import ProgressCallback, reporting
from octet._words import check_keywords
from octet.dataset import Dataset, NativeDataset


def _file_bytes(model: Any) -> int | None:
    """Of a model's files, an .xml with its .bin."""
    if not isinstance(model, (str, os.PathLike)):
        return None
    path = Path(model)
    files = [path, path.with_suffix(".bin")] if path.suffix == ".xml" else [path]
    return sum(file.stat().st_size for file in files if file.exists())


@check_keywords
def report(
    reference: Any,
    quantized: Any,
    dataset: Dataset | NativeDataset | Iterable[Any],
    *,
    samples: int = 4,
    seconds: float = 0.5,
    device: str = "CPU",
    precision: str = "f32",
    threads: int = 0,
    progress: ProgressCallback | bool | None = None,
) -> _core.Report:
    """Runs a model and what was made of it on a few samples, and tells all there is to know: the
    verdict, what each layer ran in, where the error is made, what values are cut off, times.

    Args:
        reference: the model, as `octet.load` takes it.
        quantized: what Octet or another tool made of it.
        dataset: as `octet.quantize` takes it; the first `samples` items are run.
        seconds: for the latency of each model; 0: no time is measured.
        precision: of what is not INT8, for latency.
        threads: for what is not timed; 0: all cores.
    """
    sizes = [_file_bytes(model) for model in (reference, quantized)]
    models = [load(model) for model in (reference, quantized)]
    with reporting(progress) as on_progress:
        return _core.report(
            *models,
            _data(dataset),
            samples,
            seconds,
            device,
            precision,
            threads,
            *sizes,
            on_progress,
        )


@check_keywords
def verify(
    quantized: Any,
    dataset: Dataset | NativeDataset | Iterable[Any],
    *,
    model: Any = None,
    threads: int = 0,
    progress: ProgressCallback | bool | None = None,
) -> _core.Verification:
    """Whether a quantized model is what its receipt says: it is made again by the same options and
    compared, its scales one by one. The result is true where all is equal; `str()` tells.

    Args:
        quantized: what `octet.quantize` made, saved or in memory: no program of torch.
        dataset: the one that it was calibrated with.
        model: the model that it was made from; None: only the data are compared.
    """
    reference = None if model is None else load(model)
    with reporting(progress) as on_progress:
        return _core.verify(load(quantized), _data(dataset), reference, threads, on_progress)
