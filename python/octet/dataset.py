"""Calibration data: any iterable, or files that are read without Python."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from octet._core import NativeDataset, image_folder, npy_file, npz_file
from octet.errors import usage

__all__ = ["Dataset", "NativeDataset", "image_folder", "npy_file", "npz_file"]


class Dataset:
    """Items of `source`, each passed through `transform_fn`.

    Args:
        source: any iterable: a DataLoader, a list, a generator. A generator can be read once.
        transform_fn: makes the model's input of an item: a tensor; a tuple or list of tensors in
            the order of the model's inputs; or a dictionary by their names. Tensors of torch, numpy
            and OpenVINO are taken without a copy where their elements are contiguous.
    """

    def __init__(
        self, source: Iterable[Any], transform_fn: Callable[[Any], Any] | None = None
    ) -> None:
        if isinstance(source, str | os.PathLike):
            raise usage(
                "Dataset",
                f"'{os.fspath(source)}' is a path",
                "Give what octet.npy_file, octet.npz_file or octet.image_folder makes of it",
            )
        if not isinstance(source, Iterable) and not hasattr(source, "__getitem__"):
            raise usage(
                "Dataset", f"{type(source).__name__} cannot be iterated over", "Give an iterable"
            )
        if transform_fn is not None and not callable(transform_fn):
            raise usage("Dataset", "transform_fn cannot be called", "Give a function")
        self.source = source
        self.transform_fn = transform_fn

    @property
    def batch_size(self) -> int | None:
        """Batch size that the source declares, as a DataLoader does."""
        size = getattr(self.source, "batch_size", None)
        return size if isinstance(size, int) else None

    @property
    def description(self) -> str:
        """What messages call the dataset."""
        return f"dataset of {type(self.source).__name__}"

    def __length_hint__(self) -> int:
        try:
            return len(self.source)  # type: ignore[arg-type]
        except TypeError:
            return NotImplemented

    def __iter__(self) -> Iterator[Any]:
        # A generator, so that a StopIteration of the transform is an error and not the end.
        for item in self.source:
            yield item if self.transform_fn is None else self.transform_fn(item)

    def __repr__(self) -> str:
        return f"octet.Dataset({type(self.source).__name__})"
