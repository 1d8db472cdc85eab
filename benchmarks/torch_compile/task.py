"""A call of a model through torch.compile, beside OpenVINO's own request for the same model."""

import sys
from pathlib import Path
from statistics import median

import numpy as np
from table import Column, ratios

TITLE = __doc__
REFERENCE = "request"
COLUMNS = [
    Column("call_us", "call us", 1, ratio=True, spread=True),
    Column("first_call_seconds", "first call s", 2),
    Column("compile_seconds", "OpenVINO of it s", 2),
    Column("overhead_us", "around OpenVINO us", 1),
]
MODELS = ["resnet18", "mobilenet_v2", "vit_b_16", "mlp"]
PRECISIONS = ["fp32", "int8"]
#: How much longer than the request a call may take.
BARS = {"resnet18": 1.10, "mlp": 2.0}


def add_arguments(parser):
    parser.add_argument("--models", nargs="*", default=MODELS, choices=MODELS)
    parser.add_argument("--precisions", nargs="*", default=PRECISIONS, choices=PRECISIONS)
    parser.add_argument("--seconds", type=float, default=3, help="of calls, in each round")


def describe(job):
    return f"{job['model']} {job['precision']}, batch 1"


def jobs(arguments, folder):
    for model in arguments.models:
        for precision in arguments.precisions:
            place = (folder / f"{model}_{precision}").resolve()
            if not (place / "complete").is_file():
                prepare(model, precision, place)
            yield {
                "model": model,
                "precision": precision,
                "folder": str(place),
                "seconds": arguments.seconds,
            }


def prepare(model, precision, folder):
    """Writes the program, the same as OpenVINO's model, the input and what eager answers to it."""
    import octet
    import torch

    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    import torch_programs

    folder.mkdir(parents=True, exist_ok=True)
    module, x = torch_programs.make_fp32(model)
    with torch.no_grad():
        program = torch.export.export(module, (x,))
        if precision == "int8":
            # Speed does not depend on what the samples hold.
            samples = [x, *(torch.randn_like(x) * x.std() + x.mean() for _ in range(3))]
            program = octet.quantize(
                program, octet.Dataset(samples), subset_size=len(samples), progress=False
            )
        answer = program.module()(x)
    torch.export.save(program, folder / "program.pt2")
    octet.load(program).save(str(folder / "model.xml"))
    np.save(folder / "input.npy", x.numpy())
    np.save(folder / "answer.npy", answer.numpy())
    (folder / "complete").touch()


def conclude(job, runs):
    bar = BARS.get(job["model"])
    found = ratios(runs.get("octet_compile", []), runs.get("request", []), "call_us")
    if bar and found:
        verdict = "within" if median(found) <= bar else "NOT within"
        yield f"octet_compile takes {median(found):.2f} times the request: {verdict} {bar:.2f}"
    cold = [run["first_call_seconds"] for run in runs.get("octet_compile", []) if "call_us" in run]
    warm = [run["first_call_seconds"] for run in runs.get("octet_cached", []) if "call_us" in run]
    if cold and warm:
        yield f"with cache_dir, the first call is {median(cold) / median(warm):.2f} times as fast"
