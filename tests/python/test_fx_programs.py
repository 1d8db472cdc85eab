"""torch programs in, torch programs out: what the result holds, and what it leaves alone."""

import subprocess
import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch")
octet = pytest.importorskip("octet")

import fx_programs as fx  # noqa: E402
from torch.export import ExportedProgram  # noqa: E402
from torch.fx import GraphModule  # noqa: E402

CODES = "quantized_decomposed"


@pytest.fixture(scope="module")
def program() -> ExportedProgram:
    return fx.program_of_network()


@pytest.fixture(scope="module")
def quantized_program(program) -> ExportedProgram:
    return fx.quantized(program, fx.samples_of_network())


@pytest.fixture(scope="module")
def quantized_module(program) -> GraphModule:
    return fx.quantized(program.module(), fx.samples_of_network())


def call(module, batch: int = 1, seed: int = 5):
    (image,) = fx.images(1, batch=batch, seed=seed)
    with torch.no_grad():
        return module(image, shift=torch.full((16,), 0.5))


def test_each_kind_comes_back_as_itself(quantized_program, quantized_module):
    assert isinstance(quantized_program, ExportedProgram)
    assert isinstance(quantized_module, GraphModule)
    quantized_program.validate()
    quantized_module.graph.lint()


def test_both_kinds_compute_the_same(quantized_program, quantized_module):
    first, second = call(quantized_program.module()), call(quantized_module)
    for a, b in zip(fx.leaves(first), fx.leaves(second), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_result_is_close_to_the_network(quantized_module):
    network = fx.make(fx.Network)
    for seed in range(5, 9):
        expected, found = (fx.leaves(call(m, seed=seed)) for m in (network, quantized_module))
        for a, b in zip(expected, found, strict=True):
            assert 10 * np.log10(np.square(a).sum() / np.square(a - b).sum()) > 25


def test_weights_are_integers_with_a_scale_a_channel(quantized_module):
    state = quantized_module.state_dict()
    assert not any(name.startswith("norm") for name in state)
    shapes = {"stem": (16, 3, 3, 3), "depth": (16, 1, 3, 3), "point": (16, 16, 1, 1)}
    shapes["head"] = (10, 16)
    for layer, shape in shapes.items():
        assert f"{layer}.weight" not in state
        codes, scale = state[f"{layer}.weight_int8"], state[f"{layer}.weight_scale"]
        assert codes.dtype == torch.int8
        assert codes.shape == shape
        assert scale.dtype == torch.float32
        assert scale.shape == shape[:1]
        # Every channel uses its range. The first layer's is halved: sums must not overflow.
        most = codes.abs().flatten(1).amax(1)
        assert (most >= 63).all()
    assert state["stem.bias"].shape == (16,)
    assert dict(quantized_module.named_buffers())["stem.weight_int8"] is not None


def test_weights_are_those_of_the_network(program, quantized_module):
    """Dequantized they are within half a step of the layer's, batch norm folded."""
    network, state = fx.make(fx.Network), quantized_module.state_dict()
    norm = network.norm
    gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    expected = {
        "stem": network.stem.weight * gain.reshape(-1, 1, 1, 1),
        "point": network.point.weight,
        "head": network.head.weight,
    }
    for layer, weight in expected.items():
        scale = state[f"{layer}.weight_scale"].reshape(-1, *[1] * (weight.ndim - 1))
        error = (state[f"{layer}.weight_int8"] * scale - weight).abs()
        assert (error <= scale * 0.5001).all()


def test_one_quantizer_serves_all_that_read_a_value(quantized_module):
    """The sum and the depthwise convolution read the same quantized value."""
    names = {node.name: node for node in quantized_module.graph.nodes}
    add = next(n for n in names.values() if n.target is torch.ops.aten.add.Tensor)
    depth = names["conv2d_1"]
    assert depth.args[0] in add.args
    assert depth.args[0].target is torch.ops.quantized_decomposed.dequantize_per_tensor.default


def test_untouched_nodes_keep_names_and_places(program, quantized_program, quantized_module):
    folded = {"batch_norm", "_guards_fn"}
    for given, result in (
        (program.graph, quantized_program.graph),
        (program.module().graph, quantized_module.graph),
    ):
        after = {node.name: node for node in result.nodes}
        for node in given.nodes:
            if node.op != "call_function" or node.name in folded:
                continue
            assert after[node.name].target is node.target
            for key in ("nn_module_stack", "stack_trace"):
                assert after[node.name].meta.get(key) == node.meta.get(key)
            assert after[node.name].meta["val"].shape == node.meta["val"].shape
        order = [n.name for n in given.nodes if n.name in after]
        assert order == [n.name for n in result.nodes if n.name in set(order)]


def test_new_nodes_tell_what_they_give_and_where_they_belong(quantized_program):
    for node in quantized_program.graph.nodes:
        if CODES in str(node.target):
            assert node.meta["val"].shape
            assert node.meta["stack_trace"]
            assert node.meta["nn_module_stack"]


def test_structure_and_dynamic_shapes_survive(program, quantized_program, quantized_module):
    assert quantized_program.call_spec == program.call_spec
    assert quantized_program.range_constraints == program.range_constraints
    assert quantized_program.graph_signature.user_inputs == program.graph_signature.user_inputs
    for module in (quantized_program.module(), quantized_module):
        for batch in (1, 3, 64):
            result = call(module, batch)
            assert list(result) == ["scores", "inner"]
            assert result["scores"].shape == (batch, 10)
            assert isinstance(result["inner"], tuple)
            assert [tuple(t.shape) for t in result["inner"]] == [(batch, 16), (batch, 16, 16, 16)]
        with pytest.raises(AssertionError, match="Guard failed"):
            call(module, 65)


def test_the_given_model_is_not_changed(program):
    before = {name: tensor.clone() for name, tensor in program.state_dict.items()}
    text = str(program)
    module = program.module()
    code = module.code
    expected = fx.leaves(call(program.module()))
    results = [
        fx.quantized(model, fx.samples_of_network(), preset="mixed") for model in (program, module)
    ]
    assert str(program) == text
    assert module.code == code
    for state in (program.state_dict, module.state_dict()):
        assert state.keys() == before.keys()
        assert all(torch.equal(state[name], before[name]) for name in before)
    # Nor does the result share memory with it.
    for result in results:
        state = result.state_dict if isinstance(result, ExportedProgram) else result.state_dict()
        for tensor in state.values():
            tensor.zero_()
    for a, b in zip(fx.leaves(call(program.module())), expected, strict=True):
        np.testing.assert_array_equal(a, b)


def test_saved_and_loaded_it_computes_the_same(quantized_program, quantized_module, tmp_path):
    (image,) = fx.images(1, batch=2)
    again = torch.export.export(quantized_module, (image,), {"shift": torch.ones(16)})
    for number, result in enumerate((quantized_program, again)):
        path = tmp_path / f"{number}.pt2"
        torch.export.save(result, path)
        loaded = torch.export.load(path)
        expected, found = (fx.leaves(call(p.module(), 2)) for p in (result, loaded))
        for a, b in zip(expected, found, strict=True):
            np.testing.assert_array_equal(a, b)


def test_a_saved_program_loads_in_a_new_process(quantized_program, tmp_path):
    octet.save(quantized_program, tmp_path / "network.pt2")
    expected = fx.leaves(call(quantized_program.module()))[0]
    code = f"""
import sys, torch, octet.torch
sys.path.insert(0, {str(fx.__file__).rpartition("/")[0]!r})
import fx_programs as fx
(image,) = fx.images(1, seed=5)
program = torch.export.load({str(tmp_path / "network.pt2")!r})
with torch.no_grad():
    print(program.module()(image, shift=torch.full((16,), 0.5))["scores"].numpy().tobytes().hex())
"""
    found = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout
    assert found.strip() == expected.tobytes().hex()


def test_saving_as_ir_reads_the_program_back(quantized_module, tmp_path):
    """A quantized program is a model like any other, and its integers stay integers."""
    octet.save(quantized_module, tmp_path / "network.xml")
    layers = octet.executed_layers(tmp_path / "network.xml", precision="f32")
    for kind, count in fx.LAYERS.items():
        found = [layer.precision for layer in layers if layer.type == kind]
        assert found == ["u8"] * count or sorted(set(found)) <= ["i8", "u8"]
        assert len(found) == count


def test_only_programs_are_saved_as_pt2(quantized_module, tmp_path):
    with pytest.raises(octet.UsageError, match=r"torch\.export\.export"):
        octet.save(quantized_module, tmp_path / "network.pt2")
    with pytest.raises(octet.UsageError, match=r"ends in \.xml"):
        octet.save(octet.load(quantized_module), tmp_path / "network.pt2")


def test_a_recipe_gives_the_same_program(program, quantized_program):
    result = octet.quantize_to_openvino(
        program, fx.samples_of_network(), subset_size=8, progress=False
    )
    again = octet.apply(program, result.recipe)
    assert isinstance(again, ExportedProgram)
    assert again.state_dict.keys() == quantized_program.state_dict.keys()
    for name, tensor in again.state_dict.items():
        assert torch.equal(tensor, quantized_program.state_dict[name])
    assert str(again.graph) == str(quantized_program.graph)


def test_an_ignored_layer_is_left_as_it_is(program):
    scope = octet.IgnoredScope(names=["conv2d_2"])
    result = fx.quantized(program, fx.samples_of_network(), ignored_scope=scope)
    assert torch.equal(result.state_dict["point.weight"], program.state_dict["point.weight"])
    assert "depth.weight_int8" in result.state_dict
    point = next(n for n in result.graph.nodes if n.name == "conv2d_2")
    assert [str(a) for a in point.args[1:]] == ["p_point_weight", "p_point_bias"]


def test_a_weight_that_is_used_twice_is_stored_once():
    given = torch.export.export(fx.make(fx.Twins), tuple(fx.images(2)))
    data = list(zip(fx.images(), fx.images(seed=3), strict=True))
    for model in (given, given.module()):
        result = fx.quantized(model, data)
        state = result.state_dict if model is given else result.state_dict()
        assert sum(t.dtype == torch.int8 for t in state.values()) == 3
        module = result.module() if model is given else result
        ir = octet.quantize_to_openvino(model, data, subset_size=8, progress=False).model
        with torch.no_grad():
            found = module(*data[0]).numpy()
        np.testing.assert_allclose(found, octet.run(ir, data[0], precision="f32")[0], atol=1e-5)


def test_its_state_is_a_quarter():
    network = torch.nn.Sequential(
        torch.nn.Conv2d(3, 64, 3), torch.nn.ReLU(), torch.nn.Conv2d(64, 128, 3)
    ).eval()
    given = torch.export.export(network, (torch.zeros(1, 3, 16, 16),))
    result = fx.quantized(given, fx.images())
    assert fx.bytes_of(result.state_dict) / fx.bytes_of(given.state_dict) < 0.27


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_stays_what_it_is(dtype):
    network = fx.make(fx.Scores).to(dtype)
    given = torch.export.export(network, (torch.zeros(1, 3, 16, 16, dtype=dtype),))
    data = [image.to(dtype) for image in fx.images()]
    module = fx.quantized(given.module(), data)
    state = module.state_dict()
    assert state["point.weight_int8"].dtype == torch.int8
    assert state["point.bias"].dtype == dtype
    with torch.no_grad():
        found, expected = module(data[0]), network(data[0])
    assert found.dtype == dtype
    assert (found - expected).abs().max() < 0.05 * expected.abs().max()


def test_an_input_may_have_a_name_that_python_has_a_word_for():
    """`input` is renamed when a graph is copied; the program's signature is not."""
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU()).eval()
    given = torch.export.export(network, (torch.zeros(1, 3, 8, 8),))
    assert given.graph_signature.user_inputs == ("input",)
    for model in (given, given.module()):
        result = fx.quantized(model, fx.images(size=8))
        found = fx.operators(result.graph)
        assert found["quantized_decomposed.quantize_per_tensor.default"] == 1
    assert fx.quantized(given, fx.images(size=8)).graph_signature.user_inputs == ("input",)
