"""Whole networks as quantized torch programs, against Octet's own INT8 model of the same."""

import importlib
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

COVERAGE = Path(__file__).resolve().parents[1] / "coverage"
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


@pytest.fixture(scope="module")
def models():
    sys.path.insert(0, str(COVERAGE))
    return importlib.import_module("models")


def build(models, name: str):
    """The program of a network of the coverage list, data for it, and its inputs as a list."""
    row = next(row for row in models.MODELS if row.name == name)
    try:
        network = models.make_model(row)
    except models.Unavailable as reason:
        pytest.skip(str(reason))
    items = [models.make_inputs(row, 2) for _ in range(2)]
    args, kwargs = items[0]
    with torch.no_grad():
        given = torch.export.export(network, args, kwargs, strict=False)
    data = [{**dict(enumerate(a)), **k} if k else a for a, k in items]
    return given, data, args, kwargs


@pytest.mark.parametrize("name", ["gpt2", "llama", "masked_attention", "dilated_convolutions"])
def test_it_is_the_ir_again(models, name):
    """Masks, positions, tree specifications and computed weights in the graph are no hindrance."""
    given, data, args, kwargs = build(models, name)
    module = fx.quantized(given.module(), data)
    ir = octet.quantize_to_openvino(
        given.module(), data, subset_size=len(data), progress=False
    ).model
    own, again = (fx.compiled(to_openvino(octet.load(model))) for model in (ir, module))
    assert fx.kernels(again) == fx.kernels(own)
    inputs = [t.numpy() for t in torch.utils._pytree.tree_leaves((args, kwargs))]
    with torch.no_grad():
        eager = fx.leaves(module(*args, **kwargs))
    for a, b, c in zip(own(inputs).values(), again(inputs).values(), eager, strict=True):
        np.testing.assert_array_equal(a, b)
        step = (a.max() - a.min()) / 255
        np.testing.assert_allclose(c, a, rtol=0, atol=3 * step)


def test_recurrent_layers_have_integer_weights_and_what_is_not_quantized_is_told(models, caplog):
    """A cell is one operator of torch: nothing can be put between its two products."""
    given, data, args, _ = build(models, "lstm_cell_loop")
    module = fx.quantized(given.module(), data)
    (message,) = [r.getMessage() for r in caplog.records if "[emit]" in r.getMessage()]
    assert "'cell' (modules.py" in message
    assert "not every value in it is quantized" in message
    state = module.state_dict()
    assert {state[f"{n}_int8"].dtype for n in ("cell.weight_ih", "cell.weight_hh")} == {torch.int8}
    kernels = fx.kernels(fx.compiled(to_openvino(octet.load(module))))
    assert kernels == {("FullyConnected", "i8"): 20}
    with torch.no_grad():
        scores, expected = module(*args)[0], given.module()(*args)[0]
    assert torch.nn.functional.cosine_similarity(scores, expected, dim=-1).min() > 0.9


def test_weights_of_a_recurrent_layer_are_those_of_the_network(models):
    """OpenVINO stacks directions and orders gates in its own way; torch gets its order back."""
    given, data, args, _ = build(models, "lstm_classifier")
    result = fx.quantized(given, data)
    before, after = given.state_dict, result.state_dict
    for layer in ("l0", "l0_reverse", "l1", "l1_reverse"):
        for kind in ("ih", "hh"):
            name = f"layers.weight_{kind}_{layer}"
            assert name not in after
            scale = after[f"{name}_scale"].reshape(-1, 1)
            assert ((after[f"{name}_int8"] * scale - before[name]).abs() <= 0.5001 * scale).all()
    assert fx.bytes_of(after) < 0.3 * fx.bytes_of(before)
    with torch.no_grad():
        scores, expected = result.module()(*args), given.module()(*args)
    assert torch.nn.functional.cosine_similarity(scores, expected, dim=-1).min() > 0.99


def test_an_embedding_keeps_its_table_in_integers_and_tied_weights_leave_nothing(models):
    given, data, _, _ = build(models, "gpt2")
    for model in (given, given.module()):
        result = fx.quantized(model, data)
        state = result.state_dict if model is given else result.state_dict()
        tables = [tensor for tensor in state.values() if tensor.shape == (200, 48)]
        assert [tensor.dtype for tensor in tables] == [torch.int8]
