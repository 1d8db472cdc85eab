"""NNCF's backend for torch FX. What it makes runs in OpenVINO."""

import tempfile
from dataclasses import asdict
from pathlib import Path

import nncf
import openvino as ov
import peer
import quantized
import torch

NEEDS = ("nncf", "openvino", "torch")


def work(job):
    nncf.set_log_level(40)
    program = torch.export.load(Path(job["folder"]) / "model.pt2").module(check_guards=False)
    # With one input, an item is what that input takes; with more, a tuple.
    items = [tuple(map(torch.from_numpy, item)) for item in quantized.samples(job)]
    data = [item[0] if len(item) == 1 else item for item in items]
    with torch.no_grad():
        quantized.require_fp32(job, lambda *item: program(*map(torch.from_numpy, item)))
        result, cost = peer.cost_of(
            lambda: nncf.quantize(
                program,
                nncf.Dataset(data),
                subset_size=len(data),
                model_type=nncf.ModelType.TRANSFORMER if job["transformer"] else None,
            )
        )
        model = ov.convert_model(torch.export.export(result, items[0]), example_input=items[0])
    with tempfile.TemporaryDirectory() as scratch:
        return {**asdict(cost), **quantized.measure_openvino(job, model, scratch)}


if __name__ == "__main__":
    peer.answer(work)
