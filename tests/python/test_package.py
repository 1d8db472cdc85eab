"""What importing octet does, and that the committed stub tells the truth."""

import subprocess
import sys
from pathlib import Path

import octet
import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_import_loads_no_framework():
    code = "import octet, sys; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    assert "octet" in loaded
    assert not {"torch", "openvino", "onnx", "numpy"} & set(loaded)


def test_importing_octet_prints_nothing_and_every_public_name_exists():
    code = "import octet; [getattr(octet, name) for name in octet.__all__]"
    run = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_version_is_the_projects():
    first = (ROOT / "CMakeLists.txt").read_text().split("project(octet VERSION ")[1]
    assert octet.__version__ == first.split()[0]


def test_stub_is_what_the_tool_prints():
    pytest.importorskip("pybind11_stubgen")
    tool = ROOT / "tools" / "make_stubs.py"
    printed = subprocess.run(
        [sys.executable, tool], check=True, capture_output=True, text=True
    ).stdout
    assert printed == (ROOT / "python" / "octet" / "_core.pyi").read_text()
    assert (ROOT / "python" / "octet" / "py.typed").is_file()
