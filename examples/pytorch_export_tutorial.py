"""PyTorch 2 export quantization for a `torch.compile` backend that runs on OpenVINO.

The flow is that of PyTorch's tutorial for NNCF and OpenVINO; only the imports differ.
docs/tutorial.md goes through it step by step.

    python examples/pytorch_export_tutorial.py [--size 224] [--batch 50] [--images 300]

Nothing is downloaded. The images are crops of the photographs that scikit-image carries. Without
--weights (a state_dict, such as torchvision's resnet18-f37072fd.pth) the weights are random: times
and differences mean something, classes do not.
"""

import argparse
import time
from pathlib import Path

import numpy as np

# %% What the tutorial imports: octet takes the place of nncf
import octet
import torch
from efficientnet_lite0.photographs import write_calibration_crops
from octet.torch import disable_patching
from PIL import Image

try:
    import torchvision
except RuntimeError:  # it was built for another torch: its models need to know that these exist
    library = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    import torchvision

# %% Settings
parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--size", type=int, default=224, help="height and width of the images")
parser.add_argument("--batch", type=int, default=50)
parser.add_argument("--images", type=int, default=300, help="for calibration")
parser.add_argument("--seconds", type=float, default=5, help="of each measurement")
parser.add_argument("--without-inductor", action="store_true", help="which takes long to compile")
parser.add_argument("--weights", type=Path, help="a file that torch.load reads")
parser.add_argument("--folder", type=Path, default=Path("build/tutorial"), help="for what is saved")
settings = parser.parse_args()


# %% The data
class Photographs(torch.utils.data.Dataset):
    """Images and labels; crops of a few photographs, as often as asked for."""

    def __init__(self, folder: Path, count: int, size: int):
        self.files = write_calibration_crops(folder)
        self.count, self.size = count, size

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        if index >= self.count:
            raise IndexError(index)
        with Image.open(self.files[index % len(self.files)]) as image:
            pixels = np.asarray(image.resize((self.size, self.size)), np.float32) / 255
        mean, deviation = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
        normalized = (pixels - np.float32(mean)) / np.float32(deviation)
        return torch.from_numpy(normalized.transpose(2, 0, 1).copy()), 0


photographs = Photographs(settings.folder / "photographs", settings.images, settings.size)
calibration_loader = torch.utils.data.DataLoader(
    photographs, batch_size=settings.batch, drop_last=True
)

# %% The model
torch.manual_seed(0)
model = torchvision.models.resnet18(weights=None)
if settings.weights:
    model.load_state_dict(torch.load(settings.weights, weights_only=True))
else:
    print("No --weights: they are random, so the classes mean nothing.")
    with torch.no_grad():  # batch norms have seen data, as those of a trained network have
        model.train()(next(iter(calibration_loader))[0])
model = model.eval()

# %% Step 1: capture the graph
example_input = torch.randn(settings.batch, 3, settings.size, settings.size)
example_input = example_input.contiguous(memory_format=torch.channels_last)
with disable_patching(), torch.no_grad():
    exported_model = torch.export.export(model, (example_input,)).module()


# %% Step 2: quantize it
def transform_fn(data_item):
    """What the model takes, of what the loader yields."""
    images, _labels = data_item
    return images


calibration_dataset = octet.Dataset(calibration_loader, transform_fn)
quantized_model = octet.quantize(exported_model, calibration_dataset)

# %% Step 2, with every parameter
carefully_quantized_model = octet.quantize(
    exported_model,
    calibration_dataset,
    preset=octet.QuantizationPreset.MIXED,  # activations that are not symmetric as they are
    model_type=None,  # found out from the graph; or octet.ModelType.TRANSFORMER
    target_device=octet.TargetDevice.CPU,
    subset_size=2,  # batches of the loader, not images
    fast_bias_correction=True,  # False: by running the model
    ignored_scope=octet.IgnoredScope(names=["linear"]),  # stays in floating point
    advanced_parameters=octet.AdvancedQuantizationParameters(
        overflow_fix=octet.OverflowFix.FIRST_LAYER
    ),
    threads=0,  # all cores
    progress=False,
)

# %% Step 3: lower it
optimized_model = torch.compile(quantized_model, backend="octet")
with torch.no_grad():
    scores = optimized_model(example_input)

# %% Save it, and load it elsewhere
program = torch.export.export(quantized_model, (example_input,))
torch.export.save(program, settings.folder / "resnet18_int8.pt2")
loaded_model = torch.export.load(settings.folder / "resnet18_int8.pt2").module()

# %% What it is like
images, _ = next(iter(calibration_loader))
images = images.contiguous(memory_format=torch.channels_last)


def likeness(scores: torch.Tensor, expected: torch.Tensor) -> str:
    cosine = torch.nn.functional.cosine_similarity(scores, expected, dim=1)
    same = (scores.argmax(1) == expected.argmax(1)).float().mean()
    return f"cosine of the scores {cosine.min():.4f} or more, same class {same:.0%}"


with torch.no_grad():
    expected = model(images)
    print("against the model in floating point:")
    print("    quantized, eager           ", likeness(quantized_model(images), expected))
    print("    quantized, compiled        ", likeness(optimized_model(images), expected))
    print("    quantized, saved and loaded", likeness(loaded_model(images), expected))
    print("    with every parameter       ", likeness(carefully_quantized_model(images), expected))

# %% How fast it is
compiled_models = {
    "eager, FP32": model,
    "Inductor, FP32": torch.compile(model),
    "OpenVINO, FP32": torch.compile(exported_model, backend="octet"),
    "OpenVINO, INT8": optimized_model,
}
if settings.without_inductor:
    del compiled_models["Inductor, FP32"]


def median_milliseconds(function, seconds: float) -> float:
    times = []
    end = time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        begin = time.perf_counter()
        function(images)
        times.append(time.perf_counter() - begin)
    return 1000 * sorted(times)[len(times) // 2]


with torch.no_grad():
    for function in compiled_models.values():
        function(images)  # compiles it
    print(f"\n{f'batch of {settings.batch}, median':24}{'ms':>10}{'against eager':>16}")
    eager = None
    for name, function in compiled_models.items():
        median = median_milliseconds(function, settings.seconds)
        eager = eager or median
        print(f"    {name:20}{median:10.1f}{eager / median:15.2f}x")
print()
print(octet.torch.explain(optimized_model))
