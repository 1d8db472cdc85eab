"""A graph of torch that is walked gives what the native reader makes of the saved program."""

import sys
from collections import OrderedDict
from pathlib import Path

import numpy as np
import octet
import pytest

torch = pytest.importorskip("torch")

from octet import _core  # noqa: E402
from octet._walker import walk  # noqa: E402
from torch import nn  # noqa: E402
from torch.export import Dim  # noqa: E402

TOOLS = Path(__file__).resolve().parents[3] / "shared" / "tools"


class Block(nn.Module):
    def __init__(self, channels=8):
        super().__init__()
        self.conv = nn.Conv2d(3, channels, 3, padding=1)
        self.bn = nn.BatchNorm2d(channels)

    def forward(self, x):
        return torch.relu_(self.bn(self.conv(x)))


class Everything(nn.Module):
    """Keyword inputs, dictionaries, buffers that are written, constants, nested graphs."""

    def __init__(self):
        super().__init__()
        self.block = Block()
        self.fc = nn.Linear(8, 4)
        self.register_buffer("count", torch.zeros(1))
        self.register_buffer("mask", torch.arange(4.0), persistent=False)

    def forward(self, x, states, flag, *, scale, missing=None):
        y = self.block(x)
        first, second = y.chunk(2, 1)
        self.count.add_(1)
        largest, _ = (first + second).max(1)
        with torch.no_grad():
            y = y * torch.tensor([2.0]) + 1
        scores = self.fc(y.mean((2, 3)) * scale) + self.mask + states[0] * states[1]["b"]
        return {"scores": scores, "more": (largest, x.shape[0]), "none": None, "fixed": 7}


