"""Where to measure the ranges of activations: CPU time of one sample, on one thread.

    python benchmarks/micro/statistics_places.py MODEL.xml [SAMPLES]

- alone: the FP32 model runs, nothing is measured
- reductions: ReduceMin and ReduceMax of each tensor are added to the graph
- outputs: each tensor is an output of the model, and numpy finds its extremes
- octet: `octet.quantize`, whose observers in the graph measure extremes and channels' sums

The tensors are what convolutions and products read. CPU time is what other programs on the machine
change least.
"""

import sys
import time
from collections.abc import Callable

import numpy as np
import octet
import openvino as ov
from openvino import opset13 as op

FEW = 4
CONFIG = {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32"}


def measured_tensors(model: ov.Model) -> list[ov.Output]:
    found = {}
    for node in model.get_ordered_ops():
        if node.get_type_name() in ("Convolution", "GroupConvolution", "MatMul"):
            for value in node.input_values():
                source = value.get_node()
                if source.get_type_name() not in ("Constant", "Parameter", "Reshape"):
                    found[source.get_friendly_name(), value.get_index()] = value
    return list(found.values())


def seconds_a_sample(run: Callable[[int], object], samples: int) -> float:
    """Of many samples less that of a few, which pays for compiling too."""
    times = []
    for count in (FEW, FEW + samples):
        begin = time.process_time()
        run(count)
        times.append(time.process_time() - begin)
    return (times[1] - times[0]) / samples


def main() -> None:
    path, samples = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 40
    core = ov.Core()

    def read() -> ov.Model:
        return core.read_model(path)

    shape = [1 if size.is_dynamic else size.get_length() for size in read().input(0).partial_shape]
    data = np.random.default_rng(0).normal(size=(FEW + samples, *shape)).astype(np.float32)

    def infer(model: ov.Model, use: Callable[[ov.InferRequest], object]) -> float:
        request = core.compile_model(model, "CPU", CONFIG).create_infer_request()

        def run(count: int) -> None:
            for sample in data[:count]:
                request.infer([sample])
                use(request)

        return seconds_a_sample(run, samples)

    alone = infer(read(), lambda _: None)

    reductions = read()
    outputs = []
    for value in measured_tensors(reductions):
        axes = op.constant(np.arange(len(value.partial_shape)))
        outputs += [make(value, axes).output(0) for make in (op.reduce_min, op.reduce_max)]
    reductions = ov.Model([*reductions.outputs, *outputs], reductions.get_parameters(), "ranges")

    exposed = read()
    values = measured_tensors(exposed)
    exposed = ov.Model([*exposed.outputs, *values], exposed.get_parameters(), "outputs")

    def extremes(request: ov.InferRequest) -> list:
        tensors = [request.get_output_tensor(i).data for i in range(1, len(values) + 1)]
        return [(tensor.min(), tensor.max()) for tensor in tensors]

    def quantize(count: int) -> None:
        octet.quantize_to_openvino(path, list(data[:count]), subset_size=count, threads=1,
                                   progress=False)  # fmt: skip

    rows = {
        "alone": alone,
        "reductions": infer(reductions, lambda _: None),
        "outputs": infer(exposed, extremes),
        "octet": seconds_a_sample(quantize, samples),
    }
    print(f"{len(values)} tensors, {samples} samples: CPU ms a sample")
    for name, seconds in rows.items():
        print(f"{name:12}{1000 * seconds:8.2f}{seconds / alone:8.2f}x")


if __name__ == "__main__":
    main()
