"""What the peers of the task torch_compile share: a job's model as torch has it, its input, and
what it must answer."""

import sys
import time
from pathlib import Path

import numpy as np
import torch
from peer import WrongAnswer, median_seconds
from quantized import sqnr_db
from torch import nn

ROOT = Path(__file__).resolve().parents[1]
#: dB. In INT8 a value that lies between two steps may be rounded to either.
LEAST_SQNR = {"fp32": 60, "int8": 30}


def mlp():
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 10)).eval()


def make_fp32(name):
    """The model in eager, and its input of batch 1. Of tests/coverage/models.py, but the MLP."""
    if name == "mlp":
        return mlp(), torch.rand(1, 784, generator=torch.Generator().manual_seed(2))
    sys.path.insert(0, str(ROOT / "tests" / "coverage"))
    import models

    row = next(row for row in models.MODELS if row.name == name)
    try:
        model = models.make_model(row)
    except models.Unavailable as reason:
        sys.exit(f"the benchmark of {name} needs torchvision: {reason}")
    return model, models.make_inputs(row, 1)[0][0]


def module_of(job):
    """FP32: the eager model. INT8: the program that Octet quantized, as `octet.quantize` gives it
    for a graph module: without the check of the inputs that torch makes, outside of what it
    compiles, in each call of a program's module."""
    if job["precision"] == "fp32":
        return make_fp32(job["model"])[0]
    module = torch.export.load(Path(job["folder"]) / "program.pt2").module()
    return torch.fx.GraphModule(module, module.graph)


def input_of(job):
    return np.load(Path(job["folder"]) / "input.npy")


def require_answer(job, given):
    wanted = np.load(Path(job["folder"]) / "answer.npy")
    sqnr = sqnr_db(wanted, given) if given.shape == wanted.shape else -np.inf
    if not sqnr >= LEAST_SQNR[job["precision"]]:
        raise WrongAnswer(f"its answer is {sqnr:.0f} dB from eager's")


def measure_compiled(job, **options):
    """Of `torch.compile` with these arguments: the first call, which compiles, and the others."""
    module, x = module_of(job), torch.from_numpy(input_of(job))
    with torch.no_grad():
        begin = time.perf_counter()
        compiled = torch.compile(module, **options)
        given = compiled(x)
        first = time.perf_counter() - begin
        require_answer(job, given.numpy())
        seconds = median_seconds(lambda: compiled(x), job["seconds"])
        require_answer(job, compiled(x).numpy())
    return compiled, {"call_us": 1e6 * seconds, "first_call_seconds": first}
