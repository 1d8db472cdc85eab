"""NNCF's OpenVINO backend."""

import tempfile
from dataclasses import asdict
from pathlib import Path

import nncf
import openvino as ov
import peer
import quantized

NEEDS = ("nncf", "openvino")


def work(job):
    nncf.set_log_level(40)
    xml = Path(job["folder"]) / "model.xml"
    quantized.require_fp32(job, quantized.openvino_infer(xml, INFERENCE_PRECISION_HINT="f32"))
    model, data = ov.Core().read_model(xml), quantized.samples(job)
    result, cost = peer.cost_of(
        lambda: nncf.quantize(
            model,
            nncf.Dataset(data),
            subset_size=len(data),
            model_type=nncf.ModelType.TRANSFORMER if job["transformer"] else None,
        )
    )
    with tempfile.TemporaryDirectory() as scratch:
        return {**asdict(cost), **quantized.measure_openvino(job, result, scratch)}


if __name__ == "__main__":
    peer.answer(work)
