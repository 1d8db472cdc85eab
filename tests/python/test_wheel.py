"""The installed wheel: what it needs, where it looks for libraries, and what importing it loads."""

import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

try:
    DISTRIBUTION = importlib.metadata.distribution("octet-quant")
except importlib.metadata.PackageNotFoundError:
    pytest.skip("the wheel is not installed: make wheel", allow_module_level=True)

# Refuses the packages that Octet must do without, then quantizes a model of OpenVINO.
WITHOUT_TORCH_AND_ONNX = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "onnx", "torchvision", "transformers", "nncf"):
            raise ImportError(f"{name} was imported")

sys.meta_path.insert(0, Refuse())
import numpy as np
import octet
import openvino as ov
from openvino import opset13 as op

random = np.random.default_rng(0)
x = op.parameter([1, 3, 8, 8], ov.Type.f32, name="x")
weight = op.constant(random.normal(size=(4, 3, 3, 3)).astype(np.float32))
model = ov.Model([op.relu(op.convolution(x, weight, [1, 1], [1, 1], [1, 1], [1, 1]))], [x])
samples = [random.normal(size=(1, 3, 8, 8)).astype(np.float32) for _ in range(4)]
quantized = octet.quantize(model, octet.Dataset(samples))
types = [node.get_type_name() for node in quantized.get_ops()]
integers = [node for node in quantized.get_ops()
            if node.get_type_name() == "Constant" and node.get_element_type() == ov.Type.i8]
print(types.count("FakeQuantize"), len(integers))
"""


def installed_files(suffix: str) -> list[Path]:
    files = [Path(DISTRIBUTION.locate_file(file)).resolve() for file in DISTRIBUTION.files]
    found = [file for file in files if suffix in file.name or file.name == suffix]
    assert found, suffix
    return found


def test_it_needs_openvino_and_numpy_only():
    needs = {need.split(">")[0].split("=")[0] for need in DISTRIBUTION.requires}
    assert needs == {"numpy", "openvino"}
    assert "openvino==2026.4.1" in DISTRIBUTION.requires


def test_it_works_without_torch_and_onnx():
    result = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH_AND_ONNX],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    # The input's quantizer, and the weight as integers.
    assert result.stdout.split() == ["1", "1"]


def test_the_command_is_native():
    (command,) = [file for file in installed_files("octet") if file.name == "octet"]
    assert command.read_bytes()[:4] == b"\x7fELF"
    shown = subprocess.run([command, "--version"], check=True, capture_output=True, text=True)
    assert shown.stdout == f"octet {DISTRIBUTION.version}\n"


def test_no_path_of_the_build_machine_is_kept():
    """Libraries are looked up beside the file, wherever the wheel is installed."""
    binaries = [*installed_files(".so"), *installed_files("octet")]
    for file in {file for file in binaries if file.read_bytes()[:4] == b"\x7fELF"}:
        dynamic = subprocess.run(
            ["readelf", "-d", file], check=True, capture_output=True, text=True
        ).stdout
        (line,) = [line for line in dynamic.splitlines() if "RUNPATH" in line or "RPATH" in line]
        folders = line.split("[")[1].rstrip("]").split(":")
        assert all(folder.startswith("$ORIGIN") for folder in folders), (file, folders)
