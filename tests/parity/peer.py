"""Where NNCF puts quantizers in OpenVINO models, and which ranges it gives them.

Run by an interpreter that has nncf. Reads one job a line from stdin, `{"model": FILE.xml, "data":
FILE.npz, "options": {...}}`, and answers each with one line: the placement (see placement.py), or
`{"error": text}`. The data's arrays are named inputs; their first axis counts the items. The
options are the tutorial's, enumerations by their words in lower case. Without data there are
places, but no ranges.
"""

import contextlib
import json
import sys

import nncf
import numpy as np
import openvino as ov
from nncf.common.graph.transformations.commands import TargetType
from nncf.common.quantization.quantizer_propagation.structs import QuantizerPropagationRule
from nncf.openvino.graph.node_utils import get_weight_channel_axes
from nncf.quantization import advanced_parameters as advanced
from nncf.quantization import range_estimator
from nncf.quantization.algorithms.min_max import algorithm as min_max


class FoundError(Exception):
    """Ends the peer's run where all is known."""


def collector(fields):
    kinds = {
        "statistics_type": range_estimator.StatisticsType,
        "aggregator_type": range_estimator.AggregatorType,
    }
    values = {key: kinds[key](value) if key in kinds else value for key, value in fields.items()}
    return range_estimator.StatisticsCollectorParameters(**values)


def estimator(fields):
    return range_estimator.RangeEstimatorParameters(
        **{side: collector(value) for side, value in fields.items()}
    )


def quantizers(fields):
    mode = fields.get("mode")
    scheme = nncf.common.quantization.structs.QuantizationScheme
    return advanced.QuantizationParameters(**{**fields, "mode": scheme(mode) if mode else None})


READERS = {
    "overflow_fix": lambda word: advanced.OverflowFix(
        "first_layer_only" if word == "first_layer" else word
    ),
    "quantizer_propagation_rule": lambda word: QuantizerPropagationRule[word.upper()],
    "activations_quantization_params": quantizers,
    "weights_quantization_params": quantizers,
    "activations_range_estimator_params": estimator,
    "weights_range_estimator_params": estimator,
    "smooth_quant_alphas": lambda fields: advanced.AdvancedSmoothQuantParameters(**fields),
    "bias_correction_params": lambda fields: advanced.AdvancedBiasCorrectionParameters(**fields),
}


def options_of(words):
    options = dict(words)
    if "preset" in options:
        options["preset"] = nncf.QuantizationPreset(options["preset"])
    model_type = options.pop("model_type", "generic")
    if model_type != "generic":
        options["model_type"] = nncf.ModelType(model_type)
    if "target_device" in options:
        options["target_device"] = nncf.TargetDevice(options["target_device"].upper())
    if "ignored_scope" in options:
        scope = dict(options["ignored_scope"])
        scope["subgraphs"] = [nncf.Subgraph(**s) for s in scope.get("subgraphs", [])]
        options["ignored_scope"] = nncf.IgnoredScope(**scope)
    parameters = {
        key: READERS[key](value) if key in READERS else value
        for key, value in options.pop("advanced_parameters", {}).items()
    }
    options["advanced_parameters"] = nncf.AdvancedQuantizationParameters(**parameters)
    return options


class Recorder:
    """Follows the peer's min-max algorithm to the point where it would change the model."""

    def __init__(self, has_data):
        self.has_data = has_data
        self.ranges = {}

    def __enter__(self):
        self.kept = (
            min_max.MinMaxQuantization._get_quantization_target_points,
            min_max.ModelTransformerFactory,
        )
        recorder = self

        def find_points(algorithm, model, graph):
            points, groups = recorder.kept[0](algorithm, model, graph)
            recorder.points, recorder.groups, recorder.graph = points, groups, graph
            recorder.half = algorithm._get_quantization_points_overflow_fix(
                algorithm._overflow_fix, points, graph
            )
            if not recorder.has_data:
                raise FoundError
            return points, groups

        class Transformer:
            @staticmethod
            def create(*_, **__):
                return Transformer()

            def transform(self, layout):
                for command in layout.transformations:
                    parameters = command.quantizer_parameters
                    ends = (parameters.input_low, parameters.input_high)
                    recorder.ranges[command.target_point] = [
                        [float(x) for x in np.asarray(end.data).flatten()] for end in ends
                    ]
                raise FoundError

        min_max.MinMaxQuantization._get_quantization_target_points = find_points
        min_max.ModelTransformerFactory = Transformer
        return self

    def __exit__(self, *_):
        (
            min_max.MinMaxQuantization._get_quantization_target_points,
            min_max.ModelTransformerFactory,
        ) = self.kept


def spec_of(config):
    return {
        "bits": config.num_bits,
        "mode": str(config.mode),
        "per_channel": config.per_channel,
        "narrow_range": config.narrow_range,
        "signed": config.signedness_to_force,
    }


def placement_of(model, recorder):
    nodes = {node.get_friendly_name(): node for node in model.get_ops()}
    group_of = {}
    for number, group in enumerate(recorder.groups):
        if len(group) > 1:
            group_of.update(dict.fromkeys(group, number))
    activations, weights = [], []
    for point, config in recorder.points.items():
        if recorder.has_data and point not in recorder.ranges:
            continue
        name = point.target_node_name
        low, high = recorder.ranges.get(point, (None, None))
        if point.type == TargetType.OPERATION_WITH_WEIGHTS:
            axes = []
            if config.per_channel:
                axes = get_weight_channel_axes(recorder.graph.get_node_by_name(name))
            weights.append(
                {
                    "use": [name, point.port_id],
                    "spec": spec_of(config),
                    "axes": [int(axis) for axis in axes],
                    "half_range": point in recorder.half,
                    "low": low,
                    "high": high,
                }
            )
            continue
        at_input = point.type == TargetType.PRE_LAYER_OPERATION
        if at_input:
            source = nodes[name].input_value(point.port_id)
            uses = [[name, point.port_id]]
        else:
            source = nodes[name].output(point.port_id)
            uses = [
                [use.get_node().get_friendly_name(), use.get_index()]
                for use in source.get_target_inputs()
                if use.get_node().get_type_name() != "ShapeOf"
            ]
        activations.append(
            {
                "tensor": [source.get_node().get_friendly_name(), source.get_index()],
                "uses": sorted(uses),
                "spec": spec_of(config),
                "group": group_of.get(point),
                "at_input": at_input,
                "low": low,
                "high": high,
            }
        )
    return {"activations": activations, "weights": weights}


def answer(job):
    model = ov.Core().read_model(job["model"])
    items = [None]
    if "data" in job:
        with np.load(job["data"]) as arrays:
            names = list(arrays)
            # Each item is one of the calibration set, with a batch of its own.
            items = [
                dict(zip(names, item, strict=True)) for item in zip(*arrays.values(), strict=False)
            ]
    options = options_of(job["options"])
    with Recorder("data" in job) as recorder, contextlib.suppress(FoundError):
        nncf.quantize(model, nncf.Dataset(items), **options)
    return placement_of(model, recorder)


def main():
    nncf.set_log_level(40)
    for line in sys.stdin:
        try:
            result = answer(json.loads(line))
        except Exception as error:  # the peer's failures are results as well
            result = {"error": f"{type(error).__name__}: {error}"}
        print("ANSWER " + json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
