"""No quantization: what running the same samples in FP32 takes at OpenVINO's best setting, and the
model as it is. `peak_mb` is of the compiled model that runs; compiling it is timed apart."""

import time
from pathlib import Path

import openvino as ov
import peer
import quantized

NEEDS = ("openvino",)


def settings():
    """Streams and threads that may be best for throughput."""
    cores = quantized.cores()
    yield {"PERFORMANCE_HINT": "THROUGHPUT"}
    for streams in sorted({1, max(cores // 2, 1), cores}):
        yield {"NUM_STREAMS": streams, "INFERENCE_NUM_THREADS": cores}


def run_all(compiled, items):
    queue = ov.AsyncInferQueue(compiled)
    for item in items:
        queue.start_async(dict(enumerate(item)), share_inputs=True)
    queue.wait_all()


def work(job):
    xml = Path(job["folder"]) / "model.xml"
    core = ov.Core()
    model, items = core.read_model(xml), quantized.samples(job)
    quantized.require_fp32(job, quantized.openvino_infer(xml, INFERENCE_PRECISION_HINT="f32"))
    best = None
    for properties in settings():
        begin = time.perf_counter()
        compiled = core.compile_model(
            model, "CPU", {**properties, "INFERENCE_PRECISION_HINT": "f32"}
        )
        compile_seconds = time.perf_counter() - begin
        _, cost = peer.cost_of(lambda compiled=compiled: run_all(compiled, items))
        if best is None or cost.seconds < best[0].seconds:
            best = cost, compile_seconds
    cost, compile_seconds = best
    return {
        "seconds": cost.seconds,
        "processor_seconds": cost.processor_seconds,
        "compile_seconds": compile_seconds,
        "size_mb": quantized.megabytes(xml, xml.with_suffix(".bin")),
        **quantized.agreement(job, quantized.openvino_infer(xml, INFERENCE_PRECISION_HINT="f32")),
        **quantized.speed_of_openvino(job, xml),
    }


if __name__ == "__main__":
    peer.answer(work)
