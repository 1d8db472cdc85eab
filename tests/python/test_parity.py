"""Compares placements and ranges with what the peer, NNCF, did when it was recorded."""

import sys
from collections import Counter
from pathlib import Path

import octet
import pytest

pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "parity"))

import jobs
import ours
import recorded
from explained import Explanations
from verdicts import verdict

ROWS = [row for row in ours.models.MODELS if row.name in jobs.RECORDED]


def test_ten_models_are_recorded():
    assert len(ROWS) == 10
    assert sorted(path.name for path in recorded.FOLDER.iterdir()) == sorted(
        recorded.path_of(row.name).name for row in ROWS
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_recorded_model(row):
    answers = recorded.read(row.name)
    explanations, loaded, counts = Explanations(), {}, Counter()
    for job in jobs.of_model(row.name, row.group):
        if job.batch not in loaded:
            try:
                model = ours.load(row, job.batch)
            except ours.models.Unavailable as reason:
                pytest.skip(str(reason))
            loaded[job.batch] = model, ours.items(row, model, job.batch)
        try:
            own = ours.placement(*loaded[job.batch], job.options)
        except octet.Error as error:
            own = str(error)
        kind, text, rest = verdict(job, own, answers[job.label], explanations)
        assert kind != "differs", "\n".join([f"{job.name}: {text}", *rest[:20]])
        counts[kind] += 1
    assert counts["equal"] + counts["explained"] > 0, counts
