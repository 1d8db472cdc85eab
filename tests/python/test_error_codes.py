"""Every row of errors.def is met by a user somehow: here is how, and what it says."""

import json
import subprocess
import sys
import textwrap
import zipfile

import numpy as np
import octet
import openvino as ov
import pytest
from command_inputs import convolutions, write_inputs
from octet import _core
from openvino import opset13 as op

# A user of Python meets KeyboardInterrupt instead of the first (C++ tests cover it), and the second
# only with a defect: tests/faults/faults.py, crashes_ask_for_a_report.
NOT_MET_HERE = {"cancelled", "internal"}

# The model as a whole, or a list of places in the text.
NO_ONE_PLACE = {
    "unsupported_op",
    "recipe_mismatch",
    "runtime_failed",
    "out_of_memory",
    "accuracy_collapsed",
}

PROVOKE = {}


def provokes(code: str, *words: str):
    """What is decorated raises an error of this code, whose text holds these words."""

    def keep(function):
        PROVOKE[code] = (function, words)
        return function

    return keep


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("inputs")
    write_inputs(folder)
    return folder


def data(**changes):
    samples = np.random.default_rng(0).normal(0, 1, (2, 1, 3, 16, 16)).astype(np.float32)
    for index, value in changes.items():
        samples[int(index[1:])] = value
    return list(samples)


def archive(path, **entries):
    with zipfile.ZipFile(path, "w") as file:
        for name, text in entries.items():
            file.writestr("net/" + name.replace("__", "/").replace("_json", ".json"), text)
    return path


@provokes("invalid_argument", "preset", "fastest", "performance")
def invalid_argument(files, folder):
    octet.quantize(convolutions(), data(), preset="fastest")


@provokes("file_not_found", "none.xml", "does not exist", "Check the path")
def file_not_found(files, folder):
    octet.load(folder / "none.xml")


@provokes("file_unreadable", "folder.xml", "not a file", "Give the path of a file")
def file_unreadable(files, folder):
    (folder / "folder.xml").mkdir()
    octet.load(folder / "folder.xml")


@provokes("unknown_format", "notes.txt")
def unknown_format(files, folder):
    octet.load(files / "notes.txt")


@provokes("corrupt_archive", "truncated.pt2", "truncated", "download the file again")
def corrupt_archive(files, folder):
    octet.load(files / "truncated.pt2")


@provokes("corrupt_program", "bad.pt2", "models/net.json", "not valid JSON")
def corrupt_program(files, folder):
    octet.load(archive(folder / "bad.pt2", models__net_json="{"))


@provokes("unsupported_version", "later.pt2", "version 7", "torch 2.13")
def unsupported_version(files, folder):
    octet.load(archive(folder / "later.pt2", models__net_json="{}", archive_version="7"))


@provokes("unsupported_model", "two.pt2", "several programs: 'a' and 'b'", "a file of its own")
def unsupported_model(files, folder):
    octet.load(archive(folder / "two.pt2", models__a_json="{}", models__b_json="{}"))


@provokes("weight_mismatch", "m.xml", "'m.bin' beside it", "Save the model again")
def weight_mismatch(files, folder):
    octet.save(convolutions(1.0), folder / "m.xml")
    octet.save(convolutions(2.0), folder / "n.xml")
    (folder / "n.bin").replace(folder / "m.bin")
    octet.load(folder / "m.xml")


@provokes("corrupt_array", "truncated.npy")
def corrupt_array(files, folder):
    octet.quantize(convolutions(), octet.npy_file(files / "truncated.npy"))


@provokes("unsupported_op", "user.strange", "model.layer", "test_error_codes.py")
def unsupported_op(files, folder):
    torch = pytest.importorskip("torch")

    @torch.library.custom_op("user::strange", mutates_args=())
    def strange(x: torch.Tensor) -> torch.Tensor:
        return x.clone()

    strange.register_fake(torch.empty_like)

    class Layer(torch.nn.Module):
        def forward(self, x):
            return torch.ops.user.strange(x) + 1

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = torch.nn.Module()
            self.model.layer = Layer()

        def forward(self, x):
            return self.model.layer(x)

    octet.load(torch.export.export(Net(), (torch.zeros(1, 3),)))


@provokes("weight_not_finite", "body.conv", "NaN")
def weight_not_finite(files, folder):
    x = op.parameter([1, 3, 16, 16], ov.Type.f32, name="x")
    weight = np.full((8, 3, 3, 3), np.nan, np.float32)
    node = op.convolution(x, op.constant(weight), [1, 1], [1, 1], [1, 1], [1, 1])
    node.friendly_name = "body.conv"
    octet.quantize(ov.Model([op.relu(node)], [x]), data())


@provokes("conversion_failed", "damaged.xml", "Check that the .xml is OpenVINO IR")
def conversion_failed(files, folder):
    octet.load(files / "damaged.xml")


