"""Where NNCF puts quantizers in an OpenVINO model, as JSON on stdout.

Run by an interpreter that has nncf: nncf_placement.py MODEL.xml [key=value]...
The peer's own pipeline runs up to the point where the places are known; no data are needed.
"""

import contextlib
import json
import sys

import nncf
import openvino as ov
from nncf.common.graph.transformations.commands import TargetType
from nncf.common.quantization.quantizer_propagation.structs import QuantizerPropagationRule
from nncf.quantization.advanced_parameters import (
    AdvancedSmoothQuantParameters,
    OverflowFix,
    QuantizationParameters,
)
from nncf.quantization.algorithms.min_max.algorithm import MinMaxQuantization


class Found(Exception):
    pass


def quantization_parameters(keys, prefix):
    fields = {}
    for key, value in keys.items():
        if not key.startswith(prefix):
            continue
        field = key.removeprefix(prefix)
        if field == "mode":
            fields[field] = nncf.common.quantization.structs.QuantizationScheme(value)
        else:
            fields[field] = int(value) if value.isdigit() else value == "true"
    return QuantizationParameters(**fields) if fields else None


def options(arguments):
    """The tutorial's parameters from `key=value` words, as dump_placement takes them."""
    keys = dict(argument.split("=", 1) for argument in arguments)
    ignored, result = {}, {}
    advanced = {
        "activations_quantization_params": quantization_parameters(keys, "activations."),
        "weights_quantization_params": quantization_parameters(keys, "weights."),
    }
    for key, value in keys.items():
        if key == "preset":
            result["preset"] = nncf.QuantizationPreset(value)
        elif key == "model_type":
            result["model_type"] = None if value == "generic" else nncf.ModelType(value)
        elif key == "target_device":
            result["target_device"] = nncf.TargetDevice(value.upper())
        elif key == "overflow_fix":
            advanced["overflow_fix"] = OverflowFix(
                "first_layer_only" if value == "first_layer" else value
            )
        elif key == "quantizer_propagation_rule":
            advanced[key] = QuantizerPropagationRule[value.upper()]
        elif key == "quantize_outputs":
            advanced[key] = value == "true"
        elif key in ("names", "patterns", "types"):
            ignored[key] = value.split(",")
        elif key == "subgraph":
            first, last = value.split(",")
            ignored["subgraphs"] = [nncf.Subgraph(inputs=[first], outputs=[last])]
        elif not key.startswith(("activations.", "weights.")):
            raise SystemExit(f"no such option: {key}")
    if ignored:
        result["ignored_scope"] = nncf.IgnoredScope(**ignored)
    result["advanced_parameters"] = nncf.AdvancedQuantizationParameters(
        smooth_quant_alphas=AdvancedSmoothQuantParameters(convolution=-1, matmul=-1), **advanced
    )
    return result


def spec(config):
    return {
        "bits": config.num_bits,
        "symmetric": config.mode == "symmetric",
        "per_channel": config.per_channel,
        "narrow": config.narrow_range,
        "signed": config.signedness_to_force,
    }


def placement(model, arguments):
    found = {}

    def record(self, model, graph):
        points, groups = original(self, model, graph)
        found["points"], found["groups"] = points, groups
        found["half"] = self._get_quantization_points_overflow_fix(
            self._overflow_fix, points, graph
        )
        raise Found

    original = MinMaxQuantization._get_quantization_target_points
    MinMaxQuantization._get_quantization_target_points = record
    with contextlib.suppress(Found):
        nncf.quantize(model, nncf.Dataset([None]), **options(arguments))
    nodes = {node.get_friendly_name(): node for node in model.get_ops()}
    group_of = {}
    for number, group in enumerate(found["groups"]):
        if len(group) > 1:
            group_of.update(dict.fromkeys(group, number))
    activations, weights = [], []
    for point, config in found["points"].items():
        node = nodes[point.target_node_name]
        if point.type == TargetType.OPERATION_WITH_WEIGHTS:
            weights.append(
                {
                    "use": [point.target_node_name, point.port_id],
                    "spec": spec(config),
                    "half_range": point in found["half"],
                    "axes": weight_axes(model, point, config),
                }
            )
            continue
        if point.type == TargetType.PRE_LAYER_OPERATION:
            source = node.input_value(point.port_id)
            uses = [[point.target_node_name, point.port_id]]
        else:
            source = node.output(point.port_id)
            uses = [
                [use.get_node().get_friendly_name(), use.get_index()]
                for use in source.get_target_inputs()
                if use.get_node().get_type_name() != "ShapeOf"
            ]
        activations.append(
            {
                "tensor": [source.get_node().get_friendly_name(), source.get_index()],
                "uses": sorted(uses),
                "spec": spec(config),
                "group": group_of.get(point),
                "at_input": point.type == TargetType.PRE_LAYER_OPERATION,
            }
        )
    return {"activations": activations, "weights": weights}


def weight_axes(model, point, config):
    if not config.per_channel:
        return []
    from nncf.openvino.graph.nncf_graph_builder import GraphConverter
    from nncf.openvino.graph.node_utils import get_weight_channel_axes

    if not hasattr(weight_axes, "graph") or weight_axes.model is not model:
        weight_axes.graph, weight_axes.model = GraphConverter.create_nncf_graph(model), model
    node = weight_axes.graph.get_node_by_name(point.target_node_name)
    return [int(axis) for axis in get_weight_channel_axes(node)]


if __name__ == "__main__":
    nncf.set_log_level(40)
    print(json.dumps(placement(ov.Core().read_model(sys.argv[1]), sys.argv[2:]), indent=1))
