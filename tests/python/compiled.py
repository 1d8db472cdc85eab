"""What the tests of the torch.compile backend share."""

import gc

import octet.torch
import pytest
import torch
from torch import nn
from torch.nn import functional

TOLERANCE = 1e-4


@pytest.fixture(autouse=True)
def fresh():
    """Each test compiles for itself, and without gradients unless it says otherwise."""
    torch.compiler.reset()
    gc.collect()
    torch.manual_seed(0)
    with torch.no_grad():
        yield


def compiled(model, **options):
    dynamic = options.pop("dynamic", None)
    return torch.compile(model, backend="octet", dynamic=dynamic, options=options or None)


def assert_close(given, expected):
    given, expected = (torch.utils._pytree.tree_leaves(value) for value in (given, expected))
    assert len(given) == len(expected)
    for one, other in zip(given, expected, strict=True):
        if not isinstance(other, torch.Tensor):
            assert one == other
            continue
        assert one.dtype == other.dtype
        assert one.shape == other.shape
        if other.dtype.is_floating_point and other.numel():
            scale = other.abs().max().clamp(min=1e-6)
            assert ((one - other).abs().max() / scale) < TOLERANCE
        else:
            assert torch.equal(one, other)


def only_part(function):
    """The one part that runs on OpenVINO; nothing may run in eager."""
    graphs = octet.torch.explain(function)["graphs"]
    assert len(graphs) == 1
    assert graphs[0]["eager"] == []
    assert graphs[0]["eager_reason"] is None
    (part,) = graphs[0]["parts"]
    return part


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.norm = nn.BatchNorm2d(8)
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        return self.fc(functional.relu(self.norm(self.conv(x))).mean((2, 3)))


def mlp():
    return nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 4)).eval()
