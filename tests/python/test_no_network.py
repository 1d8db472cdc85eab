"""Octet sends nothing: it runs where there is no network, and never asks for a socket of one.

Sockets of the machine itself (AF_UNIX: the C library asks a local daemon for user names) are no
network.
"""

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from command_inputs import TESTS, find_command, write_inputs

#: Stands in the way of OpenVINO's telemetry, which the environment may hold.
TELEMETRY = 'raise SystemExit("the telemetry of OpenVINO was imported")'


def is_permitted(*command: str) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run([*command, "true"], check=False, capture_output=True).returncode == 0


WITHOUT_NETWORK = ("unshare", "--map-root-user", "--net")
needs_namespace = pytest.mark.skipif(
    not is_permitted(*WITHOUT_NETWORK), reason="unshare may make no network namespace here"
)
needs_strace = pytest.mark.skipif(
    not is_permitted("strace", "-f", "-o", "/dev/null"), reason="strace is missing or not permitted"
)


def run(command: list, folder: Path, *, watch: bool) -> str:
    """Runs the command in a namespace without interfaces, or under strace; then gives the calls."""
    trace = folder / "calls"
    before = ["strace", "-f", "-e", "trace=network", "-o", trace] if watch else [*WITHOUT_NETWORK]
    result = subprocess.run(
        [*map(str, [*before, *command])],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=300,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(folder / "fake"), *filter(None, sys.path)]),
            "ASAN_OPTIONS": "detect_leaks=0",
        },
    )
    assert result.returncode == 0, result.stderr
    return trace.read_text() if watch else ""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_inputs(tmp_path)
    (tmp_path / "fake" / "openvino_telemetry").mkdir(parents=True)
    (tmp_path / "fake" / "openvino_telemetry" / "__init__.py").write_text(TELEMETRY)
    return tmp_path


both_ways = pytest.mark.parametrize(
    "watch",
    [
        pytest.param(False, marks=needs_namespace, id="without a network"),
        pytest.param(True, marks=needs_strace, id="watched"),
    ],
)


@needs_strace
def test_a_socket_would_be_seen(folder: Path):
    program = "import socket; socket.socket(socket.AF_INET6).close()"
    assert "AF_INET6" in run([sys.executable, "-c", program], folder, watch=True)


def test_openvino_would_import_its_telemetry(folder: Path):
    result = subprocess.run(
        [sys.executable, "-c", "import openvino"],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(folder / "fake")},
    )
    assert "the telemetry of OpenVINO was imported" in result.stderr


@both_ways
def test_the_command(folder: Path, watch: bool):
    command = find_command()
    if command is None:
        pytest.skip("the command is not built")
    data = ["--data", "data.npy"]
    for arguments in (
        ["quantize", "model.xml", *data, "-o", "int8.xml", "--recipe", "recipe.json"],
        ["apply", "model.xml", "recipe.json", "-o", "again.xml"],
        ["calibrate", "model.xml", *data, "-o", "part"],
        ["inspect", "model.xml"],
        ["benchmark", "model.xml", "int8.xml", "--seconds", "0.05", *data],
    ):
        assert "AF_INET" not in run([command, *arguments], folder, watch=watch), arguments


PROGRAM = """
    import sys
    import numpy as np
    import octet

    data = list(np.load("data.npy")[:, None])
    result = octet.quantize_to_openvino("model.xml", data)
    octet.save(result, "int8.xml")
    octet.compare("model.xml", "int8.xml", data)
    octet.benchmark("int8.xml", seconds=0.05)
    octet.quantize_with_accuracy_control("model.xml", data, data, lambda model, items: 1.0)
    assert "openvino" in sys.modules  # which compiled the models that were measured
    assert "openvino_telemetry" not in sys.modules
"""

TORCH_PROGRAM = """
    import sys
    import octet.torch
    import torch

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = torch.nn.Conv2d(3, 8, 3)
            self.head = torch.nn.Linear(8, 4)

        def forward(self, x):
            return self.head(torch.relu(self.conv(x)).mean((2, 3)))

    x = torch.randn(1, 3, 8, 8)
    program = torch.export.export(Net().eval(), (x,))
    module = octet.quantize(program, [x, x]).module()
    with torch.no_grad():
        torch.compile(module, backend="octet")(x)
    assert "openvino" in sys.modules  # which reads the quantized model
    assert "openvino_telemetry" not in sys.modules
"""


@both_ways
def test_the_package(folder: Path, watch: bool):
    pytest.importorskip("octet")
    program = [sys.executable, "-c", textwrap.dedent(PROGRAM)]
    assert "AF_INET" not in run(program, folder, watch=watch)


@both_ways
def test_torch(folder: Path, watch: bool):
    pytest.importorskip("torch")
    program = [sys.executable, "-c", textwrap.dedent(TORCH_PROGRAM)]
    assert "AF_INET" not in run(program, folder, watch=watch)


def test_no_source_holds_network_code():
    """What would be needed to send something is not included or imported anywhere."""
    words = (
        "sys/socket.h",
        "netdb.h",
        "curl/",
        "import socket",
        "import urllib",
        "import requests",
    )
    root = TESTS.parent
    for folder in ("src", "include", "python"):
        for path in (root / folder).rglob("*"):
            if path.suffix in (".cpp", ".hpp", ".py"):
                text = path.read_text()
                assert not [word for word in words if word in text], path
