"""The models that the benchmarks quantize: in every format, with samples, and what FP32 makes of
others. Kept from run to run."""

import importlib.util
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
FOLDER = Path("build/bench/models")
CHECKED = 32  #: samples that outputs are compared on
#: Of tests/coverage/models.py. Those of ../shared/eval are trained and have real data; the others
#: have random weights, and the photographs of EfficientNet-Lite0.
MODELS = [
    "cifar_resnet20",
    "effnet_lite0",
    "ppocr_cls",
    "crepe_tiny",
    "minilm_stsb",
    "resnet18",
    "mobilenet_v2",
    "vit_b_16",
]


def load_data(model):
    """`load.py` of the data that a model is quantized on."""
    path = SHARED / "eval" / model / "load.py"
    if not path.is_file():
        path = SHARED / "eval" / "effnet_lite0" / "load.py"
    if not path.is_file():
        sys.exit(f"run.py: the benchmark needs {SHARED / 'eval'}")
    spec = importlib.util.spec_from_file_location(f"data_{model}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def prepare(model, folder, samples):
    """Writes the model in each format, the samples, and what FP32 makes of others."""
    stamp = folder / "complete"
    data = load_data(model)
    if not stamp.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        write_model(model, data, folder)
        write_check(data, folder)
        stamp.touch()
    calibration = folder / f"samples_{samples}.npz"
    if not calibration.is_file():
        # There are 300: what is timed, beyond that, does not depend on what they hold.
        items = data.calib(min(samples, 300))
        items = [items[i % len(items)] for i in range(samples)]
        arrays = [
            np.concatenate([np.asarray(item[i]) for item in items]) for i in range(len(items[0]))
        ]
        np.savez(calibration, **{f"input{i}": array for i, array in enumerate(arrays)})


def write_model(name, data, folder):
    import openvino as ov
    import torch

    sys.path.insert(0, str(ROOT / "tests" / "coverage"))
    import models

    row = next(row for row in models.MODELS if row.name == name)
    torch.manual_seed(1)
    network, example = models.make_model(row), tuple(data.example())
    with torch.no_grad():
        program = torch.export.export(network, example)
        torch.export.save(program, folder / "model.pt2")
        if hasattr(data, "reshape"):  # the model is an ONNX file
            (folder / "model.onnx").write_bytes(Path(data.model()).read_bytes())
            converted = data.reshape(ov.convert_model(data.model()))
        else:
            torch.backends.mha.set_fastpath_enabled(False)  # ONNX has no such operator
            torch.onnx.export(
                network, example, folder / "model.onnx", dynamo=False, opset_version=17
            )
            converted = ov.convert_model(program, example_input=example)
    ov.save_model(converted, folder / "model.xml", compress_to_fp16=False)


def write_check(data, folder):
    import openvino as ov

    compiled = ov.Core().compile_model(
        folder / "model.xml", "CPU", {"INFERENCE_PRECISION_HINT": "f32"}
    )
    inputs, outputs = [], []

    def infer(*arrays):
        if len(inputs) < CHECKED:
            inputs.append([np.array(array) for array in arrays])
            outputs.append(np.array(compiled(list(arrays))[0]))
            return outputs[-1]
        return compiled(list(arrays))[0]

    data.evaluate(infer, limit=CHECKED)
    arrays = {
        f"input{i}": np.concatenate([item[i] for item in inputs]) for i in range(len(inputs[0]))
    }
    np.savez(folder / "check.npz", **arrays, output=np.concatenate(outputs))
