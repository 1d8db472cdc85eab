"""Octet for PyTorch. Importing it registers the backend of `torch.compile(…, backend="octet")`."""

from octet.torch._explain import Explanation, explain
from octet.torch._register import register

__all__ = ["Explanation", "explain"]

register()
