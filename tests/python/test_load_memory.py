"""Weights of a file are mapped: neither read twice nor copied."""

import subprocess
import sys

import pytest


def test_weights_of_a_torch_package_are_neither_read_nor_copied(tmp_path):
    torch = pytest.importorskip("torch")
    network = torch.nn.Sequential(torch.nn.Linear(2048, 4096, bias=False))
    program = torch.export.export(network, (torch.zeros(1, 2048),))
    torch.export.save(program, tmp_path / "model.pt2")
    weights = 4 * 2048 * 4096
    script = """
import sys
from pathlib import Path
import octet

def numbers():
    io = Path("/proc/self/io").read_text() + Path("/proc/self/status").read_text()
    found = dict(line.split(":", 1) for line in io.splitlines() if ":" in line)
    return int(found["rchar"]), int(found["RssAnon"].split()[0]) * 1024

before = numbers()
model = octet.load(sys.argv[1])
after = numbers()
print(after[0] - before[0], after[1] - before[1])
"""
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "model.pt2"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    read, copied = map(int, done.stdout.split())
    assert read < weights, read  # libraries that are loaded on the way are read, too
    assert copied < weights // 2, copied
