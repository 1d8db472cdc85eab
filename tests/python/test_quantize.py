"""`octet.quantize` on every kind of model: one recipe, integer kernels, errors with a place."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from command_inputs import convolutions

octet = pytest.importorskip("octet")


def samples(count: int = 8, seed: int = 0) -> list[np.ndarray]:
    random = np.random.default_rng(seed)
    return list(random.normal(0, 1, (count, 1, 3, 16, 16)).astype(np.float32))


def recipe_of(model, data, **options) -> str:
    return octet.quantize_to_openvino(model, data, progress=False, **options).recipe.to_json()


@pytest.fixture(scope="module")
def network():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 3, padding=1),
        torch.nn.BatchNorm2d(8),
        torch.nn.ReLU(),
        torch.nn.Conv2d(8, 8, 3, padding=1, groups=8),
        torch.nn.AdaptiveAvgPool2d(1),
        torch.nn.Flatten(),
        torch.nn.Linear(8, 4),
    ).eval()


@pytest.fixture(scope="module")
def program(network):
    torch = pytest.importorskip("torch")
    batch = torch.export.Dim("batch", max=64)
    return torch.export.export(network, (torch.zeros(2, 3, 16, 16),), dynamic_shapes=({0: batch},))


def test_import_needs_no_torch_and_no_openvino_start():
    code = "import sys, octet; assert 'torch' not in sys.modules and 'onnx' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def edits(recipe: str) -> list:
    return json.loads(recipe)["edits"]


def ranges(recipe: str) -> list:
    return [edit.get("range", edit.get("shift")) for edit in edits(recipe)]


def test_a_saved_program_a_program_and_its_module_give_one_recipe(program, tmp_path: Path):
    torch = pytest.importorskip("torch")
    torch.export.save(program, tmp_path / "net.pt2")
    expected = recipe_of(tmp_path / "net.pt2", samples())
    assert recipe_of(program, samples()) == expected
    # A module has forgotten what its input is called, so only the numbers are the same.
    assert ranges(recipe_of(program.module(check_guards=False), samples())) == ranges(expected)
    assert ranges(recipe_of(program.module(), samples())) == ranges(expected)


def test_every_layer_with_weights_runs_on_integers(program):
    result = octet.quantize_to_openvino(program, samples(), progress=False)
    kinds = {"Convolution": 2, "FullyConnected": 1}
    layers = octet.executed_layers(result.model, example=samples(1)[0])
    for kind, count in kinds.items():
        precisions = [layer.precision for layer in layers if layer.type == kind]
        assert len(precisions) == count
        assert set(precisions) <= {"u8", "i8"}


def test_the_result_is_close_to_the_network(network, program):
    torch = pytest.importorskip("torch")
    quantized = octet.quantize_to_openvino(program, samples(), progress=False).model
    for sample in samples(4, seed=1):
        expected = network(torch.from_numpy(sample)).detach().numpy()
        (found,) = octet.run(quantized, sample)
        error, signal = np.square(found - expected).sum(), np.square(expected).sum()
        assert 10 * np.log10(signal / error) > 20


def test_threads_and_batches_do_not_change_the_recipe(program):
    expected = recipe_of(program, samples(8), threads=1)
    assert recipe_of(program, samples(8), threads=2) == expected
    batch = [np.concatenate(samples(8))]
    assert recipe_of(program, batch, threads=2) == expected


def test_an_openvino_model_comes_back_as_one_and_is_not_changed():
    import openvino as ov

    model = convolutions()
    before = len(model.get_ops())
    quantized = octet.quantize(model, samples(), progress=False)
    assert isinstance(quantized, ov.Model)
    assert len(model.get_ops()) == before
    kinds = [op.get_type_name() for op in quantized.get_ops()]
    assert "FakeQuantize" in kinds
    compiled = ov.compile_model(quantized, "CPU")
    assert compiled(samples(1)[0])[0].shape == (1, 10)


def test_apply_gives_the_same_bytes(tmp_path: Path):
    model = octet.load(convolutions())
    result = octet.quantize_to_openvino(model, samples(), progress=False)
    octet.save(result.model, tmp_path / "a.xml")
    octet.save(octet.apply(model, result.recipe), tmp_path / "b.xml")
    for part in ("xml", "bin"):
        assert (tmp_path / f"a.{part}").read_bytes() == (tmp_path / f"b.{part}").read_bytes()


def test_what_the_dataset_raises_is_the_cause():
    def transform(item):
        if item == 3:
            raise KeyError("label")
        return samples(1)[0]

    with pytest.raises(octet.DataError, match="sample 3") as caught:
        octet.quantize(convolutions(), octet.Dataset(range(5), transform), progress=False)
    assert isinstance(caught.value.__cause__, KeyError)


def test_a_keyboard_interrupt_is_passed_on():
    def transform(item):
        if item == 2:
            raise KeyboardInterrupt
        return samples(1)[0]

    with pytest.raises(KeyboardInterrupt):
        octet.quantize(convolutions(), octet.Dataset(range(5), transform), progress=False)


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (np.zeros((1, 3, 16, 8), np.float32), "has shape"),
        ({"y": np.zeros((1, 3, 16, 16), np.float32)}, "no input 'y'"),
        (np.full((1, 3, 16, 16), np.nan, np.float32), "sample 0"),
        ("text", "no tensor"),
    ],
)
def test_a_bad_sample_is_named(item, words: str):
    with pytest.raises(octet.DataError, match=words):
        octet.quantize(convolutions(), [item], progress=False)


def test_no_samples_is_an_error():
    with pytest.raises(octet.DataError, match="no sample"):
        octet.quantize(convolutions(), [], progress=False)


def test_misspelled_parameters_are_told():
    with pytest.raises(TypeError, match="subset_size"):
        octet.quantize(convolutions(), samples(), subset_sise=3)
    with pytest.raises(octet.UsageError, match="mixed"):
        octet.quantize(convolutions(), samples(), preset="mixd")


def test_ignored_modules_stay_in_floating_point(program):
    scope = octet.IgnoredScope(names=["0"])
    result = octet.quantize_to_openvino(program, samples(), ignored_scope=scope, progress=False)
    reasons = {layer.reason for layer in result.layers if layer.precision == "float"}
    assert any(reason.startswith("ignored: name '0'") for reason in reasons)
