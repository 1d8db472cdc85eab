"""Bodies of If and Loop stay in floating point, with a finding; the layers around are quantized."""

import logging

import numpy as np
import octet
import openvino as ov
import pytest
from openvino import opset13 as op


def convolution(data, name: str, channels: int = 8):
    weight = np.random.default_rng(len(name)).normal(0, 0.2, (8, channels, 3, 3))
    node = op.convolution(
        data, op.constant(weight.astype(np.float32)), [1, 1], [1, 1], [1, 1], [1, 1]
    )
    node.friendly_name = name
    return node


def branch(name: str) -> tuple[ov.Model, object]:
    data = op.parameter([1, 8, 8, 8], ov.Type.f32, name=f"{name}_data")
    result = op.result(op.relu(convolution(data, f"{name}.conv")))
    return ov.Model([result], [data], name), data


def model_with_if() -> ov.Model:
    x = op.parameter([1, 3, 8, 8], ov.Type.f32, name="x")
    flag = op.parameter([], ov.Type.boolean, name="flag")
    stem = op.relu(convolution(x, "stem.conv", 3))
    condition = op.if_op(flag)
    condition.friendly_name = "choice"
    bodies = [branch("yes"), branch("no")]
    condition.set_then_body(bodies[0][0])
    condition.set_else_body(bodies[1][0])
    condition.set_input(stem.output(0), bodies[0][1], bodies[1][1])
    chosen = condition.set_output(bodies[0][0].results[0], bodies[1][0].results[0])
    head = op.relu(convolution(chosen, "head.conv"))
    x.output(0).set_names({"x"})
    flag.output(0).set_names({"flag"})
    return ov.Model([head], [x, flag], "with_if")


def model_with_loop() -> ov.Model:
    x = op.parameter([1, 3, 8, 8], ov.Type.f32, name="x")
    stem = op.relu(convolution(x, "stem.conv", 3))
    data = op.parameter([1, 8, 8, 8], ov.Type.f32, name="data")
    step = op.relu(convolution(data, "body.conv"))
    body = ov.Model([step.output(0), op.constant(True).output(0)], [data], "body")
    loop = op.loop(op.constant(3), op.constant(True))
    loop.friendly_name = "repeat"
    loop.set_function(body)
    loop.set_special_body_ports([-1, 1])
    loop.set_merged_input(data, stem.output(0), body.results[0].input_value(0))
    repeated = loop.get_iter_value(body.results[0].input_value(0), -1)
    head = op.relu(convolution(repeated, "head.conv"))
    x.output(0).set_names({"x"})
    return ov.Model([head], [x], "with_loop")


@pytest.mark.parametrize(
    "build, name", [(model_with_if, "choice"), (model_with_loop, "repeat")], ids=["if", "loop"]
)
def test_what_is_around_is_quantized(build, name, caplog):
    model = build()
    random = np.random.default_rng(0)
    samples = []
    for i in range(8):
        sample = {"x": random.normal(size=(1, 3, 8, 8)).astype(np.float32)}
        if len(model.inputs) == 2:
            sample["flag"] = np.array(i % 2 == 0)
        samples.append(sample)
    with caplog.at_level(logging.INFO, "octet"):
        result = octet.quantize_to_openvino(model, samples)
    precisions = {layer.node: layer.precision for layer in result.layers}
    assert precisions["stem.conv"] == "int8"
    assert precisions["head.conv"] == "int8"
    found = [d for d in result.diagnostics if name in d.where or name in d.message]
    assert found, [str(d) for d in result.diagnostics]
    comparison = octet.compare(model, result.model, samples)
    assert comparison.outputs[0].cosine > 0.99
