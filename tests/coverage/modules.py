"""Small networks of kinds that no library in reach carries."""

import math

import torch
import torch.nn.functional as F
from torch import nn


def convolution(channels_in: int, channels_out: int, **options: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False, **options),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(inplace=True),
    )


class UNet(nn.Module):
    """Three levels; one goes up by a transposed convolution, the other by interpolation."""

    def __init__(self):
        super().__init__()
        self.down = nn.ModuleList([convolution(3, 16), convolution(16, 32), convolution(32, 64)])
        self.up_1 = nn.ConvTranspose2d(64, 32, 2, stride=2)
        self.merge_1 = convolution(64, 32)
        self.up_2 = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
        self.merge_2 = convolution(48, 16)
        self.head = nn.Conv2d(16, 2, 1)

    def forward(self, image):
        first = self.down[0](image)
        second = self.down[1](F.max_pool2d(first, 2))
        third = self.down[2](F.max_pool2d(second, 2))
        x = self.merge_1(torch.cat([self.up_1(third), second], 1))
        return self.head(self.merge_2(torch.cat([self.up_2(x), first], 1)))


class RecurrentClassifier(nn.Module):
    """Tokens -> embedding -> two bidirectional layers -> scores of the last step."""

    def __init__(self, kind: type[nn.RNNBase]):
        super().__init__()
        self.embedding = nn.Embedding(100, 24)
        self.layers = kind(24, 32, num_layers=2, batch_first=True, bidirectional=True, dropout=0.1)
        self.head = nn.Linear(64, 5)

    def forward(self, tokens):
        states, _ = self.layers(self.embedding(tokens))
        return self.head(states[:, -1])


class LstmCellLoop(nn.Module):
    """A cell that is stepped over time, with its state fed back."""

    def __init__(self):
        super().__init__()
        self.cell = nn.LSTMCell(12, 32)
        self.head = nn.Linear(32, 4)

    def forward(self, frames):
        h = frames.new_zeros(frames.shape[0], 32)
        c = torch.zeros_like(h)
        scores = []
        for frame in frames.unbind(1):
            h, c = self.cell(frame, (h, c))
            scores.append(self.head(h))
        return torch.stack(scores, 1), (h, c)


class VoiceDetector(nn.Module):
    """One chunk of sound and the cell's state -> a probability and the next state."""

    def __init__(self):
        super().__init__()
        window = torch.hann_window(64)
        angles = 2 * math.pi * torch.outer(torch.arange(33), torch.arange(64)) / 64
        basis = torch.cat([torch.cos(angles), torch.sin(angles)]) * window
        self.register_buffer("basis", basis.unsqueeze(1))
        self.encoder = nn.Sequential(
            nn.Conv1d(33, 32, 3, padding=1),
            nn.ReLU(),
            nn.Conv1d(32, 32, 3, stride=2, padding=1),
            nn.ReLU(),
        )
        self.cell = nn.LSTMCell(32, 32)
        self.head = nn.Conv1d(32, 1, 1)

    def forward(self, sound, state):
        x = F.pad(sound.unsqueeze(1), (32, 32), mode="reflect")
        real, imaginary = F.conv1d(x, self.basis, stride=32).chunk(2, 1)
        x = self.encoder(torch.sqrt(real**2 + imaginary**2))
        h, c = state[0], state[1]
        for frame in x.unbind(-1):
            h, c = self.cell(frame, (h, c))
        probability = torch.sigmoid(self.head(F.relu(h).unsqueeze(-1))).squeeze(-1)
        return probability, torch.stack([h, c])


class Twins(nn.Module):
    """One encoder called on two images."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            convolution(3, 16, stride=2),
            convolution(16, 32, stride=2),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(32, 16),
        )

    def forward(self, left, right):
        a, b = self.encoder(left), self.encoder(right)
        return {"distance": (a - b).norm(dim=1), "codes": (a, b)}


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(3, 16, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(16, 32, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
        )
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(32, 16, 4, stride=2, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.ConvTranspose2d(16, 16, 3, stride=2, padding=1, output_padding=1, groups=4),
            nn.ELU(),
            nn.Conv2d(16, 3, 3, padding=1),
            nn.Tanh(),
        )

    def forward(self, image):
        code = self.encoder(image)
        return self.decoder(code), code


class MaskedAttention(nn.Module):
    """Attention whose mask adds the smallest float, as transformers' eager attention does."""

    def __init__(self, width: int = 32, heads: int = 4):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))
        self.norm = nn.LayerNorm(width)

    def forward(self, x, mask):
        batch, length, width = x.shape
        smallest = torch.finfo(x.dtype).min
        causal = torch.full((length, length), smallest, dtype=x.dtype).triu(1)
        padding = (1.0 - mask[:, None, None, :].to(x.dtype)) * smallest
        bias = torch.clamp(causal + padding, min=smallest)

        def split(y):
            return y.view(batch, length, self.heads, width // self.heads).transpose(1, 2)

        query, key, value = split(self.query(x)), split(self.key(x)), split(self.value(x))
        scores = query @ key.transpose(-1, -2) / math.sqrt(width // self.heads) + bias
        y = torch.softmax(scores, dim=-1) @ value
        return self.norm(x + self.out(y.transpose(1, 2).reshape(batch, length, width)))


class DilatedBlock(nn.Module):
    def __init__(self, channels: int, dilation: int):
        super().__init__()
        self.past = 2 * dilation
        self.filter = nn.utils.parametrizations.weight_norm(
            nn.Conv1d(channels, 2 * channels, 3, dilation=dilation)
        )
        self.mix = nn.Conv1d(channels, channels, 1)

    def forward(self, x):
        gate, value = self.filter(F.pad(x, (self.past, 0))).chunk(2, 1)
        return x + self.mix(torch.sigmoid(gate) * torch.tanh(value))


class DilatedConvolutions(nn.Module):
    """Gated causal convolutions over time, each seeing further back; weights are normalized."""

    def __init__(self):
        super().__init__()
        self.enter = nn.Conv1d(8, 16, 1)
        self.blocks = nn.ModuleList(DilatedBlock(16, 2**i) for i in range(4))
        self.leave = nn.Conv1d(16, 8, 1)

    def forward(self, x):
        x = self.enter(x)
        for block in self.blocks:
            x = block(x)
        return self.leave(F.hardswish(x))
