"""The harness of the benchmarks: medians, ratios within a round, and that no peer vanishes."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))
import run  # noqa: E402
import table  # noqa: E402

TASK = SimpleNamespace(
    REFERENCE="ours",
    COLUMNS=[table.Column("seconds", "time s", 1, ratio=True, spread=True)],
    describe=lambda job: job["model"],
)


def test_ratios_are_of_the_same_round():
    runs = {
        "ours": [{"seconds": x, "machine_load": 1} for x in (1.0, 10.0, 2.0)],
        "theirs": [{"seconds": x, "machine_load": 1} for x in (3.0, 40.0, 10.0)],
    }
    text = table.of_job(TASK, {"model": "a model"}, runs)
    # Ratios 3, 4, 5; medians of the times would give 5.
    assert "theirs  10.0 (3.0 to 40.0) x4" in text
    assert "a model; medians of 3, machine load 1.0 to 1.0" in text


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"failed": "no memory"}, "theirs: failed: no memory"),
        ({"wrong": "noise"}, "theirs: wrong answer, not timed: noise"),
        ({"not_applicable": "no ONNX"}, "theirs: not applicable: no ONNX"),
    ],
)
def test_peer_without_numbers_is_shown_with_its_reason(answer, words):
    runs = {"ours": [{"seconds": 1.0, "machine_load": 1}], "theirs": [answer]}
    assert words in table.of_job(TASK, {"model": "a model"}, runs)


def write_peer(folder, name, body):
    (folder / f"{name}.py").write_text(body)


def test_peer_runs_in_the_interpreter_that_has_its_modules(tmp_path, monkeypatch):
    (tmp_path / "task").mkdir()
    write_peer(tmp_path / "task", "here", 'NEEDS = ("json",)\n')
    write_peer(tmp_path / "task", "nowhere", 'NEEDS = ("json", "no_such_module")\n')
    monkeypatch.setattr(run, "HERE", tmp_path)
    found = [
        (name, python, lacks)
        for name, _, python, lacks in run.find_peers("task", [], [sys.executable])
    ]
    assert found == [("here", sys.executable, []), ("nowhere", None, ["no_such_module"])]


def test_answers_and_failures_of_a_job(tmp_path):
    write_peer(
        tmp_path,
        "good",
        "import peer\n"
        "def work(job):\n"
        "    data, cost = peer.cost_of(lambda: bytearray(job['size']))\n"
        "    return {'peak_mb': cost.peak_mb}\n"
        "peer.answer(work)\n",
    )
    write_peer(tmp_path, "bad", "print('ready')\nraise ValueError('out of luck')\n")
    write_peer(
        tmp_path,
        "wrong",
        "import peer\n"
        "def work(job):\n"
        "    raise peer.WrongAnswer('off by 3 dB')\n"
        "peer.answer(work)\n",
    )
    job = {"size": 64 << 20}
    good = run.run_job(sys.executable, tmp_path / "good.py", job, tmp_path)
    assert 64 <= good["peak_mb"] < 80
    assert run.run_job(sys.executable, tmp_path / "bad.py", job, tmp_path) == {
        "failed": "ValueError: out of luck"
    }
    wrong = run.run_job(sys.executable, tmp_path / "wrong.py", job, tmp_path)
    assert wrong["wrong"] == "off by 3 dB"


def test_every_peer_says_what_it_needs():
    files = [file for task in BENCHMARKS.glob("*/task.py") for file in task.parent.glob("*.py")]
    peers = [file for file in files if file.stem not in ("task", "plot")]
    assert peers
    for file in peers:
        assert run.needs_of(file), file


def test_unknown_task_names_those_that_there_are():
    done = subprocess.run(
        [sys.executable, BENCHMARKS / "run.py", "nothing"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "there are: " in done.stderr and "quantize" in done.stderr
