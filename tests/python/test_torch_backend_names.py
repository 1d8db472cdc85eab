"""Under which names torch finds the backend. A process each: names are taken once."""

import subprocess
import sys

import pytest

pytest.importorskip("torch")

CALL = """
model, x = torch.nn.Linear(4, 2).eval(), torch.ones(1, 4)
call = torch.compile(model, backend="openvino", options={"aot_autograd": True})
with torch.no_grad():
    # OpenVINO's own computes in bf16 where the CPU can.
    torch.testing.assert_close(call(x), model(x), atol=0.05, rtol=0.05)
print(len(octet.torch.explain(call)["graphs"]))
"""


def run(imports):
    result = subprocess.run(
        [sys.executable, "-c", imports + CALL], check=False, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip(), result.stderr.count("the backend 'openvino' is OpenVINO's own")


def test_it_takes_the_name_openvino_where_that_is_free():
    assert run("import torch, octet.torch") == ("1", 0)


def test_openvinos_own_backend_comes_second():
    assert run("import torch, octet.torch, openvino.torch") == ("1", 0)


def test_openvinos_own_backend_came_first():
    """It stays, and a warning tells once how to choose Octet's."""
    graphs, warnings = run("import torch, openvino.torch, octet.torch, octet.torch")
    assert (graphs, warnings) == ("0", 1)
