"""The tutorial runs, on small images, and its page says what the program does."""

import re
import subprocess
import sys

import pytest
from command_inputs import TESTS

PROGRAM = TESTS.parent / "examples" / "pytorch_export_tutorial.py"
PAGE = TESTS.parent / "docs" / "tutorial.md"


def test_the_page_shows_the_program():
    """Each block of code is in the program as it is, and they come in its order."""
    program = PROGRAM.read_text()
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) > 5
    place = 0
    for block in blocks:
        place = program.find(block, place)
        assert place >= 0, block


def test_the_program_runs(tmp_path):
    for module in ("octet", "torch", "skimage", "PIL"):
        pytest.importorskip(module)
    arguments = ["--size", "32", "--batch", "4", "--images", "16", "--seconds", "0.01"]
    arguments.append("--without-inductor")  # `make tutorial` runs all
    result = subprocess.run(
        [sys.executable, str(PROGRAM), *arguments, "--folder", str(tmp_path)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    likenesses = re.findall(r"cosine of the scores (\S+) or more", result.stdout)
    assert len(likenesses) == 4
    assert all(float(cosine) > 0.95 for cosine in likenesses)
    rows = re.findall(r"^ +(\S.*?) +[\d.]+ +[\d.]+x$", result.stdout, re.MULTILINE)
    assert rows == ["eager, FP32", "OpenVINO, FP32", "OpenVINO, INT8"]
    assert "Convolution: 20 in u8" in result.stdout
    assert (tmp_path / "resnet18_int8.pt2").stat().st_size < 13e6  # 47 MB in floating point
