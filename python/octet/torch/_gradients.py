"""Results of a model that has parameters to train, but that only runs forward here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from octet.errors import make


class _NoGradient(torch.autograd.Function):
    """Passes tensors on; their gradient is an error that says why there is none."""

    @staticmethod
    def forward(context: Any, _anchor: torch.Tensor, *tensors: torch.Tensor) -> Any:
        return tuple(tensor.view_as(tensor) for tensor in tensors)

    @staticmethod
    def backward(context: Any, *_gradients: Any) -> Any:
        raise make(
            "unsupported_model",
            "torch",
            "",
            "models that the backend 'octet' compiled compute no gradients",
            "Train the model that is not compiled, or call this one under torch.no_grad()",
        )


def without_gradient(compiled: Callable[..., Any]) -> Callable[..., Any]:
    """`compiled`, whose results require gradients as eager's do, but cannot give them."""

    def call(*arguments: Any) -> Any:
        results = list(compiled(*arguments))
        places = [
            i
            for i, value in enumerate(results)
            if isinstance(value, torch.Tensor)
            and value.is_floating_point()
            and not value.requires_grad
        ]
        anchor = torch.empty((), requires_grad=True)
        marked = _NoGradient.apply(anchor, *(results[i] for i in places))
        for i, value in zip(places, marked, strict=True):
            results[i] = value
        return tuple(results)

    return call
