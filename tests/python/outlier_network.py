"""A network that loses its accuracy in INT8, unless one layer stays in floating point."""

import pytest


def outlier_program(*shape: int):
    """For inputs of this shape, whose last axis is 16. Its second layer reads a channel a thousand
    times larger than those that matter."""
    torch = pytest.importorskip("torch")

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            torch.manual_seed(0)
            self.fc1, self.fc2 = torch.nn.Linear(16, 16), torch.nn.Linear(16, 12)
            with torch.no_grad():
                self.fc2.weight[:, 3] *= 1e-4
            self.register_buffer("scale", torch.ones(16))
            self.scale[3] = 1000

        def forward(self, x):
            return self.fc2(torch.nn.functional.elu(self.fc1(x) * self.scale))

    return torch.export.export(Net().eval(), (torch.zeros(*shape),))
