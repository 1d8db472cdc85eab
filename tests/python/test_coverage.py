"""Ten of the models of `make coverage`, static and dynamic, from a file and from memory."""

import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "coverage"))

import check
import models

QUICK = [row for row in models.MODELS if row.quick]


@pytest.mark.parametrize("row", QUICK, ids=lambda row: row.name)
@pytest.mark.filterwarnings("ignore")
def test_import_is_exact(row):
    try:
        module = models.make_model(row)
    except models.Unavailable as error:
        pytest.skip(str(error))
    reference = check.Reference(row, module)
    for spelling in ("static", "dynamic"):
        for result in check.check(reference, check.SPELLINGS[spelling]):
            assert result.status == "exact" or (
                result.status == "not applicable" and "torch cannot save it" in result.reason
            ), result
