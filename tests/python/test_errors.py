"""The exceptions of octet, as users catch them."""

import os
import pickle
import signal
import subprocess
import sys
import textwrap

import numpy as np
import octet
import openvino as ov
import pytest
from command_inputs import convolutions, write_inputs
from octet import _core


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("inputs")
    write_inputs(folder)
    return folder


def test_every_code_has_a_class():
    for code, (_, meaning) in _core.error_codes().items():
        error = octet.errors.make(code, "import", "here", "it is bad", "Do better")
        assert isinstance(error, octet.Error)
        assert type(error) is not octet.Error
        assert (error.code, error.stage, error.where) == (code, "import", "here")
        assert str(error) == "[import] here: it is bad. Do better."
        assert meaning.endswith(".")


@pytest.mark.parametrize(
    "name, kind, code",
    [
        ("missing.xml", FileNotFoundError, "file_not_found"),
        ("missing.xml", octet.MissingFileError, "file_not_found"),
        ("notes.txt", octet.InputError, "unknown_format"),
        ("truncated.pt2", octet.InputError, "corrupt_archive"),
        ("text.pt2", octet.InputError, "unknown_format"),
        ("damaged.xml", octet.ModelError, "conversion_failed"),
    ],
)
def test_files_that_cannot_be_read(files, name, kind, code):
    with pytest.raises(kind) as caught:
        octet.load(files / name)
    assert caught.value.code == code
    assert str(files / name) in caught.value.where
    assert caught.value.remedy


def test_python_idioms():
    with pytest.raises(ValueError):
        octet.quantize(convolutions(), [], preset="fastest")
    with pytest.raises(TypeError):
        octet.quantize(convolutions(), [], presets="mixed")
    with pytest.raises(OSError):
        octet.save(convolutions(), "/nonexistent folder/model.xml")


def test_errors_can_be_pickled():
    error = octet.errors.make("corrupt_array", "data", "file 'x'", "it is damaged", "Save it again")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.code) == (type(error), str(error), error.code)


@pytest.mark.parametrize(
    "model, remedy",
    [
        (3, "torch.export.ExportedProgram"),
        (None, "openvino.Model"),
        (ov.compile_model(convolutions(), "CPU"), "openvino.Model that it was compiled from"),
    ],
)
def test_what_is_no_model(model, remedy):
    with pytest.raises(octet.UsageError, match="is no model that can be read") as caught:
        octet.load(model)
    assert remedy in caught.value.remedy


def test_modules_of_torch_must_be_exported():
    torch = pytest.importorskip("torch")
    with pytest.raises(octet.UsageError) as caught:
        octet.load(torch.nn.Linear(2, 2))
    assert "torch.export.export" in caught.value.remedy


def test_ignored_scope_without_effect_is_an_error():
    with pytest.raises(octet.UsageError, match=r"stem\.conw") as caught:
        octet.inspect(convolutions(), ignored_scope=octet.IgnoredScope(names=["stem.conw"]))
    assert caught.value.code == "ignored_scope_mismatch"


def test_no_partial_file_is_left(tmp_path):
    broken = convolutions()
    with pytest.raises(octet.OutputError):
        octet.save(broken, tmp_path / "nowhere" / "model.xml")
    assert list(tmp_path.iterdir()) == []


def test_recipes_that_do_not_fit(tmp_path):
    data = [np.zeros((1, 3, 16, 16), "f4") + i for i in range(2)]
    recipe = octet.quantize_to_openvino(convolutions(), data).recipe
    with pytest.raises(octet.ModelError) as caught:
        octet.apply(convolutions(2.0), recipe)
    assert caught.value.code == "recipe_mismatch"
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(octet.InputError) as caught:
        octet.apply(convolutions(), tmp_path / "bad.json")
    assert caught.value.code == "recipe_invalid"


def test_an_interrupt_ends_the_run():
    """Ctrl-C while the library works on endless data raises KeyboardInterrupt, soon."""
    program = """
        import signal
        import sys
        import numpy as np
        import octet
        from command_inputs import convolutions

        # Ignored signals are inherited: a shell starts what runs in the background that way.
        signal.signal(signal.SIGINT, signal.default_int_handler)

        def endless():
            sample = np.ones((1, 3, 16, 16), "f4")
            print("running", flush=True)
            while True:
                yield sample

        try:
            octet.quantize(convolutions(), endless(), subset_size=10**9)
        except KeyboardInterrupt:
            sys.exit(42)
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        try:
            assert process.stdout.readline() == "running\n"
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == 42
        finally:
            process.kill()  # else leaving the block would wait for it, without end


def test_a_progress_function_that_raises_ends_the_run():
    class Stop(Exception):
        pass

    stop = Stop()

    def progress(stage, done, total):
        raise stop

    data = (np.ones((1, 3, 16, 16), "f4") for _ in range(10**6))
    with pytest.raises((Stop, octet.Error)) as caught:
        octet.quantize(convolutions(), data, progress=progress, subset_size=10**6)
    assert stop in (caught.value, caught.value.__cause__)
