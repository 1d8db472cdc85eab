"""Memory that measuring takes: predicted, kept within a limit."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import octet
import openvino as ov
import pytest
from command_inputs import convolutions, find_command
from openvino import opset13 as op

COUNT = 6

#: Peak memory beyond what the process had, and what was predicted, in bytes.
MEASURE = """
import sys
from pathlib import Path
import numpy as np, octet, openvino as ov
sys.path.insert(0, sys.argv[1])
from test_memory import wide
from command_inputs import convolutions

def status(field):
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024

random = np.random.default_rng(0)
warm = [random.normal(size=(1, 3, 16, 16)).astype(np.float32)]
octet.quantize(convolutions(), warm, progress=False)  # loads the runtime
model = wide()
samples = [random.normal(size=(1, 192, 56, 56)).astype(np.float32) for _ in range(4)]
Path("/proc/self/clear_refs").write_text("5")
before = status("VmRSS")
result = octet.quantize_to_openvino(
    model, samples, threads=int(sys.argv[2]), on_collapse="ignore", progress=False
)
print(status("VmHWM") - before, result.memory["predicted_bytes"])
"""


def wide():
    """Six convolutions whose weights and tensors take some megabytes each."""
    random = np.random.default_rng(2)
    x = op.parameter([1, 192, 56, 56], ov.Type.f32, name="x")
    at = x
    for _ in range(6):
        weight = random.normal(0, 0.02, (192, 192, 3, 3)).astype(np.float32)
        at = op.relu(op.convolution(at, op.constant(weight), [1, 1], [1, 1], [1, 1], [1, 1]))
    return ov.Model([op.reduce_mean(at, op.constant([2, 3]), False)], [x], "wide")


@pytest.mark.parametrize("threads", [1, 2])
def test_prediction_is_near_the_peak(threads):
    """Within a factor of 2 either way."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, Path(__file__).parent, str(threads)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    peak, predicted = map(int, done.stdout.split())
    assert predicted / 2 < peak < predicted * 2, (peak, predicted)


@pytest.fixture
def samples():
    return np.random.default_rng(5).normal(size=(COUNT, 1, 3, 16, 16)).astype(np.float32)


def test_a_limit_changes_nothing_but_the_pace(samples, tmp_path):
    saved, model = [], convolutions()
    for limit in (0, 1 << 40, 1):
        result = octet.quantize_to_openvino(
            model, samples, threads=2, max_memory=limit, progress=False
        )
        octet.save(result.model, tmp_path / "saved.xml")
        saved.append([(tmp_path / f"saved.{part}").read_bytes() for part in ("xml", "bin")])
        assert result.memory["predicted_bytes"] > 0
        assert result.memory["streams"] == (1 if limit == 1 else 2)
        assert result.memory["is_within_limit"] == (limit != 1)
        codes = [diagnostic.code for diagnostic in result.diagnostics]
        assert ("memory_plan" in codes) == (limit != 0)
    assert saved[0] == saved[1] == saved[2]


def test_command(samples, tmp_path):
    command = find_command()
    if command is None:
        pytest.skip("the command is not built")
    octet.save(convolutions(), tmp_path / "model.xml")
    np.save(tmp_path / "samples.npy", samples[:, 0])

    def run(*words):
        words = ["quantize", "model.xml", "--data", "samples.npy", "-o", "out.xml", *words]
        return subprocess.run(
            [command, *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )

    told = run("--max-memory", "2G", "--profile")
    assert told.returncode == 0, told.stderr
    assert "is expected to take" in told.stderr and "of 2.1 GB" in told.stderr
    assert "memory for measuring" in told.stdout
    short = run("--max-memory", "1K")
    assert short.returncode == 0 and "Allow that much" in short.stderr
    for wrong in ("2X", "0", "-1", "99999999999G", ""):
        assert run(f"--max-memory={wrong}").returncode == 2, wrong
