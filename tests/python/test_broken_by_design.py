"""Networks that break naive quantization: the default handles them or the guard speaks; and what
the guard names, or the search finds where it names nothing, gives the accuracy back."""

import re

import numpy as np
import octet
import pytest

pytest.importorskip("torch")
import broken_networks as broken
import torch
from outlier_network import outlier_program

CALIBRATED, MEASURED = 16, 16
#: Every tensor by its extremes, and nothing corrected.
NAIVE = {
    "model_type": "generic",
    "advanced_parameters": octet.AdvancedQuantizationParameters(
        disable_bias_correction=True,
        activations_range_estimator_params=octet.RangeEstimatorParametersSet.MINMAX,
    ),
}

NETWORKS = {
    "depthwise_ranges": lambda: (
        broken.exported(broken.DepthwiseRanges, 1, 3, 12, 12),
        broken.images(CALIBRATED + MEASURED),
    ),
    "activation_outliers": lambda: (
        outlier_program(1, 8, 16),
        list(
            np.random.default_rng(0)
            .normal(0, 1, (CALIBRATED + MEASURED, 1, 8, 16))
            .astype(np.float32)
        ),
    ),
    "layer_norm_outliers": lambda: (
        broken.exported(lambda: broken.LayerNormOutliers(3000, False), 1, 8, 32),
        broken.tokens(CALIBRATED + MEASURED),
    ),
    "vision_transformer": lambda: (
        broken.exported(lambda: broken.LayerNormOutliers(300, True), 1, 8, 32),
        broken.tokens(CALIBRATED + MEASURED),
    ),
}


def sqnr_db(model, quantized, samples) -> float:
    """On samples that were not calibrated with."""
    compared = octet.compare(model, quantized, samples[CALIBRATED:], precision="f32")
    return min(output.sqnr_db for output in compared.outputs)


def quantized(model, samples, **options):
    return octet.quantize_to_openvino(
        model, samples[:CALIBRATED], subset_size=CALIBRATED, progress=False, **options
    )


def options_of(remedy: str) -> dict:
    """The options that a remedy of the guard says in words."""
    options: dict = {}
    advanced: dict = {}
    for name, value in re.findall(r"([\w.]+)=(\[[^\]]*\]|[^,]+)", remedy):
        if name == "ignored_scope.names":
            options["ignored_scope"] = octet.IgnoredScope(names=value.strip("[]").split(", "))
        elif name == "advanced_parameters.disable_channel_alignment":
            advanced["disable_channel_alignment"] = value == "true"
        elif name == "advanced_parameters.activations_range_estimator_params":
            advanced["activations_range_estimator_params"] = getattr(
                octet.RangeEstimatorParametersSet, value
            )
        else:
            assert name in ("preset", "model_type"), remedy
            options[name] = value
    if advanced:
        options["advanced_parameters"] = octet.AdvancedQuantizationParameters(**advanced)
    return options


@pytest.mark.parametrize("name", NETWORKS)
def test_the_default_or_the_guards_remedy_saves_it(name):
    program, samples = NETWORKS[name]()
    model = octet.load(program)
    naive = sqnr_db(model, quantized(model, samples, on_collapse="ignore", **NAIVE), samples)
    default = quantized(model, samples)
    by_default = sqnr_db(model, default, samples)
    assert naive < 10, "it is not broken by design"
    if default.verdict.level == "good":
        assert by_default >= 10
        return
    (said,) = [entry for entry in default.diagnostics if entry.stage == "guard"]
    assert said.severity == "warning"
    if default.verdict.level == "collapsed":
        assert default.verdict.remedy, said
        options = options_of(default.verdict.remedy)
        saved = sqnr_db(model, quantized(model, samples, **options), samples)
    else:
        found = octet.tune(model, samples[:CALIBRATED], subset_size=CALIBRATED, progress=False)
        saved = sqnr_db(model, found.model, samples)
    assert saved >= 12 and saved >= by_default + 4, (saved, by_default)


def test_the_vision_transformer_is_recognized():
    program, _ = NETWORKS["vision_transformer"]()
    result = quantized(program, broken.tokens(CALIBRATED))
    assert any(entry.code == "treated_as_transformer" for entry in result.diagnostics)


@pytest.mark.parametrize("is_fast", [True, False])
def test_zeros_in_a_bias_do_not_switch_its_correction_off(is_fast):
    samples = broken.images(CALIBRATED + MEASURED)
    model = octet.load(broken.exported(broken.ZeroBiases, 1, 3, 12, 12))
    without = octet.AdvancedQuantizationParameters(disable_bias_correction=True)
    before = sqnr_db(model, quantized(model, samples, advanced_parameters=without), samples)
    after = sqnr_db(model, quantized(model, samples, fast_bias_correction=is_fast), samples)
    assert after >= before + 6, (before, after)


def test_hard_swish_survives_by_default():
    samples = broken.images(CALIBRATED + MEASURED)
    model = octet.load(broken.exported(broken.HardSwish, 1, 3, 12, 12))
    result = quantized(model, samples)
    assert result.verdict.level == "good" and sqnr_db(model, result, samples) >= 15


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
def test_recurrent_text_classifiers_are_not_degraded(cell):
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    samples = list(random.integers(0, 50, (CALIBRATED + MEASURED, 1, 20)))
    program = torch.export.export(
        broken.Recurrent(cell).eval(), (torch.zeros(1, 20, dtype=torch.int64),)
    )
    model = octet.load(program)
    result = quantized(model, samples)
    assert result.verdict.level == "good"
    assert sqnr_db(model, result, samples) >= 20
