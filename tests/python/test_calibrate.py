"""Calibration in shards, on the command line and in Python: the bytes of one run."""

import importlib.util
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import octet
import pytest
from command_inputs import TESTS, convolutions, find_command

COUNT = 10


@pytest.fixture
def model():
    return convolutions()


@pytest.fixture
def samples():
    return np.random.default_rng(5).normal(size=(COUNT, 1, 3, 16, 16)).astype(np.float32)


def saved_bytes(result, folder):
    octet.save(result, folder / "saved.xml")
    return [(folder / f"saved.{part}").read_bytes() for part in ("xml", "bin")]


def without_data_hash(saved):
    """The bytes but for the hash of the data: a run that goes on reads what it skips, and says what
    it read."""
    xml, weights = saved
    found = re.search(rb'data_hash value="([0-9a-f]{16})"', xml)
    assert found, "there is a hash of the data"
    return [xml.replace(found[1], b""), weights]


def test_shards_give_the_bytes_of_one_run(model, samples, tmp_path):
    # The default estimators, and one that counts all values.
    histogram = {"aggregator_type": "histogram"}
    ends = octet.StatisticsCollectorParameters(**histogram)
    for advanced in (
        None,
        octet.AdvancedQuantizationParameters(
            activations_range_estimator_params=octet.RangeEstimatorParameters(min=ends, max=ends)
        ),
    ):
        options = {"subset_size": COUNT, "advanced_parameters": advanced, "progress": False}
        files = [tmp_path / f"{advanced is None}{i}" for i in (1, 2, 3)]
        for i, file in enumerate(files, 1):
            assert octet.calibrate(model, samples, file, shard=(i, 3), **options) == COUNT
        stored = octet.stored_statistics(files[::-1])
        together = octet.quantize(model, stored, **options)
        alone = octet.quantize(model, samples, **options)
        assert saved_bytes(together, tmp_path) == saved_bytes(alone, tmp_path)


def test_calibration_goes_on_after_the_dataset_failed(model, samples, tmp_path):
    def broken():
        yield from samples[:6]
        raise OSError("the disk is gone")

    file, options = tmp_path / "part", {"subset_size": COUNT, "progress": False}
    with pytest.raises(octet.DataError):
        octet.calibrate(model, broken(), file, **options)
    with pytest.raises(octet.UsageError, match="ended before it was done"):
        octet.quantize(model, octet.stored_statistics([file]), **options)
    # What was measured is not measured again, or these would tell.
    others = samples.copy()
    others[1:6] *= 100
    octet.calibrate(model, others, file, **options)
    resumed = octet.quantize(model, octet.stored_statistics([file]), **options)
    alone = octet.quantize(model, samples, **options)
    found, wanted = saved_bytes(resumed, tmp_path), saved_bytes(alone, tmp_path)
    assert without_data_hash(found) == without_data_hash(wanted)


#: Measures slowly, so that the statistics are written before all samples are measured.
SLOW = """
import sys, time
import numpy as np, octet

def slow(samples):
    for i, sample in enumerate(samples):
        time.sleep(5.2 if i == 4 else 60 if i == 6 else 0)
        yield sample

octet.calibrate(
    sys.argv[1], slow(np.load(sys.argv[2])), sys.argv[3], subset_size=10, progress=False
)
"""


def test_calibration_goes_on_after_it_was_killed(model, samples, tmp_path):
    octet.save(model, tmp_path / "model.xml")
    np.save(tmp_path / "samples.npy", samples)
    file, options = tmp_path / "part", {"subset_size": COUNT, "progress": False}
    words = [tmp_path / "model.xml", tmp_path / "samples.npy", file]
    with subprocess.Popen([sys.executable, "-c", SLOW, *words]) as process:
        while not file.exists() and process.poll() is None:
            time.sleep(0.1)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    # What was measured is not measured again, or these would tell.
    others = samples.copy()
    others[1:4] *= 100
    octet.calibrate(tmp_path / "model.xml", others, file, **options)
    resumed = octet.quantize(tmp_path / "model.xml", octet.stored_statistics([file]), **options)
    alone = octet.quantize(tmp_path / "model.xml", samples, **options)
    found, wanted = saved_bytes(resumed, tmp_path), saved_bytes(alone, tmp_path)
    assert without_data_hash(found) == without_data_hash(wanted)


def test_what_does_not_fit_is_refused(model, samples, tmp_path):
    file, options = tmp_path / "part", {"subset_size": COUNT, "progress": False}
    octet.calibrate(model, samples, file, shard=(1, 2), **options)
    stored = octet.stored_statistics([file])
    with pytest.raises(octet.UsageError, match="shard 1 of 2"):
        octet.quantize(model, stored, **options)
    with pytest.raises(octet.UsageError, match="'subset size': 10, not 9"):
        octet.quantize(model, stored, progress=False, subset_size=9)
    with pytest.raises(octet.UsageError, match="'model'"):
        octet.quantize(convolutions(2.0), stored, **options)
    with pytest.raises(octet.UsageError, match="shard"):
        octet.calibrate(model, samples, file, shard=(0, 2), **options)
    with pytest.raises(octet.UsageError, match="where samples are needed"):
        octet.compare(model, model, stored)
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(octet.InputError, match="damaged or cut off"):
        octet.quantize(model, stored, **options)


def test_command(model, samples, tmp_path):
    command = find_command()
    if command is None:
        pytest.skip("the command is not built")
    octet.save(model, tmp_path / "model.xml")
    np.save(tmp_path / "samples.npy", samples[:, 0])

    def run(*words):
        return subprocess.run(
            [command, *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )

    for i in ("1", "2"):
        done = run(
            "calibrate", "model.xml", "--data", "samples.npy", "--shard", f"{i}/2", "-o", f"part{i}"
        )
        assert done.returncode == 0, done.stderr
    together = run("quantize", "model.xml", "--statistics", "part1", "part2", "-o", "a.xml")
    assert together.returncode == 0, together.stderr
    alone = run("quantize", "model.xml", "--data", "samples.npy", "-o", "b.xml", "--profile")
    assert "calibration" in alone.stdout and "  compile" in alone.stdout
    for part in ("xml", "bin"):
        assert (tmp_path / f"a.{part}").read_bytes() == (tmp_path / f"b.{part}").read_bytes()
    stated = run(
        "quantize",
        "model.xml",
        "--data",
        "samples.npy",
        "-o",
        "d.xml",
        "--calibration-state",
        "kept",
    )
    assert stated.returncode == 0, stated.stderr
    assert (tmp_path / "kept").is_file()
    for part in ("xml", "bin"):
        assert (tmp_path / f"d.{part}").read_bytes() == (tmp_path / f"b.{part}").read_bytes()
    neither = run("quantize", "model.xml", "-o", "c.xml")
    assert neither.returncode == 2 and "--data is required" in neither.stderr


@pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="distributed is not installed"
)
def test_example_on_dask(model, samples, tmp_path):
    octet.save(model, tmp_path / "model.xml")
    np.save(tmp_path / "samples.npy", samples[:, 0])
    example = Path(TESTS).parent / "examples" / "cluster" / "calibrate_on_dask.py"
    words = [tmp_path / "model.xml", tmp_path / "samples.npy", "--folder", tmp_path / "cluster"]
    done = subprocess.run(
        [sys.executable, example, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("the same bytes") == 2
