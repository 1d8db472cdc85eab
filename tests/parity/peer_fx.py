"""Where NNCF puts activation quantizers in programs of torch.export.

Run by an interpreter that has nncf and torch: peer_fx.py PROGRAM.pt2 [transformer]. Prints one JSON
list of `[reader, input, mode, per channel]` by the FX names, where `input` counts the tensors that
the reader takes.
"""

import json
import sys
from contextlib import suppress

import nncf
import torch
from nncf.common.graph.transformations.commands import TargetType
from nncf.quantization.algorithms.min_max import algorithm as min_max


class FoundError(Exception):
    """Ends the peer's run where the places are known."""


def tensors_of(node):
    """The nodes whose values `node` reads, as they come in its arguments."""
    return [
        leaf
        for leaf in torch.utils._pytree.tree_leaves((node.args, node.kwargs))
        if isinstance(leaf, torch.fx.Node)
    ]


def places(model, points):
    nodes = {node.name: node for node in model.graph.nodes}
    found = []
    for point, config in points.items():
        if point.is_weight_target_point():
            continue
        node = nodes[point.target_node_name]
        spec = [str(config.mode), config.per_channel]
        if point.type == TargetType.OPERATOR_PRE_HOOK:
            found.append([node.name, point.input_port_id, *spec])
            continue
        for reader in node.users:
            for index, source in enumerate(tensors_of(reader)):
                if source is node:
                    found.append([reader.name, index, *spec])
    return sorted(found)


def main():
    program = torch.export.load(sys.argv[1])
    found = []
    original = min_max.MinMaxQuantization._get_quantization_target_points

    def find_points(algorithm, model, graph):
        points, _ = original(algorithm, model, graph)
        found.extend(places(model, points))
        raise FoundError

    min_max.MinMaxQuantization._get_quantization_target_points = find_points
    nncf.set_log_level(40)
    is_transformer = sys.argv[2:] == ["transformer"]
    parameters = nncf.AdvancedQuantizationParameters(
        smooth_quant_alphas=nncf.AdvancedSmoothQuantParameters(convolution=-1, matmul=-1)
    )
    with suppress(FoundError), torch.no_grad():
        nncf.quantize(
            program.module(check_guards=False),
            nncf.Dataset([None]),
            preset=nncf.QuantizationPreset.MIXED,
            model_type=nncf.ModelType.TRANSFORMER if is_transformer else None,
            advanced_parameters=parameters,
        )
    print("ANSWER " + json.dumps(found))


if __name__ == "__main__":
    main()
