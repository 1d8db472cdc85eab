"""Octet for PyTorch: `torch.compile(model, backend="octet")`. Importing it registers the backend."""

from octet.torch._explain import Explanation, explain
from octet.torch._register import register

__all__ = ["Explanation", "explain"]

register()
