"""The checked-in table of ATen schemas is what the tool prints."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "src" / "import" / "aten" / "schemas.txt"


def test_table_is_what_the_tool_prints():
    torch = pytest.importorskip("torch")
    written_by = TABLE.read_text().splitlines()[0]
    if torch.__version__.split("+")[0] not in written_by:
        pytest.skip(f"torch {torch.__version__} is installed, and the table says: {written_by}")
    tool = ROOT / "tools" / "make_aten_schemas.py"
    printed = subprocess.run(
        [sys.executable, tool], check=True, capture_output=True, text=True, timeout=120
    ).stdout
    assert printed == TABLE.read_text()


def test_defaults_are_torchs_own():
    torch = pytest.importorskip("torch")
    rows = dict(
        line.split("|", 1) for line in TABLE.read_text().splitlines() if not line.startswith("#")
    )
    schema = torch.ops.aten.avg_pool2d.default._schema
    names = [argument.name for argument in schema.arguments]
    fields = rows["aten.avg_pool2d.default"].split("|")[:-1]
    assert [field.split(":")[0] for field in fields] == names
    assert "count_include_pad:bool=True" in fields
