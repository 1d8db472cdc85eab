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


def ranges(model) -> list[bytes]:
    """The ends of all ranges of activations."""
    from octet._openvino import to_openvino

    found = []
    graph = to_openvino(octet.load(model))
    for node in graph.get_ordered_ops():
        if node.get_type_name() == "FakeQuantize":
            ends = [node.input_value(i).get_node().data.reshape(-1) for i in range(1, 5)]
            found.append(b"".join(end.tobytes() for end in ends))
    return sorted(found)


def test_ranges_are_those_of_the_ir_bit_for_bit(program, quantized, data):
    result = octet.quantize_to_openvino(program, data, subset_size=len(data), progress=False)
    assert len(ranges(quantized)) == 6
    assert ranges(quantized) == ranges(result.model)


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


class Recorder:
    """Stands for the Core of OpenVINO's own backend, and keeps what that compiles."""

    def __init__(self):
        self.compiled: list[ov.CompiledModel] = []

    def __call__(self) -> "Recorder":
        return self

    def compile_model(self, model, device, config) -> ov.CompiledModel:
        self.compiled.append(ov.Core().compile_model(model, device, config))
        return self.compiled[-1]


@pytest.mark.parametrize("weights_are_constant", [True, False])
def test_the_stock_backend_runs_it(quantized, own, data, weights_are_constant, monkeypatch):
    """On integers where dynamo is told to keep weights: without, the stock backend makes inputs of
    them, of any model's."""
    from openvino.frontend.pytorch.torchdynamo import backend, compile, execute

    core = Recorder()
    monkeypatch.setattr(compile, "Core", core)
    execute.clear_caches()  # which are by number of the graph
    torch._dynamo.reset()
    call = torch.compile(quantized, backend=backend.openvino, options={"aot_autograd": True})
    with torch.no_grad(), torch._dynamo.config.patch(prepare_freezing=weights_are_constant):
        compare(lambda x: call(x).numpy(), own, data, step(own, data))
    (compiled,) = core.compiled
    assert len(compiled.inputs) == 1 or not weights_are_constant
    assert counts(fx.kernels(compiled)) == (fx.LAYERS if weights_are_constant else {})


def test_inductor_with_freezing_gives_integer_kernels(quantized, own, data):
    from torch._inductor import config
    from torch._inductor.utils import run_and_get_code

    torch._dynamo.reset()
    call = torch.compile(quantized)
    with torch.no_grad(), config.patch(freezing=True, force_disable_caches=True):
        result, (code,) = run_and_get_code(call, data[0])
        np.testing.assert_allclose(result, own(data[0].numpy())[0], rtol=0, atol=step(own, data))
    assert code.count("= torch.ops.onednn.qconv_pointwise.tensor(") == 3
    assert code.count("= torch.ops.onednn.qlinear_pointwise.tensor(") == 1
