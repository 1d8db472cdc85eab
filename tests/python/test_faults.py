"""A few rounds of each fault of tests/faults; `make faults` makes them a hundred times."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "faults"))

from faults import FAULTS
from support import Skipped


@pytest.mark.parametrize("name", FAULTS)
def test_fault(name: str, tmp_path: Path):
    try:
        outcome = FAULTS[name](tmp_path / "work", 6)
    except Skipped as reason:
        pytest.skip(str(reason))
    assert outcome.tried > 0
