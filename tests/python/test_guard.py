"""The guard: INT8 is compared with FP32 on a few samples, and a collapse is told loudly."""

import json
import logging

import numpy as np
import octet
import pytest
from outlier_network import outlier_program


@pytest.fixture(scope="module")
def collapsing():
    return outlier_program(1, 8, 16)


@pytest.fixture(scope="module")
def samples() -> list[np.ndarray]:
    return list(np.random.default_rng(0).normal(0, 1, (8, 1, 8, 16)).astype(np.float32))


def quantized(model, samples, **options):
    return octet.quantize_to_openvino(model, samples, subset_size=8, progress=False, **options)


def test_a_collapse_is_logged_as_a_warning_with_the_users_names(collapsing, samples, caplog):
    with caplog.at_level(logging.INFO, logger="octet"):
        result = quantized(collapsing, samples)
    (record,) = (record for record in caplog.records if "collapsed" in record.getMessage())
    assert record.levelno == logging.WARNING
    assert "the most error is made in node 'fc2'" in record.getMessage()
    assert "Say model_type=transformer" in record.getMessage()
    verdict = result.verdict
    assert verdict.level == "collapsed" and verdict.samples == 4
    assert str(verdict).startswith("collapsed: INT8 against FP32 on 4 samples: SQNR ")
    assert [output.sqnr_db < 6 for output in verdict.outputs] == [True]
    assert verdict.remedy_sqnr_db > 15
    written = json.loads(result.to_json())["verdict"]
    assert written["level"] == "collapsed" and written["text"] == str(verdict)
    assert written["remedy"]["options"] == verdict.remedy
    assert written["layers"][0] == {
        "node": verdict.layers[0].node,
        "sqnr_db": pytest.approx(verdict.layers[0].sqnr_db),
    }
    assert str(verdict) in str(result)


def test_the_remedy_keeps_its_promise_and_the_verdict_is_a_note(collapsing, samples, caplog):
    with caplog.at_level(logging.INFO, logger="octet"):
        result = quantized(collapsing, samples, model_type="transformer")
    assert result.verdict.level == "good"
    (record,) = (record for record in caplog.records if "good: INT8" in record.getMessage())
    assert record.levelno == logging.INFO


def test_raise_revert_and_ignore(collapsing, samples):
    with pytest.raises(octet.AccuracyError, match="model_type=transformer") as caught:
        quantized(collapsing, samples, on_collapse="raise")
    assert caught.value.code == "accuracy_collapsed"
    reverted = quantized(collapsing, samples, on_collapse=octet.OnCollapse.REVERT)
    assert {layer.precision for layer in reverted.layers} == {"float"}
    difference = octet.compare(octet.load(collapsing), reverted, samples[:2], precision="f32")
    assert difference.outputs[0].max_error == 0
    assert quantized(collapsing, samples, on_collapse="ignore").verdict.level == "unchecked"


def test_a_remedy_names_layers_in_the_users_words_and_nothing_needless():
    """A depthwise convolution has one loud channel, which the next layer hardly reads. Other
    recipes help a little, and not any more once that layer is left out."""
    torch = pytest.importorskip("torch")
    torch.manual_seed(7)
    depthwise, pointwise = torch.nn.Conv2d(16, 16, 3, groups=16), torch.nn.Conv2d(16, 32, 1)
    with torch.no_grad():
        depthwise.weight[3] *= 300
        pointwise.weight[:, 3] /= 300
    body = torch.nn.Sequential(depthwise, torch.nn.Hardswish(), pointwise)
    network = torch.nn.Sequential(body, torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten())
    program = torch.export.export(network.eval(), (torch.zeros(1, 16, 20, 20),))
    items = np.random.default_rng(8).normal(0, 1, (16, 1, 16, 20, 20)).astype("f4")
    verdict = octet.quantize_to_openvino(program, list(items)).verdict
    assert verdict.level == "collapsed"
    assert verdict.remedy == "ignored_scope.names=[0.2]"
    assert verdict.remedy_sqnr_db > 20
