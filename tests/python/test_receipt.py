"""The receipt of a quantized model: what it records, and that it can be checked."""

import json

import numpy as np
import octet
import openvino as ov
import pytest
from command_inputs import convolutions


@pytest.fixture(scope="module")
def samples() -> np.ndarray:
    return np.random.default_rng(2).normal(0, 1, (12, 3, 16, 16)).astype(np.float32)


@pytest.fixture(scope="module")
def model() -> ov.Model:
    return convolutions()


OPTIONS = {
    "preset": "mixed",
    "subset_size": 10,
    "fast_bias_correction": True,
    "ignored_scope": octet.IgnoredScope(
        names=["head"],
        patterns=["nothing, like.*"],
        subgraphs=[octet.Subgraph(inputs=["body.conv"], outputs=["body.relu"])],
        validate=False,
    ),
    "advanced_parameters": octet.AdvancedQuantizationParameters(
        disable_channel_alignment=False,
        weights_quantization_params=octet.QuantizationParameters(per_channel=False),
        smooth_quant_alphas=octet.AdvancedSmoothQuantParameters(matmul=0.3),
    ),
}


def quantized(model, samples, **options):
    return octet.quantize_to_openvino(
        model, [sample[None] for sample in samples], progress=False, **options
    )


def test_every_option_is_read_back(model, samples):
    result = quantized(model, samples, **OPTIONS)
    data = [sample[None] for sample in samples]
    found = octet.verify(result.model, data, model=model, progress=False)
    assert found and found.is_equal, str(found)
    assert json.loads(found.to_json())["same_result"] is True


def test_a_scale_that_moved_is_named(model, samples):
    result = quantized(model, samples)
    data = [sample[None] * (1.5 if i == 7 else 1) for i, sample in enumerate(samples)]
    found = octet.verify(result, data, model=model, progress=False)
    assert not found
    facts = json.loads(found.to_json())
    moved = {one["name"]: one for one in facts["quantizers"]}
    assert moved["x/quantizer"]["change"] == "moved"
    assert 0 < moved["x/quantizer"]["scale_change"] < 0.5
    assert "stem.conv/weight_quantizer" not in moved
    assert facts["data"]["recorded"] != facts["data"]["found"]


def test_the_hash_of_data_knows_no_batches(model, samples):
    def hash_of(items):
        result = octet.quantize_to_openvino(model, items, progress=False)
        return result.recipe.provenance["data_hash"]

    alone = hash_of([sample[None] for sample in samples])
    assert len(alone) == 16
    assert hash_of([samples[:5], samples[5:]]) == alone
    assert hash_of([samples.astype(np.float64)]) == alone  # what the model is given counts
    assert hash_of([samples[::-1]]) != alone
    changed = samples.copy()
    changed[3, 1, 2, 5] = np.nextafter(changed[3, 1, 2, 5], np.float32(9))
    assert hash_of([changed]) != alone


def test_a_saved_model_keeps_it(model, samples, tmp_path):
    result = quantized(model, samples, subset_size=12)
    octet.save(result, tmp_path / "int8.xml")
    note = (
        ov.Core()
        .read_model(tmp_path / "int8.xml")
        .get_rt_info(["octet", "provenance", "data_hash"])
    )
    assert note.astype(str) == result.recipe.provenance["data_hash"]
    assert octet.verify(tmp_path / "int8.xml", [samples], progress=False)


def test_what_carries_no_receipt(model, samples):
    with pytest.raises(octet.UsageError, match="carries no receipt"):
        octet.verify(model, [samples])
