"""`octet.torch` changes nothing in torch."""

import subprocess
import sys

import pytest

octet = pytest.importorskip("octet")
pytest.importorskip("torch")

COMPARE = """
import sys
import torch, torch.export, torch.fx, torch.nn.functional
# What torch itself changes when these parts of it are loaded is not counted.
import torch._dynamo, torch._functorch.aot_autograd, torch.ao.quantization.fx._decomposed

def attributes():
    found = {}
    places = {name: module for name, module in sys.modules.items() if name.startswith("torch")}
    classes = [torch.Tensor, torch.nn.Module, torch.nn.Parameter, torch.fx.GraphModule]
    classes += [torch.fx.Graph, torch.fx.Node, torch.export.ExportedProgram]
    places.update((str(value), value) for value in classes)
    for place, owner in places.items():
        for name, value in list(vars(owner).items()):
            found[place, name] = value
    return found

before = attributes()
assert len(before) > 10000
import octet, octet.torch
if len(sys.argv) > 1:
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.ReLU()).eval()
    program = torch.export.export(network, (torch.zeros(1, 3, 8, 8),))
    before = attributes()
    octet.quantize(program.module(), [torch.randn(1, 3, 8, 8)], progress=False)
after = attributes()
changed = [place for place, value in before.items() if after.get(place) is not value]
print([place for place in changed if not place[1].startswith("__")])
"""


@pytest.mark.parametrize("arguments", [(), ("quantize",)], ids=["import", "quantize"])
def test_nothing_in_torch_is_changed(arguments):
    result = subprocess.run(
        [sys.executable, "-c", COMPARE, *arguments], check=False, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == "[]"


def test_disable_patching_is_there_and_does_nothing():
    import octet.torch

    with octet.torch.disable_patching():
        pass

    @octet.torch.disable_patching()
    def double(x):
        return 2 * x

    assert double(2) == 4
    assert double(3) == 6
