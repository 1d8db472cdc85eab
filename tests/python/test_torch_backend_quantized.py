"""Quantized torch programs through `torch.compile(…, backend="octet")` run in INT8."""

from collections import Counter

import fx_programs as fx
import numpy as np
import octet
import octet.torch
import pytest
from compiled import compiled, fresh, only_part  # noqa: F401


def call(function, item):
    return function(item["image"], shift=item["shift"])


def layers_of(model, tmp_path):
    path = tmp_path / "model.xml"
    model.save(str(path))
    layers = octet.executed_layers(path, precision="f32")
    return Counter((layer.type, layer.precision) for layer in layers if layer.type in fx.LAYERS)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dynamic", [False, True])
def test_the_kernels_are_those_of_octets_own_ir(tmp_path, dynamic):
    program, data = fx.program_of_network(), fx.samples_of_network()
    options = {"subset_size": len(data), "progress": False}
    quantized = octet.quantize(program, data, **options)
    wanted = layers_of(octet.quantize_to_openvino(program, data, **options).model, tmp_path)
    module = quantized.module()
    function = compiled(module, dynamic=dynamic, strict=True)
    for item in data:
        given, expected = fx.leaves(call(function, item)), fx.leaves(call(module, item))
        for one, other in zip(given, expected, strict=True):
            # A value between two steps may be rounded to either, and then go on.
            np.testing.assert_allclose(one, other, atol=2 * np.ptp(other) / 255)
    part = only_part(function)
    found = Counter(
        {
            (kind, precision): count
            for kind, counts in part["precisions"].items()
            for precision, count in counts.items()
            if kind in fx.LAYERS
        }
    )
    assert found == wanted
    assert all(precision in ("u8", "i8") for _, precision in found)
