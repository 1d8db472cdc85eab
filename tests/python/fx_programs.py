"""Small networks for the tests of torch programs, and what those tests look at."""

from collections import Counter

import numpy as np
import octet
import openvino as ov
import torch
from torch import nn


class Network(nn.Module):
    """Image -> scores and what they are made of: a residual, a depthwise convolution, a product.

    `stem` has no bias, and `norm` is folded into it. The first ReLU writes to its input.
    """

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(16)
        self.relu = nn.ReLU(inplace=True)
        self.depth = nn.Conv2d(16, 16, 3, padding=1, groups=16)
        self.point = nn.Conv2d(16, 16, 1)
        self.head = nn.Linear(16, 10)

    def forward(self, image, *, shift=None):
        x = self.relu(self.norm(self.stem(image)))
        x = self.relu(x + self.point(self.depth(x)))
        features = x.mean((2, 3))
        if shift is not None:
            features = features + shift
        return {"scores": self.head(features), "inner": (features, x)}


LAYERS = {"Convolution": 3, "FullyConnected": 1}  #: of Network, as the runtime calls them


class Scores(Network):
    def forward(self, image):
        return super().forward(image)["scores"]


class Twins(nn.Module):
    """One encoder that is called on two images: its weights are used twice."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(3, 16, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(32, 16),
        )

    def forward(self, left, right):
        return self.encoder(left) - self.encoder(right)


def make(kind: type[nn.Module]) -> nn.Module:
    """The same weights each time, with batch norms that do something."""
    torch.manual_seed(0)
    network = kind().eval()
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                nn.init.uniform_(module.weight, 0.7, 1.3)
                nn.init.normal_(module.running_mean, 0, 0.2)
                nn.init.uniform_(module.running_var, 0.7, 1.3)
    return network


def images(count: int = 8, batch: int = 1, size: int = 16, seed: int = 1) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(batch, 3, size, size, generator=generator) for _ in range(count)]


def program_of_network() -> torch.export.ExportedProgram:
    """`Network` for any batch, with a keyword input."""
    batch = torch.export.Dim("batch", max=64)
    return torch.export.export(
        make(Network),
        (torch.zeros(2, 3, 16, 16),),
        {"shift": torch.zeros(16)},
        dynamic_shapes={"image": {0: batch}, "shift": None},
    )


def samples_of_network() -> list[dict[str, torch.Tensor]]:
    generator = torch.Generator().manual_seed(2)
    shifts = [torch.rand(16, generator=generator) for _ in range(8)]
    return [{"image": i, "shift": s} for i, s in zip(images(), shifts, strict=True)]


def quantized(model, data, **options):
    return octet.quantize(model, data, subset_size=len(data), progress=False, **options)


def leaves(result) -> list[np.ndarray]:
    return [tensor.detach().numpy() for tensor in torch.utils._pytree.tree_leaves(result)]


def bytes_of(state: dict[str, torch.Tensor]) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in state.values())


def compiled(model: ov.Model) -> ov.CompiledModel:
    return ov.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})


def kernels(model: ov.CompiledModel) -> Counter:
    """How many convolutions and products ran in which type."""
    found = Counter()
    for node in model.get_runtime_model().get_ordered_ops():
        info = node.get_rt_info()
        kind, precision = (info[key].astype(str) for key in ("layerType", "runtimePrecision"))
        if kind in ("Convolution", "Deconvolution", "FullyConnected", "MatMul"):
            found[kind, precision] += 1
    return found


def operators(graph: torch.fx.Graph) -> Counter:
    return Counter(str(node.target) for node in graph.nodes if node.op == "call_function")
