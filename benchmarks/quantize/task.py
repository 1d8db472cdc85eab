"""Quantizing a model that is in memory: how long it takes, what it needs, what comes out."""

from statistics import median

import quantize_models
from quantize_models import MODELS
from table import Column

TITLE = __doc__
REFERENCE = "octet_openvino"
COLUMNS = [
    Column("seconds", "time s", 2, ratio=True, spread=True),
    Column("processor_seconds", "processor s", 2, ratio=True),
    Column("peak_mb", "peak MB", 0, ratio=True),
    Column("size_mb", "size MB", 1),
    Column("latency_ms", "latency ms", 2),
    Column("throughput", "samples/s", 0),
    Column("sqnr_db", "SQNR dB", 1),
    Column("same_class", "same class %", 1),
]
TRANSFORMERS = {"minilm_stsb", "vit_b_16"}  #: for peers that want to be told


def add_arguments(parser):
    parser.add_argument("--models", nargs="*", default=MODELS, choices=MODELS)
    parser.add_argument(
        "--samples", nargs="*", type=int, default=[300], help="several: a curve over their number"
    )
    parser.add_argument("--seconds", type=float, default=2, help="of latency, and of throughput")


def describe(job):
    return f"{job['model']}, {job['samples']} samples"


def jobs(arguments, folder):
    for model in arguments.models:
        place = quantize_models.FOLDER / model
        for samples in arguments.samples:
            quantize_models.prepare(model, place, samples)
            yield {
                "model": model,
                "folder": str(place.resolve()),
                "samples": samples,
                "seconds": arguments.seconds,
                "transformer": model in TRANSFORMERS,
            }


def conclude(job, runs):
    """How near the call comes to what it cannot do without: to run the samples."""
    for peer in ("octet_openvino", "octet_program"):
        shares = [
            run["seconds"] / (1.5 * fp32["seconds"] + fp32["compile_seconds"])
            for run, fp32 in zip(runs.get(peer, []), runs.get("openvino_fp32", []), strict=False)
            if "seconds" in run and "seconds" in fp32
        ]
        if shares:
            yield f"{peer} took {median(shares):.2f} of 1.5 times FP32's run and one compilation"
