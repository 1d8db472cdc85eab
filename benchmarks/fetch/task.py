"""Whether fetching samples overlaps with running them: each item of the dataset takes a while, in
which the processor is free, as where it comes from a disk or the network."""

import quantize_models
from table import Column

TITLE = __doc__
REFERENCE = "from_memory"
COLUMNS = [
    Column("seconds", "time s", 2, ratio=True, spread=True),
    Column("processor_seconds", "processor s", 2),
]


def add_arguments(parser):
    parser.add_argument("--model", default="effnet_lite0", choices=quantize_models.MODELS)
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--wait", type=float, default=10, help="milliseconds that an item takes")


def describe(job):
    return f"{job['model']}, {job['samples']} samples, {1000 * job['wait']:.0f} ms to fetch each"


def jobs(arguments, folder):
    place = quantize_models.FOLDER / arguments.model
    quantize_models.prepare(arguments.model, place, arguments.samples)
    yield {
        "folder": str(place.resolve()),
        "model": arguments.model,
        "samples": arguments.samples,
        "wait": arguments.wait / 1000,
    }


def conclude(job, runs):
    for memory, fetched in zip(runs["from_memory"], runs["fetched"], strict=False):
        if "seconds" in memory and "seconds" in fetched:
            waits = job["samples"] * job["wait"]
            hidden = 1 - (fetched["seconds"] - memory["seconds"]) / waits
            yield f"{waits:.1f} s of waiting, of which {100 * hidden:.0f} % were hidden"
