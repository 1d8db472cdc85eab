"""What the examples of the documentation work on: small models and data under the names that the
pages use."""

from pathlib import Path

import numpy as np
import octet
from outlier_network import outlier_program


def write_inputs(folder: Path) -> None:
    import torch
    from PIL import Image

    torch.manual_seed(0)

    class Block(torch.nn.Module):
        def __init__(self, channels):
            super().__init__()
            self.conv1 = torch.nn.Conv2d(channels, channels, 3, padding=1)
            self.bn = torch.nn.BatchNorm2d(channels)
            self.conv2 = torch.nn.Conv2d(channels, channels, 3, padding=1)

        def forward(self, x):
            return torch.relu(x + self.conv2(torch.relu(self.bn(self.conv1(x)))))

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.stem = torch.nn.Conv2d(3, 8, 3, padding=1)
            self.blocks = torch.nn.Sequential(Block(8), Block(8))
            self.head = torch.nn.Linear(8, 10)

        def forward(self, pixels):
            features = self.blocks(torch.nn.functional.gelu(self.stem(pixels)))
            return self.head(features.mean((2, 3)))

    pixels = torch.zeros(2, 3, 32, 32)
    batch = torch.export.Dim("batch", min=1, max=64)
    program = torch.export.export(Net().eval(), (pixels,), dynamic_shapes=({0: batch},))
    torch.export.save(program, folder / "network.pt2")
    octet.save(program, folder / "network.xml")

    random = np.random.default_rng(0)
    samples = random.normal(0, 1, (64, 3, 32, 32)).astype(np.float32)
    np.save(folder / "samples.npy", samples)
    np.savez(folder / "samples.npz", pixels=samples)
    np.save(folder / "test.npy", random.normal(0, 1, (32, 3, 32, 32)).astype(np.float32))
    scores = octet.run(program, np.load(folder / "test.npy"))[0]
    np.save(folder / "labels.npy", scores.argmax(1))

    (folder / "photos").mkdir()
    for number in range(8):
        image = Image.fromarray(random.integers(0, 256, (48, 40, 3), dtype=np.uint8))
        image.save(folder / "photos" / f"{number}.png")

    torch.export.save(outlier_program(1, 16), folder / "outliers.pt2")
    rows = np.random.default_rng(5).normal(0, 1, (32, 16)).astype(np.float32)
    np.save(folder / "rows.npy", rows)

    encoder = torch.nn.TransformerEncoderLayer(32, 2, 64, batch_first=True)
    torch.export.save(
        torch.export.export(encoder.eval(), (torch.zeros(1, 8, 32),)), folder / "encoder.pt2"
    )
    np.save(folder / "tokens.npy", random.normal(0, 1, (16, 8, 32)).astype(np.float32))
