"""Quantized torch programs lowered by others: integer kernels, and the answers of our own IR."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
octet = pytest.importorskip("octet")

import fx_programs as fx  # noqa: E402
import openvino as ov  # noqa: E402


@pytest.fixture(scope="module")
def program():
    return torch.export.export(fx.make(fx.Scores), (torch.zeros(2, 3, 16, 16),))


@pytest.fixture(scope="module")
def data():
    return fx.images(batch=2)


@pytest.fixture(scope="module")
def quantized(program, data):
    return fx.quantized(program.module(), data)


@pytest.fixture(scope="module")
def own(program, data) -> ov.CompiledModel:
    """Octet's INT8 model of the same program."""
    from octet._openvino import to_openvino

    result = octet.quantize_to_openvino(program, data, subset_size=len(data), progress=False)
    return fx.compiled(to_openvino(result.model))


def counts(kernels, precisions=("u8", "i8")):
    found = {}
    for (kind, precision), count in kernels.items():
        if precision in precisions:
            found[kind] = found.get(kind, 0) + count
    return found


def compare(found, own, data, atol=0.0):
    for sample in data:
        np.testing.assert_allclose(found(sample), own(sample.numpy())[0], rtol=0, atol=atol)


def step(own, data) -> float:
    """One of 255 steps of the range that the outputs take."""
    outputs = np.concatenate([own(sample.numpy())[0] for sample in data])
    return float(outputs.max() - outputs.min()) / 255


def test_eager_agrees_with_the_ir(quantized, own, data):
    with torch.no_grad():
        compare(lambda x: quantized(x).numpy(), own, data, step(own, data))


def test_read_back_it_is_the_ir(quantized, own, data):
    from octet._openvino import to_openvino

    again = fx.compiled(to_openvino(octet.load(quantized)))
    assert fx.kernels(again) == fx.kernels(own)
    assert counts(fx.kernels(again)) == fx.LAYERS
    compare(lambda x: again(x.numpy())[0], own, data)


@pytest.mark.parametrize("kind", ["program", "module"])
def test_openvino_converts_it(program, quantized, own, data, kind):
    if kind == "program":
        given = fx.quantized(program, data)
    else:
        given = torch.export.export(quantized, (data[0],))
    stock = fx.compiled(ov.convert_model(given))
    assert fx.kernels(stock) == fx.kernels(own)
    compare(lambda x: stock(x.numpy())[0], own, data, 1e-6)
