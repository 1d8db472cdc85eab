"""openvino.Model in and out: shared weights, what is kept, and the way round through files."""

import gc
import logging

import numpy as np
import octet
import openvino as ov
import pytest
from command_inputs import convolutions
from openvino import opset13 as op


def addresses(model: ov.Model) -> set[int]:
    return {
        node.get_data().ctypes.data
        for node in model.get_ops()
        if node.get_type_name() == "Constant"
    }


def test_weights_are_shared_both_ways():
    """Notices when OpenVINO no longer tells where a model lies in memory."""
    model = convolutions()
    taken = octet.load(model)
    assert addresses(model) <= set(taken._constant_addresses())
    given = octet._openvino.to_openvino(taken)
    assert isinstance(given, ov.Model)
    assert addresses(given) == addresses(model)


def test_weights_outlive_the_model_that_they_came_from():
    sample = np.ones((1, 3, 16, 16), "f4")
    model = convolutions()
    wanted = octet.run(model, sample, precision="f32")[0]
    taken = octet.load(model)
    del model
    gc.collect()
    given = octet._openvino.to_openvino(taken)
    del taken
    gc.collect()
    request = ov.compile_model(given, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    np.testing.assert_array_equal(request(sample)[0], wanted)


def test_the_given_model_is_not_changed():
    model = convolutions()
    before = [node.get_friendly_name() for node in model.get_ordered_ops()]
    octet.quantize(model, [np.ones((1, 3, 16, 16), "f4")])
    assert [node.get_friendly_name() for node in model.get_ordered_ops()] == before


def test_names_sizes_and_information_are_kept():
    model = convolutions()
    model.set_rt_info("mine", ["user", "note"])
    given = octet._openvino.to_openvino(octet.load(model))
    assert given.friendly_name == "convolutions"
    assert given.input("x").partial_shape == model.input("x").partial_shape
    assert given.output("y").names == model.output("y").names
    assert given.get_rt_info(["user", "note"]).astype(str) == "mine"


def test_models_with_state():
    x = op.parameter([1, 4], ov.Type.f32, name="x")
    state = op.read_value(x, "sum", ov.Type.f32, ov.PartialShape([1, 4]))
    total = op.add(state, x)
    model = ov.Model([op.result(total)], [op.assign(total, "sum")], [x], "stateful")
    given = octet._openvino.to_openvino(octet.load(model))
    assert [v.get_info().variable_id for v in given.get_variables()] == ["sum"]
    assert len(given.get_sinks()) == 1
    request = ov.compile_model(given, "CPU").create_infer_request()
    ones = np.ones((1, 4), "f4")
    np.testing.assert_array_equal(request.infer([ones])[0], 2 * ones)
    np.testing.assert_array_equal(request.infer([ones])[0], 3 * ones)


def test_without_addresses_models_go_through_files_and_that_is_said(monkeypatch, caplog):
    model = convolutions()
    sample = np.ones((1, 3, 16, 16), "f4")
    wanted = octet.run(model, sample, precision="f32")[0]
    monkeypatch.setattr(octet._openvino, "_raw_address", lambda model: None)
    with caplog.at_level(logging.WARNING, "octet"):
        taken = octet.load(model)
        given = octet._openvino.to_openvino(taken)
    assert len(caplog.records) == 2
    assert "copied through a file" in caplog.text
    assert given.input("x").partial_shape == model.input("x").partial_shape
    np.testing.assert_array_equal(octet.run(given, sample, precision="f32")[0], wanted)


@pytest.mark.parametrize("is_quantized", [False, True])
def test_results_run_in_openvino(is_quantized, tmp_path):
    model = convolutions()
    sample = np.ones((2, 3, 16, 16), "f4")
    if is_quantized:
        model = octet.quantize(model, [sample])
    octet.save(model, tmp_path / "model.xml")
    read = ov.Core().read_model(tmp_path / "model.xml")
    wanted = octet.run(read, sample, precision="f32")[0]
    np.testing.assert_allclose(octet.run(model, sample, precision="f32")[0], wanted, atol=1e-6)
