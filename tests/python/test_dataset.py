"""What a dataset may yield, and what is said of what it may not."""

import logging
import threading
from pathlib import Path

import numpy as np
import octet
import openvino as ov
import pytest
from command_inputs import convolutions, two_inputs


@pytest.fixture(scope="module")
def model():
    """One model for all: OpenVINO numbers the nodes that have no name."""
    return convolutions()


@pytest.fixture(scope="module")
def model_of_two():
    return two_inputs()


@pytest.fixture(scope="module")
def samples():
    random = np.random.default_rng(3)
    return [random.normal(0, 1, (1, 3, 16, 16)).astype("f4") for _ in range(5)]


@pytest.fixture(scope="module")
def pairs():
    random = np.random.default_rng(4)
    shapes = {"a": (2, 4), "b": (2, 8)}
    return [{n: random.normal(0, 1, s).astype("f4") for n, s in shapes.items()} for _ in range(5)]


def recipe_of(model, data, **parameters) -> str:
    return octet.quantize_to_openvino(model, data, **parameters).recipe.to_json()


class Countable:
    """Iterable by position only, as old code writes it."""

    def __init__(self, items):
        self.items = items

    def __getitem__(self, index):
        return self.items[index]


def test_any_iterable_gives_the_same(model, samples):
    wanted = recipe_of(model, samples)
    for source in (
        tuple(samples),
        (sample for sample in samples),
        Countable(samples),
        octet.Dataset(samples),
        octet.Dataset(range(5), lambda i: samples[i]),
        [[sample] for sample in samples],
        [(sample,) for sample in samples],
        [{"x": sample} for sample in samples],
        np.stack(samples),
    ):
        assert recipe_of(model, source) == wanted


def test_tensors_of_torch_give_the_same(model, samples):
    torch = pytest.importorskip("torch")
    wanted = recipe_of(model, samples)
    tensors = [torch.from_numpy(sample) for sample in samples]
    loader = torch.utils.data.DataLoader(torch.cat(tensors), batch_size=None)
    for source in (
        tensors,
        [tensor.requires_grad_() for tensor in tensors],
        [tensor.contiguous(memory_format=torch.channels_last) for tensor in tensors],
        [torch.nn.Parameter(tensor) for tensor in tensors],
        octet.Dataset(loader, lambda image: image[None]),
    ):
        assert recipe_of(model, source) == wanted


def test_arrays_that_are_laid_out_otherwise_give_the_same(model, samples):
    wanted = recipe_of(model, samples)
    for source in (
        [np.asfortranarray(sample) for sample in samples],
        [sample.astype(">f4") for sample in samples],
        [sample[:, :, ::-1][:, :, ::-1] for sample in samples],
        [sample.astype("f8") for sample in samples],
        [ov.Tensor(sample) for sample in samples],
    ):
        assert recipe_of(model, source) == wanted
    for sample in samples:
        sample.setflags(write=False)
    assert recipe_of(model, samples) == wanted


def test_inputs_by_name_and_by_position_give_the_same(model_of_two, pairs):
    wanted = recipe_of(model_of_two, pairs)
    assert recipe_of(model_of_two, [(pair["a"], pair["b"]) for pair in pairs]) == wanted
    assert recipe_of(model_of_two, [{k: pair[k] for k in "ba"} for pair in pairs]) == wanted


def test_half_types_keep_their_values(model):
    """What is calibrated is the value of each half number, whichever half type it has."""
    torch = pytest.importorskip("torch")
    values = torch.linspace(-2, 2, 3 * 16 * 16).reshape(1, 3, 16, 16)
    for dtype in (torch.bfloat16, torch.float16):
        half = values.to(dtype)
        assert recipe_of(model, [half]) == recipe_of(model, [half.float()])


def test_memory_is_shared_where_elements_are_contiguous():
    torch = pytest.importorskip("torch")
    address = octet._core._tensor_address
    array = np.zeros((2, 3), "f4")
    assert address(array) == array.ctypes.data
    assert address(array[1:]) == array.ctypes.data + 12
    assert address(array.T) != array.ctypes.data
    for dtype in (torch.float32, torch.bfloat16, torch.float16, torch.int64, torch.bool):
        tensor = torch.zeros(2, 3, dtype=dtype)
        assert address(tensor) == tensor.data_ptr()
        assert address(tensor.t()) != tensor.data_ptr()
    tensor = ov.Tensor(array, shared_memory=True)
    assert address(tensor) == array.ctypes.data


def test_subset_size_bounds_what_is_read(model, samples):
    taken = []

    def endless():
        while True:
            taken.append(1)
            yield samples[0]

    result = octet.quantize_to_openvino(model, endless(), subset_size=7)
    assert result.samples == 7
    assert len(taken) <= 8


def test_batch_size_of_a_loader_is_seen(samples):
    class Loader(list):
        batch_size = 4

    assert octet.Dataset(Loader(samples)).batch_size == 4
    assert octet.Dataset(samples).batch_size is None


class CustomError(Exception):
    pass


def raising_at(samples, index, error):
    for i, sample in enumerate(samples):
        if i == index:
            raise error
        yield sample


