"""Octet on the graph module of an exported program."""

import tempfile
from dataclasses import asdict
from pathlib import Path

import octet
import openvino as ov
import peer
import quantized
import torch

NEEDS = ("octet", "openvino", "torch")


def work(job):
    program = torch.export.load(Path(job["folder"]) / "model.pt2").module(check_guards=False)
    items = [tuple(map(torch.from_numpy, item)) for item in quantized.samples(job)]
    with torch.no_grad():
        quantized.require_fp32(job, lambda *item: program(*map(torch.from_numpy, item)))
        result, cost = peer.cost_of(
            lambda: octet.quantize(
                program, octet.Dataset(items), subset_size=len(items), progress=False
            )
        )
        with tempfile.TemporaryDirectory() as scratch:
            if isinstance(result, torch.nn.Module):
                example = items[0]
                model = ov.convert_model(
                    torch.export.export(result, example), example_input=example
                )
            else:
                xml = Path(scratch) / "result.xml"
                octet.save(result, xml)
                model = ov.Core().read_model(xml)
            return {**asdict(cost), **quantized.measure_openvino(job, model, scratch)}


if __name__ == "__main__":
    peer.answer(work)
