"""Exports a model in one spelling, imports it by one route, and compares with eager."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import models
import numpy as np
import octet
import torch
from torch.utils import _pytree as pytree

TOLERANCE = 1e-4
EXPORTED_BATCH = 2
CALIBRATION_SAMPLES = 8


@dataclass(frozen=True)
class Spelling:
    name: str
    is_dynamic: bool
    #: what `run_decompositions` is given; False: it is not called
    decompositions: dict | bool | None = False


SPELLINGS = {
    spelling.name: spelling
    for spelling in (
        Spelling("static", False),
        Spelling("dynamic", True),
        # What AOTAutograd hands a torch.compile backend.
        Spelling("functional", True, {}),
        # The same, with torch's decompositions into core ATen.
        Spelling("core", True, None),
    )
}

#: How a program gets in: saved and read natively, or in memory.
ROUTES = ("file", "memory")


@dataclass
class Result:
    model: str
    spelling: str
    route: str
    status: str  #: "exact", "inexact", "failed", "not applicable", "unavailable"
    reason: str = ""
    nodes: int = 0
    convert_ms: float = 0.0
    cosine: float = 0.0  #: of INT8 to FP32
    quantized: int = 0  #: layers in INT8, of `nodes`
    remark: str = ""  #: what is special about a result that is exact
    error: float = 0.0  #: largest over outputs and batches: max |y - eager| / max |eager|


def export(
    row: models.Row, module: torch.nn.Module, spelling: Spelling, strict: bool = False
) -> torch.export.ExportedProgram:
    args, kwargs = models.make_inputs(row, EXPORTED_BATCH)
    shapes = None
    if spelling.is_dynamic:
        batch = torch.export.Dim("batch")
        axes = row.batch_axes or (0,) * (len(args) + len(kwargs))
        shapes = tuple({axis: batch} for axis in axes)
        if kwargs:
            shapes = dict(zip(kwargs, shapes, strict=True))
    program = torch.export.export(module, args, kwargs, dynamic_shapes=shapes, strict=strict)
    if spelling.decompositions is not False:
        program = program.run_decompositions(spelling.decompositions)
    return program


def relative_error(given: np.ndarray, expected: np.ndarray) -> float:
    if given.shape != expected.shape or given.dtype != expected.dtype:
        raise ValueError(
            f"an output is {given.dtype} {given.shape}, eager's {expected.dtype} {expected.shape}"
        )
    if not np.issubdtype(expected.dtype, np.floating):
        return float(np.any(given != expected))
    if not np.all(np.isfinite(given)):
        return float("inf")
    scale = float(np.max(np.abs(expected), initial=0))
    if scale == 0:
        raise ValueError("eager gives zeros only: there is nothing to compare")
    return float(np.max(np.abs(given.astype(np.float64) - expected), initial=0)) / scale


class Reference:
    """What eager makes of the inputs of each batch."""

    def __init__(self, row: models.Row, module: torch.nn.Module) -> None:
        self.row, self.module = row, module
        self._outputs: dict[int, list[np.ndarray]] = {}
        self._errors: dict[tuple[str, bool], float] = {}

    def outputs(self, batch: int) -> list[np.ndarray]:
        if batch not in self._outputs:
            args, kwargs = models.make_inputs(self.row, batch)
            with torch.no_grad():
                leaves = pytree.tree_leaves(self.module(*args, **kwargs))
            self._outputs[batch] = [leaf.numpy() for leaf in leaves if leaf is not None]
        return self._outputs[batch]

    def largest_error(self, model: octet.Model, is_dynamic: bool) -> float:
        """Dynamic models run with other batches than the exported one. A model that is the same,
        graph and weights, as one before is not run again."""
        key = model.fingerprint(), is_dynamic
        if key not in self._errors:
            batches = (1, 3) if is_dynamic else (EXPORTED_BATCH,)
            self._errors[key] = max(self._error(model, batch) for batch in batches)
        return self._errors[key]

    def _error(self, model: octet.Model, batch: int) -> float:
        args, kwargs = models.make_inputs(self.row, batch)
        given = octet.run(model, kwargs or list(args), precision="f32")
        expected = self.outputs(batch)
        if len(given) != len(expected):
            raise ValueError(f"{len(given)} outputs, where eager gives {len(expected)}")
        pairs = zip(given, expected, strict=True)
        return max(relative_error(np.asarray(result), output) for result, output in pairs)


def first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0] if lines else ''}"[:120]


def check_int8(row: models.Row, module: torch.nn.Module) -> Result:
    """Quantized with default options on random inputs; the lowest cosine similarity of an output to
    FP32's, on other inputs."""
    result = Result(row.name, "int8", "memory", "failed")

    def sample(number: int) -> tuple | dict:
        args, kwargs = models.make_inputs(row, EXPORTED_BATCH, number)
        return kwargs or list(args)

    try:
        model = octet.load(export(row, module, SPELLINGS["static"]))
        data = [sample(i) for i in range(1, CALIBRATION_SAMPLES + 1)]
        quantized = octet.quantize_to_openvino(model, data, subset_size=len(data), progress=False)
        difference = octet.compare(model, quantized, [sample(0)], precision="f32")
        result.cosine = min(output.cosine for output in difference.outputs)
        result.quantized = sum(layer.precision == "int8" for layer in quantized.layers)
        result.nodes = len(quantized.layers)
    except Exception as error:
        result.reason = first_line(error)
        return result
    result.status = "exact"
    return result


def check(
    reference: Reference, spelling: Spelling, routes: tuple[str, ...] = ROUTES
) -> list[Result]:
    row = reference.row

    def same(status: str, reason: str) -> list[Result]:
        return [Result(row.name, spelling.name, route, status, reason) for route in routes]

    if spelling.is_dynamic and row.fixed_batch:
        return same("not applicable", row.fixed_batch)
    try:
        program = export(row, reference.module, spelling)
    except Exception as error:
        return same("not applicable", f"torch cannot export it: {first_line(error)}")
    return [check_route(reference, spelling, program, route) for route in routes]


def save(
    row: models.Row,
    module: torch.nn.Module,
    spelling: Spelling,
    program: torch.export.ExportedProgram,
    path: str,
) -> str:
    """What torch cannot save as it was exported, it may as strict mode exports it; then says so."""
    try:
        torch.export.save(program, path)
        return ""
    except Exception as error:
        torch.export.save(export(row, module, spelling, strict=True), path)
        return f"exported with strict=True; without, torch cannot save it: {first_line(error)}"


def check_route(
    reference: Reference, spelling: Spelling, program: torch.export.ExportedProgram, route: str
) -> Result:
    row, module = reference.row, reference.module
    result = Result(row.name, spelling.name, route, "failed")
    with tempfile.TemporaryDirectory() as folder:
        source = program
        if route == "file":
            source = str(Path(folder) / "model.pt2")
            try:
                result.remark = save(row, module, spelling, program, source)
            except Exception as error:
                result.status = "not applicable"
                result.reason = f"torch cannot save it: {first_line(error)}"
                return result
        try:
            start = time.perf_counter()
            model = octet.load(source)
            result.convert_ms = 1000 * (time.perf_counter() - start)
            result.nodes = len(model.sources)
            result.error = reference.largest_error(model, spelling.is_dynamic)
        except Exception as error:
            result.reason = first_line(error)
            return result
    result.status = "exact" if result.error <= TOLERANCE else "inexact"
    return result
