"""What other estimators of the activations' ranges cost in the same pass."""

import quantize_models
from table import Column

TITLE = __doc__
REFERENCE = "mean_min_max"
COLUMNS = [
    Column("seconds", "time s", 2, ratio=True, spread=True),
    Column("processor_seconds", "processor s", 2, ratio=True, spread=True),
    Column("peak_mb", "peak MB", 0),
    Column("sqnr_db", "SQNR dB", 1),
]


def add_arguments(parser):
    parser.add_argument("--models", nargs="*", default=["effnet_lite0", "resnet18"])
    parser.add_argument("--samples", type=int, default=100)


def describe(job):
    return f"{job['model']}, {job['samples']} samples"


def jobs(arguments, folder):
    for model in arguments.models:
        place = quantize_models.FOLDER / model
        quantize_models.prepare(model, place, arguments.samples)
        yield {"model": model, "folder": str(place.resolve()), "samples": arguments.samples}
