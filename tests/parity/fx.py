"""Compares activation quantizers with those of NNCF's own backend for torch programs.

fx.py --peer PYTHON [MODEL...]

NNCF places quantizers by other patterns in torch programs than in OpenVINO models. Octet has one
placement. Prints for every model how many inputs both quantize, and the inputs that one does alone,
by the operator that reads them. Nothing here is a failure: it says which of the two Octet follows.
"""

import argparse
import json
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

import jobs
import ours
import torch

HERE = Path(__file__).parent
# Of the coverage list, those whose files load without the package that defines them.
MODELS = (
    "autoencoder",
    "cifar_resnet20",
    "convnext_tiny",
    "masked_attention",
    "mobilenet_v2",
    "mobilenet_v3_small",
    "regnet_y_400mf",
    "resnet18",
    "shufflenet_v2_x1_0",
    "squeezenet1_1",
)
QUANTIZERS = ("dequantize_per_tensor", "dequantize_per_channel")
NO_CHANGES = ours.octet.AdvancedQuantizationParameters(
    disable_bias_correction=True,
    smooth_quant_alphas=ours.octet.AdvancedSmoothQuantParameters(convolution=-1, matmul=-1),
)


def tensors_of(node):
    return [
        leaf
        for leaf in torch.utils._pytree.tree_leaves((node.args, node.kwargs))
        if isinstance(leaf, torch.fx.Node)
    ]


def is_quantizer(node):
    return node.op == "call_function" and any(name in str(node.target) for name in QUANTIZERS)


def is_constant(node):
    """Weights are no activations, however they are stored."""
    return node.op == "get_attr" or (
        node.op == "call_function"
        and bool(node.all_input_nodes)
        and all(is_constant(source) for source in node.all_input_nodes)
    )


def own_places(module):
    return {
        (node.name, index)
        for node in module.graph.nodes
        for index, source in enumerate(tensors_of(node))
        if is_quantizer(source) and not is_constant(source)
    }


def kind_of(module, reader):
    nodes = {node.name: node for node in module.graph.nodes}
    return str(nodes[reader].target) if reader in nodes else "removed"


def compare(row, peer, folder):
    module = ours.models.make_model(row)
    positional, named = ours.models.make_inputs(row, 1)
    with torch.no_grad():
        program = torch.export.export(module, positional, named)
    path = Path(folder) / f"{row.name}.pt2"
    torch.export.save(program, path)
    is_transformer = row.group == "transformers" or row.name in jobs.TRANSFORMERS
    words = ["transformer"] if is_transformer else []
    answer = subprocess.run(
        [peer, str(HERE / "peer_fx.py"), str(path), *words],
        check=False,  # what went wrong is part of the table
        capture_output=True,
        text=True,
    )
    lines = [line for line in answer.stdout.splitlines() if line.startswith("ANSWER ")]
    if not lines:
        return f"the peer fails: {answer.stderr.strip().splitlines()[-1]}", []
    theirs = {(reader, index) for reader, index, *_ in json.loads(lines[0][7:])}
    given = program.module()
    model = ours.octet.load(program)
    quantized = ours.octet.quantize(
        given,
        ours.items(row, model, 1),
        preset="mixed",
        model_type="transformer" if is_transformer else "generic",
        advanced_parameters=NO_CHANGES,
        progress=False,
    )
    mine = own_places(quantized)
    alone = [
        f"{count} x {whose}: {kind}"
        for whose, places in (("ours alone", mine - theirs), ("the peer's", theirs - mine))
        for kind, count in sorted(Counter(kind_of(given, reader) for reader, _ in places).items())
    ]
    return f"{len(mine & theirs)} of both", alone


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", help="default: the ten of MODELS")
    parser.add_argument("--peer", required=True, help="a Python that has nncf and torch")
    arguments = parser.parse_args()
    wanted = arguments.models or MODELS
    with tempfile.TemporaryDirectory() as folder:
        for row in ours.models.MODELS:
            if row.name not in wanted:
                continue
            try:
                text, alone = compare(row, arguments.peer, folder)
            except ours.models.Unavailable as reason:
                text, alone = f"left out: {reason}", []
            print(f"{row.name:24}{text}", flush=True)
            for line in alone:
                print(f"    {line}", flush=True)


if __name__ == "__main__":
    main()
