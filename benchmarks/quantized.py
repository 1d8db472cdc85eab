"""What the peers of the tasks that quantize share: a job's samples, and what is measured of a
quantized model."""

import os
from pathlib import Path

import numpy as np
from peer import WrongAnswer, calls_per_second, median_seconds

LEAST_FP32_SQNR = 60  #: dB between two runtimes in FP32


def arrays(file):
    with np.load(file) as content:
        return {name: content[name] for name in content.files}


def samples(job):
    """The calibration data: a list of tuples of arrays, each a batch of one."""
    content = list(arrays(Path(job["folder"]) / f"samples_{job['samples']}.npz").values())
    return [tuple(array[i : i + 1] for array in content) for i in range(len(content[0]))]


def checks(job):
    """Items that no sample is among, and what OpenVINO in FP32 makes of them."""
    content = arrays(Path(job["folder"]) / "check.npz")
    wanted = content.pop("output")
    inputs = list(content.values())
    return [tuple(array[i : i + 1] for array in inputs) for i in range(len(wanted))], wanted


def sqnr_db(wanted, found):
    noise = np.mean((wanted.astype(np.float64) - found) ** 2)
    return float(10 * np.log10(np.mean(wanted.astype(np.float64) ** 2) / max(noise, 1e-30)))


def require_fp32(job, infer):
    """The model that is to be quantized must be the one of the others."""
    items, wanted = checks(job)
    found = np.concatenate([np.asarray(infer(*item)) for item in items[:4]])
    sqnr = sqnr_db(wanted[:4], found)
    if not sqnr >= LEAST_FP32_SQNR:
        raise WrongAnswer(f"before it is quantized, its output is off by {sqnr:.0f} dB")


def agreement(job, infer):
    items, wanted = checks(job)
    found = np.concatenate([np.asarray(infer(*item)) for item in items])
    if found.shape != wanted.shape or not np.isfinite(found).all():
        raise WrongAnswer(f"it gives {found.shape} where FP32 gives {wanted.shape}, or no numbers")
    values = {"sqnr_db": sqnr_db(wanted, found)}
    if wanted.ndim == 2:
        values["same_class"] = float(np.mean(wanted.argmax(1) == found.argmax(1)) * 100)
    return values


def openvino_infer(model, **properties):
    import openvino as ov

    compiled = ov.Core().compile_model(model, "CPU", properties)
    request = compiled.create_infer_request()
    return lambda *item: np.array(request.infer(list(item))[0])


def megabytes(*files):
    return sum(file.stat().st_size for file in files) / 1e6


def measure_openvino(job, model, scratch):
    """Size, agreement and speed of an openvino.Model in plain OpenVINO. It runs as it does by
    default; but outputs are compared without bfloat16, whose error is not quantization's."""
    import openvino as ov

    xml = Path(scratch) / "quantized.xml"
    ov.save_model(model, xml, compress_to_fp16=False)
    values = {"size_mb": megabytes(xml, xml.with_suffix(".bin"))}
    values.update(agreement(job, openvino_infer(xml, INFERENCE_PRECISION_HINT="f32")))
    values.update(speed_of_openvino(job, xml))
    return values


def speed_of_openvino(job, xml):
    import openvino as ov

    item = samples(job)[0]
    infer = openvino_infer(xml, PERFORMANCE_HINT="LATENCY")
    latency = median_seconds(lambda: infer(*item), job["seconds"])
    compiled = ov.Core().compile_model(xml, "CPU", {"PERFORMANCE_HINT": "THROUGHPUT"})

    def make_action():
        request = compiled.create_infer_request()
        return lambda: request.infer(list(item))

    return {
        "latency_ms": latency * 1000,
        "throughput": calls_per_second(make_action, job["seconds"]),
    }


def cores():
    return len(os.sched_getaffinity(0))
