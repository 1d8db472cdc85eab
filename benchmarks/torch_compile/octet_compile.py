"""torch.compile(model, backend="octet")"""

import octet.torch
import peer
import torch_programs

NEEDS = ("octet", "torch")


def work(job, **options):
    compiled, values = torch_programs.measure_compiled(job, backend="octet", options=options)
    (graph,) = octet.torch.explain(compiled)["graphs"]
    if graph["eager"] or graph["eager_reason"]:
        raise peer.WrongAnswer("part of it ran in eager")
    (part,) = graph["parts"]
    return {
        **values,
        "compile_seconds": part["compile_ms"] / 1000,
        "overhead_us": part["overhead_us"],
        "from_cache": part["from_cache"],
    }


if __name__ == "__main__":
    peer.answer(work)
