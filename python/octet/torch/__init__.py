"""Octet for PyTorch.

Importing it registers the backend of `torch.compile(…, backend="octet")`, and the operators of
quantized programs (`quantized_decomposed`), which `torch.export.load` needs to read one. It patches
nothing in torch.
"""

# Importing it is what registers the operators.
from torch.ao.quantization.fx import _decomposed as _operators  # noqa: F401

from octet.torch._explain import Explanation, explain
from octet.torch._patching import disable_patching
from octet.torch._register import register

__all__ = ["Explanation", "disable_patching", "explain"]

register()