def test_an_exception_of_the_dataset_is_the_cause(model, samples):
    error = CustomError("no such file")
    with pytest.raises(octet.DataError, match=r"sample 3.*CustomError: no such file") as caught:
        octet.quantize(model, raising_at(samples, 3, error))
    assert caught.value.__cause__ is error
    assert (caught.value.code, caught.value.where) == ("dataset_failed", "sample 3")


def test_an_exception_of_the_transform_is_the_cause(model, samples):
    def transform(index):
        if index == 2:
            raise CustomError("bad index")
        return samples[index]

    with pytest.raises(octet.DataError) as caught:
        octet.quantize(model, octet.Dataset(range(5), transform))
    assert isinstance(caught.value.__cause__, CustomError)
    frames = []
    trace = caught.value.__cause__.__traceback__
    while trace:
        frames.append(trace.tb_frame.f_code.co_name)
        trace = trace.tb_next
    assert "transform" in frames
    assert caught.value.where == "sample 2"


def test_a_transform_that_stops_iteration_does_not_end_the_data(model, samples):
    def transform(index):
        return samples[index] if index < 2 else next(iter(()))

    with pytest.raises(octet.DataError) as caught:
        octet.quantize(model, octet.Dataset(range(5), transform))
    assert isinstance(caught.value.__cause__.__cause__, StopIteration)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3)])
def test_what_ends_programs_passes_through(model, samples, error):
    with pytest.raises(type(error)) as caught:
        octet.quantize(model, raising_at(samples, 1, error))
    assert caught.value is error


@pytest.mark.parametrize(
    "item, problem",
    [
        ("text", "type 'str', which is no tensor"),
        (object(), "type 'object', which is no tensor"),
        (None, "type 'NoneType', which is no tensor"),
        ([None], "type 'NoneType', which is no tensor"),
        (np.zeros((1, 3, 16, 16), "c8"), "elements of type complex64"),
        (np.array(["a"]), "elements of type str"),
        (np.zeros((3, 16, 16), "f4"), "has shape"),
        ({"y": np.zeros((1, 3, 16, 16), "f4")}, "no input 'y'"),
    ],
)
def test_what_is_no_sample_is_named(model, samples, item, problem):
    with pytest.raises(octet.DataError, match=problem) as caught:
        octet.quantize(model, [samples[0], item])
    assert caught.value.code == "sample_mismatch"
    assert "sample 1" in caught.value.where


@pytest.mark.parametrize("data", [[], iter(()), octet.Dataset([], lambda item: item)])
def test_empty_datasets(model, data):
    with pytest.raises(octet.DataError) as caught:
        octet.quantize(model, data)
    assert caught.value.code == "dataset_empty"


def test_what_cannot_be_a_dataset():
    with pytest.raises(octet.UsageError, match="int cannot be iterated over"):
        octet.Dataset(3)
    for path in ("data.npy", Path("images")):  # text could be iterated over
        with pytest.raises(octet.UsageError, match=r"is a path. Give what octet\.npy_file"):
            octet.Dataset(path)
    with pytest.raises(octet.UsageError, match="transform_fn cannot be called"):
        octet.Dataset([], transform_fn="f")


def test_a_dataset_that_yields_from_another_thread_is_fine(model, samples):
    """The lock of Python is free while the library runs."""
    ready = threading.Event()

    def items():
        for sample in samples:
            ready.clear()
            threading.Timer(0.001, ready.set).start()
            ready.wait()
            yield sample

    assert octet.quantize_to_openvino(model, items()).samples == 5


def test_files(model, samples, tmp_path):
    np.save(tmp_path / "x.npy", np.concatenate(samples))
    np.savez(tmp_path / "x.npz", x=np.concatenate(samples))
    wanted = recipe_of(model, samples)
    assert recipe_of(model, octet.npy_file(tmp_path / "x.npy")) == wanted
    assert recipe_of(model, octet.npz_file(tmp_path / "x.npz")) == wanted


def test_files_are_read_anew_by_each_run(model, samples, tmp_path):
    np.save(tmp_path / "x.npy", np.concatenate(samples))
    data = octet.npy_file(tmp_path / "x.npy")
    first = recipe_of(model, data)
    assert recipe_of(model, data) == first
    assert octet.compare(model, model, data).samples == len(samples)
    noise = octet.random_samples(octet.load(model), 3)
    assert recipe_of(model, noise) == recipe_of(model, noise)


def test_folders_of_images(model, tmp_path):
    from command_inputs import write_inputs

    write_inputs(tmp_path)
    folder = octet.image_folder(
        tmp_path / "images", height=16, width=16, mean=[0.5] * 3, scale=[0.25] * 3
    )
    assert folder.size == 5
    assert octet.quantize_to_openvino(model, folder).samples == 5
    with pytest.raises(octet.MissingFileError):
        octet.image_folder(tmp_path / "nowhere")
    with pytest.raises(octet.UsageError, match="nhcw"):
        octet.image_folder(tmp_path / "images", layout="nhcw")


def test_random_data_is_warned_of(model, caplog):
    noise = octet.random_samples(octet.load(model), 4)
    with caplog.at_level(logging.WARNING, "octet"):
        result = octet.quantize_to_openvino(model, noise)
    assert result.samples == 4
    assert any("noise" in record.getMessage() for record in caplog.records)
