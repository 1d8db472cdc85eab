"""The search for the best recipe: octet.tune and octet tune."""

import json
import subprocess

import numpy as np
import octet
import pytest
from command_inputs import find_command
from outlier_network import outlier_program


@pytest.fixture(scope="module")
def program():
    return outlier_program(1, 16)


@pytest.fixture(scope="module")
def samples() -> list[np.ndarray]:
    return list(np.random.default_rng(0).normal(0, 1, (32, 1, 16)).astype(np.float32))


def test_it_saves_a_model_that_collapses(program, samples):
    pytest.importorskip("torch")
    seen = []
    found = octet.tune(program, samples, subset_size=32, on_candidate=seen.append, progress=False)
    assert type(found.model) is type(program)
    assert [one.name for one in seen] == [one.name for one in found.candidates]
    assert found.candidates[0].name == "as given"
    assert found.chosen.score > found.candidates[0].score + 10  # dB
    assert found.result.verdict.level == "good"
    assert any("smooth_quant" in one.name for one in found.candidates)
    again = octet.apply(octet.load(program), found.chosen.recipe)
    difference = octet.compare(found.result, again, samples[:2])
    assert difference.outputs[0].max_error == 0
    written = json.loads(found.to_json())
    assert written["score"] == "sqnr_db" and written["samples"] == 8
    assert written["candidates"][written["chosen"]]["name"] == found.chosen.name
    assert [one.name for one in found.front] == [
        one["name"] for one in written["candidates"] if one["front"]
    ]
    assert "->" in str(found) and "as given" in str(found)
    assert len(found.text(all=True).splitlines()) == len(found.candidates) + 3


def test_a_metric_decides(program, samples):
    labelled = [(x, int(octet.run(program, x)[0].argmax())) for x in samples]

    def accuracy(compiled, data):
        return float(np.mean([int(compiled(x)[0].argmax()) == label for x, label in data]))

    found = octet.tune(
        octet.load(program), samples[:8], labelled, accuracy, subset_size=8, max_drop=0.1
    )
    assert found.reference_score == 1 and found.chosen.score >= 0.9
    assert isinstance(found.model, octet.Model)
    with pytest.raises(octet.UsageError, match="one of them is missing"):
        octet.tune(program, samples, labelled)
    with pytest.raises(TypeError, match="max_dorp"):
        octet.tune(program, samples, max_dorp=1)


def test_the_command(program, samples, tmp_path):
    command = find_command()
    if command is None:
        pytest.skip("the command is not built")
    octet.save(program, tmp_path / "model.xml")
    np.save(tmp_path / "samples.npy", np.concatenate(samples))
    octet_command = [command, "tune", "model.xml", "--data", "samples.npy", "-o", "best.xml"]

    def run(*arguments):
        return subprocess.run(
            [*octet_command, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
        )

    done = run("--recipe", "best.json", "--subset-size", "32", "--json")
    assert done.returncode == 0, done.stderr
    written = json.loads(done.stdout)
    chosen = written["candidates"][written["chosen"]]
    assert chosen["score"] > written["candidates"][0]["score"] + 10  # dB
    best = octet.load(tmp_path / "best.xml")
    again = octet.apply(tmp_path / "model.xml", tmp_path / "best.json")
    assert octet.compare(best, again, samples[:2]).outputs[0].max_error == 0

    limited = run(
        "--time-limit",
        "0.0001",
        "--validation-data",
        "samples.npy",
        "--metric",
        "cosine",
        "--max-drop",
        "0.01",
    )
    assert limited.returncode == 0, limited.stderr
    assert "the time limit ended the search" in limited.stdout
    refused = run("--validation-data", "samples.npy", "--metric", "cosin")
    assert refused.returncode == 2 and "Did you mean 'cosine'?" in refused.stderr
