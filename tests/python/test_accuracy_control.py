"""Accuracy control: layers go back to floating point until the metric holds."""

import logging

import numpy as np
import octet
import pytest
from outlier_network import outlier_program


@pytest.fixture(scope="module")
def program():
    return outlier_program(1, 16)


@pytest.fixture(scope="module")
def samples() -> list[np.ndarray]:
    return list(np.random.default_rng(0).normal(0, 1, (64, 1, 16)).astype(np.float32))


@pytest.fixture(scope="module")
def labelled(program, samples):
    """What the model decides, so that its own accuracy is 1."""
    return [(x, int(octet.run(program, x)[0].argmax())) for x in samples]


def accuracy(compiled, labelled):
    right = [int(compiled(x)[0].argmax()) == label for x, label in labelled]
    return float(np.mean(right)), right


def controlled(program, samples, labelled, **options):
    return octet.quantize_to_openvino_with_accuracy_control(
        program, samples[:8], labelled, accuracy, subset_size=8, progress=False, **options
    )


def test_the_metric_holds_and_every_step_is_logged(program, samples, labelled, caplog):
    with caplog.at_level(logging.INFO, logger="octet"):
        found = controlled(program, samples, labelled, max_drop=0.05)
    assert found.reference_metric == 1 and found.is_reached and found.drop <= 0.05
    assert found.steps[0].drop > 0.3 and len(found.float_layers) == 1
    logged = [r.getMessage() for r in caplog.records if "accuracy control:" in r.getMessage()]
    assert len(logged) == len(found.steps)
    compiled_again = octet.apply(program, found.result.recipe)
    agreement = np.mean(
        [int(octet.run(found.result.model, x)[0].argmax()) == label for x, label in labelled]
    )
    assert agreement >= 0.9 and compiled_again is not None


def test_a_model_of_the_same_kind_comes_back(samples, labelled, program, tmp_path):
    openvino = pytest.importorskip("openvino")
    octet.save(program, tmp_path / "model.xml")
    model = openvino.Core().read_model(tmp_path / "model.xml")
    quantized = octet.quantize_with_accuracy_control(
        model, samples[:8], labelled, accuracy, max_drop=0.05, subset_size=8, progress=False
    )
    assert isinstance(quantized, openvino.Model)
    with pytest.raises(TypeError, match="max_dorp"):
        octet.quantize_with_accuracy_control(model, samples, labelled, accuracy, max_dorp=1)


def test_a_killed_run_goes_on(program, samples, labelled, tmp_path):
    class Killed(Exception):
        pass

    calls = 0

    def dying(compiled, data):
        nonlocal calls
        calls += 1
        if calls == 3:
            raise Killed("no more")
        return accuracy(compiled, data)

    state = tmp_path / "state.json"
    with pytest.raises(octet.Error, match="raised Killed: no more") as caught:
        octet.quantize_with_accuracy_control(
            program, samples[:8], labelled, dying, subset_size=8, state=state, progress=False
        )
    assert isinstance(caught.value.__cause__, Killed)
    found = controlled(program, samples, labelled, state=state)
    assert found.is_reached and found.steps[0].is_known and not found.steps[-1].is_known


def test_what_cannot_be_used_is_told(program, samples, labelled):
    with pytest.raises(octet.UsageError, match="returned no number"):
        octet.quantize_with_accuracy_control(
            program, samples[:8], labelled, lambda *_: None, subset_size=8, progress=False
        )
    with pytest.raises(octet.UsageError, match="max_drop"):
        controlled(program, samples, labelled, max_drop=-1)
    with pytest.raises(octet.UsageError, match="'absolut' is none of"):
        controlled(program, samples, labelled, drop_type="absolut")


def test_time_that_is_over_gives_the_best_so_far(program, samples, labelled, caplog):
    found = controlled(program, samples, labelled, time_limit=1e-9)
    assert not found.is_reached and len(found.steps) == 1
    assert any("more than is allowed" in record.getMessage() for record in caplog.records)
