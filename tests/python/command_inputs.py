"""Files that the command's tests work on: small models, images and arrays, good and bad."""

import shutil
import sys
from pathlib import Path

import numpy as np
import openvino as ov
from openvino import opset13 as op

TESTS = Path(__file__).resolve().parent.parent


def find_command() -> Path | None:
    """The installed command beside this Python, or the one that CMake built here."""
    installed = Path(sys.executable).parent / "octet"
    candidates = [installed, *sorted(TESTS.parent.glob("build/*/octet"))]
    return next((path for path in candidates if path.is_file()), None)


def convolutions(weight_scale: float = 1.0) -> ov.Model:
    """x [?,3,16,16] -> two convolutions with ReLU -> mean -> 10 scores `y`."""
    random = np.random.default_rng(1)

    def convolution(data, channels_in, channels_out, name):
        weight = random.normal(
            0, weight_scale / (3 * channels_in**0.5), (channels_out, channels_in, 3, 3)
        )
        node = op.convolution(
            data, op.constant(weight.astype(np.float32)), [1, 1], [1, 1], [1, 1], [1, 1]
        )
        node.friendly_name = name
        relu = op.relu(node)
        relu.friendly_name = name.replace("conv", "relu")
        return relu

    x = op.parameter([-1, 3, 16, 16], ov.Type.f32, name="x")
    x.output(0).set_names({"x"})
    features = convolution(convolution(x, 3, 16, "stem.conv"), 16, 16, "body.conv")
    pooled = op.reduce_mean(features, op.constant([2, 3]), False)
    weight = random.normal(0, 0.25, (16, 10)).astype(np.float32)
    scores = op.matmul(pooled, op.constant(weight), False, False)
    scores.friendly_name = "head"
    scores.output(0).set_names({"y"})
    return ov.Model([scores], [x], "convolutions")


def odd_values(kind: str) -> ov.Model:
    """x [?,3,16,16] -> two convolutions: with dead channels, a weight that is NaN, or a value
    before them that is infinite or always 0."""
    random = np.random.default_rng(3)
    x = op.parameter([-1, 3, 16, 16], ov.Type.f32, name="x")
    x.output(0).set_names({"x"})
    data = x
    if kind == "infinite":
        data = op.log(op.relu(x))
        data.friendly_name = "logarithm"
    if kind == "constant":
        data = op.multiply(x, op.constant(np.float32(0)))
    weights = [random.normal(0, 0.2, (8, c, 3, 3)).astype(np.float32) for c in (3, 8)]
    if kind == "dead":
        weights[0][[2, 5]] = 0
        weights[1][3] = 0
    if kind == "nan":
        weights[0][1, 0, 0, 0] = np.nan
    for number, weight in enumerate(weights):
        data = op.convolution(data, op.constant(weight), [1, 1], [1, 1], [1, 1], [1, 1])
        data.friendly_name = f"conv{number}"
        data = op.relu(data)
        data.friendly_name = f"relu{number}"
    return ov.Model([data], [x], kind)


def two_inputs() -> ov.Model:
    """a [?,4] x weights + b [?,8]."""
    a = op.parameter([-1, 4], ov.Type.f32, name="a")
    b = op.parameter([-1, 8], ov.Type.f32, name="b")
    for parameter in (a, b):
        parameter.output(0).set_names({parameter.friendly_name})
    weight = op.constant(np.linspace(-1, 1, 32, dtype=np.float32).reshape(4, 8))
    return ov.Model([op.add(op.matmul(a, weight, False, False), b)], [a, b], "two_inputs")


def write_inputs(folder: Path) -> None:
    random = np.random.default_rng(2)
    ov.save_model(convolutions(), folder / "model.xml", compress_to_fp16=False)
    ov.save_model(convolutions(2.0), folder / "other.xml", compress_to_fp16=False)
    ov.save_model(two_inputs(), folder / "two.xml", compress_to_fp16=False)
    for kind in ("dead", "nan", "infinite", "constant"):
        ov.save_model(odd_values(kind), folder / f"{kind}.xml", compress_to_fp16=False)

    samples = random.normal(0, 1, (12, 3, 16, 16)).astype(np.float32)
    np.save(folder / "data.npy", samples)
    np.save(folder / "data_f64.npy", samples.astype(np.float64))
    np.savez(folder / "named.npz", x=samples)
    np.savez(
        folder / "two.npz",
        a=random.normal(0, 1, (6, 4)).astype("f4"),
        b=random.normal(0, 1, (6, 8)).astype("f4"),
    )
    np.save(folder / "wrong_shape.npy", samples[:, :, :8])
    np.savez(folder / "wrong_name.npz", X=samples)
    np.save(folder / "zero_samples.npy", samples[:0])
    broken = samples.copy()
    broken[5, 1, 2, 3] = np.nan
    np.save(folder / "nan.npy", broken)
    (folder / "truncated.npy").write_bytes((folder / "data.npy").read_bytes()[:1000])
    (folder / "truncated.pt2").write_bytes(b"PK\x03\x04" + bytes(40))
    (folder / "text.pt2").write_text("no archive")
    (folder / "notes.txt").write_text("no model")
    (folder / "damaged.xml").write_text("<net name='x'><layers>")
    (folder / "damaged.onnx").write_bytes(b"\x08\x07garbage")
    (folder / "not.json").write_text("{")

    images = TESTS / "cases" / "images"
    for name in ("images", "some_broken", "empty"):
        (folder / name).mkdir()
    for name in ("images", "some_broken"):
        for image in ("wide.png", "tall.ppm", "wide.jpg", "wide.bmp", "grey.png"):
            shutil.copy(images / image, folder / name)
    (folder / "some_broken" / "a_bad.jpg").write_bytes(b"\xff\xd8nothing")
    (folder / "some_broken" / "b_bad.png").write_bytes((images / "wide.png").read_bytes()[:300])