@provokes("ignored_scope_mismatch", "stem.conw", "stem.conv")
def ignored_scope_mismatch(files, folder):
    octet.quantize(convolutions(), data(), ignored_scope=octet.IgnoredScope(names=["stem.conw"]))


@provokes("dataset_empty", "no sample")
def dataset_empty(files, folder):
    octet.quantize(convolutions(), [])


@provokes("dataset_failed", "sample 1", "ZeroDivisionError")
def dataset_failed(files, folder):
    def samples():
        yield data()[0]
        raise ZeroDivisionError("of the user")

    octet.quantize(convolutions(), samples())


@provokes("sample_mismatch", "sample 0", "[?,3,16,16]", "[1,3,16,8]")
def sample_mismatch(files, folder):
    octet.quantize(convolutions(), [data()[0][..., :8]])


@provokes("sample_not_finite", "sample 1", "NaN")
def sample_not_finite(files, folder):
    octet.quantize(convolutions(), data(_1=np.nan))


@provokes("image_undecodable", "pictures", "a.png", "it is no JPEG")
def image_undecodable(files, folder):
    (folder / "pictures").mkdir()
    (folder / "pictures" / "a.png").write_bytes(b"no picture")
    octet.quantize(convolutions(), octet.image_folder(folder / "pictures", height=16, width=16))


@provokes("recipe_invalid", "not.json")
def recipe_invalid(files, folder):
    octet.apply(convolutions(), files / "not.json")


@provokes("recipe_mismatch", "recipe")
def recipe_mismatch(files, folder):
    recipe = octet.quantize_to_openvino(convolutions(), data()).recipe
    octet.apply(convolutions(2.0), recipe)


@provokes("output_unwritable", "nowhere", "Check that the folder exists")
def output_unwritable(files, folder):
    octet.save(convolutions(), folder / "nowhere" / "m.xml")


@provokes("runtime_failed", "OpenVINO failed to compile the model", "streams")
def runtime_failed(files, folder):
    octet.run(convolutions(), data()[0], config={"NUM_STREAMS": "lots"})


@provokes("unsupported_option", "weights_quantization_params", "4 bits are not offered", "Use 8")
def unsupported_option(files, folder):
    advanced = octet.AdvancedQuantizationParameters(
        weights_quantization_params=octet.QuantizationParameters(num_bits=4)
    )
    octet.quantize(convolutions(), data(), advanced_parameters=advanced)


@provokes("accuracy_collapsed", "SQNR", "made in node 'product'", "Say ")
def accuracy_collapsed(files, folder):
    """One input is so large that nothing of the others is left in 8 bits."""
    x = op.parameter([1, 16], ov.Type.f32, name="x")
    weight = np.random.default_rng(1).normal(0, 1, (16, 4)).astype("f4")
    weight[0] *= 1e-5
    product = op.matmul(x, op.constant(weight), False, False)
    product.friendly_name = "product"
    rows = np.random.default_rng(2).normal(0, 1, (4, 1, 16)).astype("f4")
    rows[:, :, 0] *= 1e4
    octet.quantize(ov.Model([product], [x]), list(rows), on_collapse="raise")


@provokes("out_of_memory", "memory ran out", "(ulimit -v)", "raise the limit")
def out_of_memory(files, folder):
    """In a process of its own, which may take less than the model is large."""
    program = """
        import json, resource, sys
        import numpy as np
        import octet, openvino as ov
        from openvino import opset13 as op

        with open("/proc/self/statm") as file:
            taken = int(file.read().split()[0]) * resource.getpagesize()
        x = op.parameter([1, 4096], ov.Type.f32, name="x")
        weights = [op.constant(np.ones((4096, 4096), "f4")) for _ in range(2)]
        y = op.matmul(op.matmul(x, weights[0], False, False), weights[1], False, False)
        limit = taken + (300 << 20)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        try:
            octet.quantize(ov.Model([y], [x]), [np.ones((1, 4096), "f4")])
        except octet.Error as error:
            print(json.dumps([getattr(error, name) for name in sys.argv[1:]]))
    """
    parts = ["code", "stage", "where", "problem", "remedy"]
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *parts],
        capture_output=True,
        text=True,
        check=True,
    )
    raise octet.errors.make(*json.loads(result.stdout))


@pytest.mark.parametrize("code", _core.error_codes())
def test_code(code: str, files, tmp_path):
    if code in NOT_MET_HERE:
        pytest.skip("tested in C++, or by a crash")
    provoke, words = PROVOKE[code]
    with pytest.raises(octet.Error) as caught:
        provoke(files, tmp_path)
    assert caught.value.code == code, caught.value
    for word in words:
        assert word in str(caught.value), (word, str(caught.value))
    assert caught.value.stage
    assert caught.value.problem
    assert caught.value.remedy
    assert caught.value.where or code in NO_ONE_PLACE