class Shared(nn.Module):
    """Tied weights, one module called twice, weights laid out otherwise."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 8)
        self.layer = nn.Linear(8, 8)
        self.conv = nn.Conv2d(8, 8, 3, padding=1).to(memory_format=torch.channels_last)
        self.head = nn.Linear(8, 10, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, tokens, image):
        x = self.layer(torch.relu(self.layer(self.embed(tokens))))
        return self.head(x), self.conv(image)


class Types(nn.Module):
    """Element types, lists of optional tensors, results that nobody reads, infinite numbers."""

    def __init__(self):
        super().__init__()
        self.narrow = nn.Parameter(torch.ones(4, dtype=torch.float16))
        self.wide = nn.Parameter(torch.ones(4, dtype=torch.float64))
        self.index = nn.Buffer(torch.tensor([1, 0]))
        self.empty = nn.Buffer(torch.zeros(0, 4))

    def forward(self, x, keep):
        y = x.to(torch.float64) * self.wide + self.narrow.to(torch.float64)
        y = y.to(torch.float32)[:, self.index]
        y = y.masked_fill(~keep, -float("inf")).clamp(min=-3.0)
        values, places = torch.topk(y, 1, dim=1)
        low, *_ = torch.split(torch.cat([y, self.empty[:, :2].to(y.dtype)], 0), [1, 1], dim=1)
        return values, places.to(torch.int32), torch.var_mean(low, dim=1)[1]


class Trees(nn.Module):
    """What is passed and returned in containers."""

    def forward(self, x, pair, options):
        products = OrderedDict(z=x * pair[1], a=options["a"]["c"] - x)
        return [x + pair[0]], (products,), {"one": [x * 2]}


class Autocast(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        mul = x * 2  # the nested graph has a value of the same name
        with torch.autocast("cpu", dtype=torch.bfloat16):
            y = self.fc(mul * 3)
        with torch.no_grad():
            z = y.float() * 4
        return z + mul


CASES = {
    "everything": (
        Everything(),
        (torch.randn(2, 3, 8, 8), [torch.ones(4), {"b": torch.ones(4)}], True),
        {"scale": torch.ones(1)},
        {
            "x": {0: Dim("batch", max=64)},
            "states": [None, {"b": None}],
            "flag": None,
            "scale": None,
        },
    ),
    "shared": (
        Shared(),
        (torch.zeros(2, 5, dtype=torch.int64), torch.randn(2, 8, 6, 6)),
        {},
        ({0: Dim("batch"), 1: Dim("length", max=512)}, {0: Dim("batch"), 2: Dim.AUTO, 3: Dim.AUTO}),
    ),
    "types": (Types(), (torch.randn(3, 4), torch.tensor([True, False])), {}, None),
    "trees": (
        Trees(),
        (torch.ones(2), (torch.ones(2), torch.ones(2)), {"a": {"c": torch.ones(2)}}),
        {},
        None,
    ),
    "autocast": (Autocast(), (torch.randn(2, 4),), {}, ({0: Dim("batch")},)),
    "transformer": (
        nn.TransformerEncoderLayer(16, 2, 32, batch_first=True),
        (torch.randn(2, 5, 16),),
        {},
        ({0: Dim("batch")},),
    ),
    "recurrent": (nn.LSTM(4, 8, batch_first=True), (torch.randn(2, 5, 4),), {}, None),
}


@pytest.fixture(scope="module", params=CASES)
def program(request):
    model, arguments, keywords, shapes = CASES[request.param]
    return torch.export.export(
        model.eval(), arguments, keywords, dynamic_shapes=shapes, strict=False
    )


def described(model):
    return (
        model.fingerprint(),
        model.sources,
        model.inputs,
        model.outputs,
        sorted(str(diagnostic) for diagnostic in model.diagnostics),
    )


def test_a_program_is_what_the_native_reader_makes_of_it(program, tmp_path):
    torch.export.save(program, tmp_path / "model.pt2")
    read = octet.load(tmp_path / "model.pt2")
    walked = octet.load(program)
    assert walked.format == "exported_program"
    assert described(walked) == described(read)


@pytest.mark.parametrize("check_guards", [True, False])
def test_a_module_is_what_its_program_is(program, check_guards):
    module = octet.load(program.module(check_guards=check_guards))
    assert module.format == "graph_module"
    assert described(module) == described(octet.load(program))


def test_it_computes_what_torch_computes(program):
    model, arguments, keywords, _ = CASES["everything"]
    program = torch.export.export(model.eval(), arguments, keywords)
    with torch.no_grad():
        wanted = model(*arguments, **keywords)
    x, states, _ = arguments
    outputs = octet.run(
        program,
        {"x": x, "states.0": states[0], "states.1.b": states[1]["b"], "scale": keywords["scale"]},
        precision="f32",
    )
    np.testing.assert_allclose(outputs[0], wanted["scores"].numpy(), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(outputs[1], wanted["more"][0].numpy(), rtol=1e-4, atol=1e-5)


def test_names_are_the_users():
    model, arguments, keywords, shapes = CASES["everything"]
    program = torch.export.export(
        model.eval(), arguments, keywords, dynamic_shapes=shapes, strict=False
    )
    loaded = octet.load(program)
    names = [set(names) for names, _, _ in loaded.inputs]
    assert [{"x"} <= names[0], "states.0" in names[1], "states.1.b" in names[2]] == [True] * 3
    assert any("scores" in names for names, _, _ in loaded.outputs)
    assert loaded.inputs[0][2] == (-1, 3, 8, 8)
    source = loaded.sources["conv2d"]
    assert source.module_path == "block.conv"
    assert source.module_class == "torch.nn.modules.conv.Conv2d"
    assert source.source_line.startswith(f"{__file__}:")
    codes = {diagnostic.code for diagnostic in loaded.diagnostics}
    assert codes == {"fixed_input", "state_dropped", "constant_output"}


def test_inputs_that_nothing_reads_stay():
    class Partly(nn.Module):
        def forward(self, first, second, third):
            return second * 2

    values = torch.ones(1), torch.ones(2), torch.ones(3)
    model = _core.lower(walk(torch.export.export(Partly(), values)))
    inputs = [(names[0], shape) for names, _type, shape in model.inputs]
    assert inputs == [("first", (1,)), ("second", (2,)), ("third", (3,))]


def test_weights_are_shared_with_torch():
    model = Block().eval()
    program = torch.export.export(model, (torch.randn(1, 3, 8, 8),))
    shared = set(octet.load(program)._constant_addresses())
    assert model.conv.weight.data_ptr() in shared
    assert model.bn.running_var.data_ptr() in shared


def test_weights_outlive_torchs_objects():
    torch.manual_seed(0)
    model = Block().eval()
    x = torch.randn(1, 3, 8, 8)
    with torch.no_grad():
        wanted = model(x).numpy()
    loaded = octet.load(torch.export.export(model, (x,)))
    del model
    np.testing.assert_allclose(octet.run(loaded, x, precision="f32")[0], wanted, atol=1e-5)


def test_tied_weights_stay_one():
    model, arguments, keywords, _ = CASES["shared"]
    loaded = octet.load(torch.export.export(model.eval(), arguments, keywords))
    assert loaded._constant_addresses().count(model.embed.weight.data_ptr()) == 1


@pytest.mark.parametrize("dynamic", [False, True])
def test_graphs_of_torch_compile(dynamic):
    """AOTAutograd's graphs take parameters as inputs; who compiles them knows which these are."""
    from torch._dynamo.backends.common import aot_autograd

    torch.manual_seed(0)
    model = nn.Sequential(Block(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 4)).eval()
    qualified = {tensor.data_ptr(): name for name, tensor in model.state_dict().items()}
    calls = []

    def compiler(module, _):
        def call(arguments):
            calls.append((module, list(arguments)))
            return module.forward(*arguments)

        call._boxed_call = True
        return call

    torch._dynamo.reset()
    x = torch.randn(2, 3, 8, 8)
    with torch.no_grad():
        compiled = torch.compile(model, backend=aot_autograd(fw_compiler=compiler), dynamic=dynamic)
        wanted = compiled(x)
    torch._dynamo.reset()
    ((module, arguments),) = calls

    constants, sample = {}, {}
    for node, value in zip(module.graph.find_nodes(op="placeholder"), arguments, strict=True):
        if isinstance(value, torch.Tensor) and value.data_ptr() in qualified:
            constants[node.name] = (qualified[value.data_ptr()], value)
        else:
            sample[node.name] = value
    loaded = _core.lower(walk(module, constants))
    assert loaded.sources["convolution"].module_path == "0.conv"
    assert model[0].conv.weight.data_ptr() in loaded._constant_addresses()
    assert len(loaded.inputs) == len(sample)
    outputs = octet.run(loaded, sample, precision="f32")
    np.testing.assert_allclose(outputs[0], wanted.numpy(), rtol=1e-4, atol=1e-5)


