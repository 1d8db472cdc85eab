"""What rules of an ignored scope touch, told before anything runs."""

import json

import numpy as np
import octet
import pytest
from command_inputs import convolutions


def test_each_rule_says_what_it_covers_and_keeps():
    scope = octet.IgnoredScope(names=["head"], patterns=[r"stem\..*"], types=["Softmax"])
    preview = octet.preview(convolutions(), scope)
    assert [rule.rule for rule in preview.rules] == [
        "name 'head'",
        r"pattern 'stem\..*'",
        "type 'Softmax'",
    ]
    head, stem, softmax = preview.rules
    assert (head.nodes, head.layers, head.problem) == (["head"], ["head"], "")
    assert "stem.conv" in stem.nodes
    assert stem.layers == ["stem.conv", "stem.relu"]
    assert softmax.nodes == []
    assert softmax.problem == "it matches nothing"
    assert softmax.remedy
    assert "name 'head': covers 1 node, keeps 1 layer" in str(preview)
    assert [rule["layers"] for rule in json.loads(preview.to_json())["rules"]] == [
        ["head"],
        ["stem.conv", "stem.relu"],
        [],
    ]


def test_it_agrees_with_inspect():
    scope = octet.IgnoredScope(subgraphs=[octet.Subgraph(inputs=["stem.conv"], outputs=["head"])])
    model = convolutions()
    before = {layer.node for layer in octet.inspect(model) if layer.precision == "int8"}
    inspected = octet.inspect(model, ignored_scope=scope)
    after = {layer.node for layer in inspected if layer.precision == "int8"}
    preview = octet.preview(model, scope)
    assert {*preview.rules[0].layers, *preview.also} == before - after
    assert before - after


def test_a_malformed_pattern_is_an_error():
    with pytest.raises(octet.UsageError, match="no regular expression"):
        octet.preview(convolutions(), octet.IgnoredScope(patterns=["("]))


def test_modules_of_onnx_files_are_known_by_their_paths(tmp_path):
    onnx = pytest.importorskip("onnx")
    weight = onnx.numpy_helper.from_array(np.ones((4, 4), "f4"), "w")
    value = onnx.helper.make_tensor_value_info
    nodes = [
        onnx.helper.make_node("MatMul", ["x", "w"], ["a"], name="/body/first/MatMul"),
        onnx.helper.make_node("MatMul", ["a", "w"], ["b"], name="/body/MatMul"),
        onnx.helper.make_node("MatMul", ["b", "w"], ["c"], name="/bodywork/MatMul"),
    ]
    ends = [[value(name, onnx.TensorProto.FLOAT, [1, 4])] for name in ("x", "c")]
    graph = onnx.helper.make_graph(nodes, "net", *ends, [weight])
    onnx.save(
        onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)]),
        tmp_path / "net.onnx",
    )
    preview = octet.preview(tmp_path / "net.onnx", octet.IgnoredScope(names=["/body"]))
    assert preview.rules[0].layers == ["/body/first/MatMul", "/body/MatMul"]
