"""torchao's PT2E with the quantizer for Inductor on x86, in Inductor."""

import io
from dataclasses import asdict
from pathlib import Path

import peer
import quantized
import torch
from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e
from torchao.quantization.pt2e.quantizer import x86_inductor_quantizer as x86

NEEDS = ("torch", "torchao")


def quantize(program, items):
    quantizer = x86.X86InductorQuantizer()
    quantizer.set_global(x86.get_default_x86_inductor_quantization_config())
    prepared = prepare_pt2e(program, quantizer)
    for item in items:
        prepared(*item)
    return convert_pt2e(prepared)


def work(job):
    program = torch.export.load(Path(job["folder"]) / "model.pt2").module(check_guards=False)
    items = [tuple(map(torch.from_numpy, item)) for item in quantized.samples(job)]
    with torch.no_grad():
        quantized.require_fp32(job, lambda *item: program(*map(torch.from_numpy, item)))
        result, cost = peer.cost_of(lambda: quantize(program, items))
        file = io.BytesIO()
        torch.save(result.state_dict(), file)
        torch._inductor.config.freezing = True
        compiled = torch.compile(result)
        values = {
            **asdict(cost),
            "size_mb": file.tell() / 1e6,
            **quantized.agreement(job, lambda *item: compiled(*map(torch.from_numpy, item))),
        }

        def call():
            with torch.no_grad():
                return compiled(*items[0])

        values["latency_ms"] = peer.median_seconds(call, job["seconds"]) * 1000
        torch.set_num_threads(1)
        values["throughput"] = peer.calls_per_second(lambda: call, job["seconds"])
    return values


if __name__ == "__main__":
    peer.answer(work)
