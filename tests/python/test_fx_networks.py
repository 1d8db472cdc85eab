"""Whole networks as quantized torch programs, against Octet's own INT8 model of the same."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
octet = pytest.importorskip("octet")

import fx_programs as fx  # noqa: E402
import openvino as ov  # noqa: E402
from octet._openvino import to_openvino  # noqa: E402

SHARED = Path(__file__).resolve().parents[3] / "shared"


def load_module(path: Path):
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    spec = importlib.util.spec_from_file_location(path.parent.name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def lowered(given, data, **options):
    """The quantized program, it lowered by OpenVINO alone, and Octet's own model."""
    result = fx.quantized(given, data, **options)
    own = octet.quantize_to_openvino(
        given, data, subset_size=len(data), progress=False, **options
    ).model
    return result, fx.compiled(ov.convert_model(result)), fx.compiled(to_openvino(own))


def test_a_trained_network_predicts_the_same_on_real_data():
    network = load_module(SHARED / "eval" / "cifar_resnet20" / "load.py")
    given = torch.export.export(network.model(), network.example())
    data = [sample[0] for sample in network.calib(100)]
    result, stock, own = lowered(given, data)
    assert fx.kernels(stock) == fx.kernels(own)

    images: list[np.ndarray] = []
    scores: list[np.ndarray] = []

    def infer(image):
        images.append(image)
        scores.append(own(image)[0])
        return scores[-1]

    accuracy = network.evaluate(infer, limit=500)
    assert accuracy > 75
    outputs = np.concatenate(scores)
    found = np.concatenate([stock(image)[0] for image in images])
    step = (outputs.max() - outputs.min()) / 255
    np.testing.assert_allclose(found, outputs, rtol=0, atol=step)
    assert (found.argmax(1) == outputs.argmax(1)).all()
    module = result.module()
    with torch.no_grad():
        eager = module(torch.from_numpy(images[0])).numpy()
    np.testing.assert_allclose(eager, outputs[:1], rtol=0, atol=3 * step)


def test_resnet18_is_a_quarter_of_its_size_and_all_integers():
    sys.path.insert(0, str(SHARED / "tools"))
    try:
        import torchvision_python_only  # noqa: F401
    except ImportError:
        pytest.skip("torchvision cannot be imported")
    import torchvision

    torch.manual_seed(0)
    network = torchvision.models.resnet18(weights=None).eval()
    given = torch.export.export(network, (torch.zeros(1, 3, 64, 64),))
    data = fx.images(2, size=64)
    result, stock, own = lowered(given, data)
    assert fx.bytes_of(result.state_dict) < 0.255 * fx.bytes_of(given.state_dict)
    expected = {("Convolution", "u8"): 20, ("FullyConnected", "u8"): 1}
    assert fx.kernels(stock) == fx.kernels(own) == expected
    (a,), (b,) = (list(model(data[0].numpy()).values()) for model in (stock, own))
    np.testing.assert_allclose(a, b, rtol=0, atol=(b.max() - b.min()) / 255)
