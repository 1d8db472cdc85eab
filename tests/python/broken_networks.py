"""Networks that lose their accuracy where every tensor is rounded naively, each for its own reason.

Weights and data are random from fixed seeds; what makes a network hard is built in.
"""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
nn = torch.nn


class DepthwiseRanges(nn.Module):
    """A depthwise layer whose channels have ranges from 1 to 10,000; the next layer takes that
    back, so that every channel matters alike."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, padding=1)
        self.depthwise = nn.Conv2d(16, 16, 3, padding=1, groups=16)
        self.point = nn.Conv2d(16, 16, 1)
        self.head = nn.Linear(16, 8)
        with torch.no_grad():
            scale = torch.logspace(0, 4, 16)
            self.depthwise.weight *= scale.reshape(-1, 1, 1, 1)
            self.depthwise.bias *= scale
            self.point.weight /= scale.reshape(1, -1, 1, 1)

    def forward(self, x):
        x = torch.relu(self.depthwise(torch.relu(self.stem(x))))
        return self.head(torch.relu(self.point(x)).mean((2, 3)))


class ZeroBiases(nn.Module):
    """Biases with exact zeros, and weights a third of a rounding step beside the codes: every sum
    of positive inputs is off to the same side."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 16, 3), nn.Conv2d(16, 8, 3)
        with torch.no_grad():
            for conv in (self.first, self.second):
                step = 1 / 127
                codes = torch.randint(-4, 5, conv.weight.shape).float()
                conv.weight.copy_(step * (codes + 0.33))
                conv.weight[:, 0, 0, 0] = 1  # every channel's range
                conv.bias[::2] = 0

    def forward(self, x):
        return self.second(torch.relu(self.first(x.abs()))).mean((2, 3))


class LayerNormOutliers(nn.Module):
    """A block as in vision transformers, whose layer norms make two channels much larger than the
    others, as trained ones do; the weights behind hardly use them."""

    def __init__(self, outlier: float, has_attention: bool):
        super().__init__()
        self.has_attention = has_attention
        self.embed = nn.Linear(32, 32)
        self.norm1, self.norm2 = nn.LayerNorm(32), nn.LayerNorm(32)
        self.qkv, self.out = nn.Linear(32, 96), nn.Linear(32, 32)
        self.up, self.down = nn.Linear(32, 64), nn.Linear(64, 32)
        self.head = nn.Linear(32, 8)
        with torch.no_grad():
            for norm, layer in ((self.norm1, self.qkv), (self.norm2, self.up)):
                norm.weight[5], norm.weight[20] = outlier, outlier / 2
                layer.weight[:, [5, 20]] /= 3 * outlier

    def forward(self, x):
        x = self.embed(x)
        if self.has_attention:
            q, k, v = self.qkv(self.norm1(x)).reshape(1, -1, 3, 4, 8).permute(2, 0, 3, 1, 4)
            weights = torch.softmax(q @ k.transpose(-1, -2) / 8**0.5, -1)
            x = x + self.out((weights @ v).transpose(1, 2).reshape(1, -1, 32))
        else:
            x = x + self.out(self.qkv(self.norm1(x))[..., :32])
        x = x + self.down(nn.functional.gelu(self.up(self.norm2(x))))
        return self.head(x.mean(1))


class HardSwish(nn.Module):
    """Hard-swish, whose outputs reach far up and hardly below zero, with squeeze and excitation."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, padding=1)
        self.depthwise = nn.Conv2d(16, 16, 3, padding=1, groups=16)
        self.squeeze, self.excite = nn.Conv2d(16, 4, 1), nn.Conv2d(4, 16, 1)
        self.point = nn.Conv2d(16, 32, 1)
        self.head = nn.Linear(32, 8)

    def forward(self, x):
        act = nn.functional.hardswish
        x = act(self.depthwise(act(self.stem(x))))
        gate = nn.functional.hardsigmoid(
            self.excite(torch.relu(self.squeeze(x.mean((2, 3), keepdim=True))))
        )
        return self.head(act(self.point(x * gate)).mean((2, 3)))


class Recurrent(nn.Module):
    """A text classifier: embeddings, an LSTM or GRU as one operation, and a head."""

    def __init__(self, cell: str):
        super().__init__()
        self.embed = nn.Embedding(50, 16)
        self.cell = getattr(nn, cell)(16, 24, batch_first=True)
        self.head = nn.Linear(24, 5)

    def forward(self, tokens):
        return self.head(self.cell(self.embed(tokens))[0][:, -1])


def exported(network, *shape: int):
    torch.manual_seed(0)
    return torch.export.export(network().eval(), (torch.zeros(*shape),))


def images(count: int) -> list[np.ndarray]:
    return list(np.random.default_rng(0).normal(0, 1, (count, 1, 3, 12, 12)).astype(np.float32))


def tokens(count: int) -> list[np.ndarray]:
    return list(np.random.default_rng(0).normal(0, 1, (count, 1, 8, 32)).astype(np.float32))
