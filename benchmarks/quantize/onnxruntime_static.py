"""ONNX Runtime's quantize_static, of the ONNX file, in its own runtime."""

import tempfile
from dataclasses import asdict
from pathlib import Path

import onnx
import onnxruntime
import peer
import quantized
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static

NEEDS = ("onnx", "onnxruntime")


class Reader(CalibrationDataReader):
    def __init__(self, names, items):
        self.items = iter([dict(zip(names, item, strict=True)) for item in items])

    def get_next(self):
        return next(self.items, None)


def session_of(model, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def runner(model, threads=0):
    session = session_of(model, threads)
    names = [value.name for value in session.get_inputs()]
    return lambda *item: session.run(None, dict(zip(names, item, strict=True)))[0]


def work(job):
    file = Path(job["folder"]) / "model.onnx"
    items = quantized.samples(job)
    quantized.require_fp32(job, runner(file))
    names = [value.name for value in session_of(file, 1).get_inputs()]
    model = onnx.load(file)
    with tempfile.TemporaryDirectory() as scratch:
        result = Path(scratch) / "quantized.onnx"
        _, cost = peer.cost_of(
            lambda: quantize_static(
                model,
                result,
                Reader(names, items),
                quant_format=QuantFormat.QDQ,
                per_channel=True,
            )
        )
        infer = runner(result)

        def make_action():
            run = runner(result, threads=1)
            return lambda: run(*items[0])

        return {
            **asdict(cost),
            "size_mb": quantized.megabytes(result),
            **quantized.agreement(job, infer),
            "latency_ms": peer.median_seconds(lambda: infer(*items[0]), job["seconds"]) * 1000,
            "throughput": peer.calls_per_second(make_action, job["seconds"]),
        }


if __name__ == "__main__":
    peer.answer(work)