def test_graphs_of_modules_are_refused():
    module = torch.fx.symbolic_trace(nn.Sequential(nn.Linear(2, 2), nn.ReLU()))
    with pytest.raises(octet.ModelError, match="call_module '0'") as caught:
        octet.load(module)
    assert "torch.export.export" in caught.value.remedy


def test_nodes_that_passes_added_without_information_are_read():
    model = Block().eval()
    x = torch.randn(1, 3, 8, 8)
    module = torch.export.export(model, (x,)).module()
    output = module.graph.output_node()
    value = output.args[0][0]
    with module.graph.inserting_before(output):
        pair = module.graph.call_function(torch.ops.aten.max.dim, (value, 1))
        largest = module.graph.call_function(__import__("operator").getitem, (pair, 0))
        doubled = module.graph.call_function(torch.ops.aten.mul.Tensor, (largest, 2))
    output.args = ((doubled,),)
    module.recompile()
    with torch.no_grad():
        wanted = model(x).amax(1) * 2
    np.testing.assert_allclose(
        octet.run(module, x, precision="f32")[0], wanted.numpy(), rtol=1e-4, atol=1e-5
    )


def test_fake_weights_are_refused():
    with torch._subclasses.FakeTensorMode():
        model = nn.Linear(2, 2).eval()
        program = torch.export.export(model, (torch.zeros(1, 2),))
    with pytest.raises(octet.ModelError, match="FakeTensor") as caught:
        octet.load(program)
    assert caught.value.where == "weight 'weight'"


def test_arguments_that_have_no_counterpart_are_named():
    class Complex(nn.Module):
        def forward(self, x):
            return torch.add(x, 1 + 2j)

    program = torch.export.export(Complex(), (torch.zeros(2),))
    with pytest.raises(octet.ModelError, match="complex"):
        octet.load(program)


@pytest.mark.skipif(not TOOLS.is_dir(), reason="../shared is not laid beside the project")
@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v3_small"])
def test_networks(name, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(TOOLS), *sys.path])
    pytest.importorskip("torchvision_python_only")
    from torchvision import models

    torch.manual_seed(0)
    model = getattr(models, name)(weights=None).eval()
    x = torch.randn(2, 3, 64, 64)
    program = torch.export.export(model, (x,), dynamic_shapes=({0: Dim("batch", max=64)},))
    torch.export.save(program, tmp_path / "model.pt2")
    assert described(octet.load(program)) == described(octet.load(tmp_path / "model.pt2"))
    assert described(octet.load(program.module())) == described(octet.load(program))
    with torch.no_grad():
        wanted = model(x).numpy()
    outputs = octet.run(program, x, precision="f32")[0]
    np.testing.assert_allclose(outputs, wanted, atol=1e-4 * np.abs(wanted).max())


class PositionMask(nn.Module):
    """A mask as transformers builds it: a function of two positions under torch.vmap, which reads
    the padding by index."""

    def forward(self, x, padding):
        from torch._dynamo._trace_wrapped_higher_order_op import TransformGetItemToIndex

        padding = padding > 0

        def is_seen(batch, row, column):
            return (column <= row) & padding[batch, column]

        for axes in ((None, None, 0), (None, 0, None), (0, None, None)):
            is_seen = torch.vmap(is_seen, in_dims=axes)
        positions = torch.arange(x.shape[1])
        with TransformGetItemToIndex():
            mask = is_seen(torch.arange(x.shape[0]), positions, positions)
        return torch.where(mask, x[:, None, :], -1.0)


@pytest.mark.parametrize("strict", [False, True])
def test_functions_under_vmap_are_written_out(strict, tmp_path):
    batch = Dim("batch")
    args = (torch.randn(2, 3), torch.tensor([[1, 1, 1], [1, 0, 1]]))
    program = torch.export.export(
        PositionMask(), args, dynamic_shapes=({0: batch}, {0: batch}), strict=strict
    )
    model = octet.load(program)
    if strict:  # the other one cannot be saved by torch
        torch.export.save(program, tmp_path / "mask.pt2")
        read = octet.load(tmp_path / "mask.pt2")
        assert read.fingerprint() == model.fingerprint()
    x, padding = torch.randn(4, 3), torch.randint(0, 2, (4, 3))
    expected = PositionMask()(x, padding)
    (given,) = octet.run(model, [x, padding], precision="f32")
    np.testing.assert_array_equal(given, expected)
    assert (expected == -1).any() and (expected != -1).any()
