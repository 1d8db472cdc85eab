"""Octet on an openvino.Model."""

import tempfile
from dataclasses import asdict
from pathlib import Path

import octet
import openvino as ov
import peer
import quantized

NEEDS = ("octet", "openvino")


def work(job):
    xml = Path(job["folder"]) / "model.xml"
    quantized.require_fp32(job, quantized.openvino_infer(xml, INFERENCE_PRECISION_HINT="f32"))
    model, data = ov.Core().read_model(xml), quantized.samples(job)
    result, cost = peer.cost_of(
        lambda: octet.quantize(model, octet.Dataset(data), subset_size=len(data), progress=False)
    )
    with tempfile.TemporaryDirectory() as scratch:
        return {**asdict(cost), **quantized.measure_openvino(job, result, scratch)}


if __name__ == "__main__":
    peer.answer(work)
