"""torch.compile(model, backend="openvino") of OpenVINO itself, with the option without which torch
2.13 cannot run it, and in FP32 as the others."""

import openvino.torch  # noqa: F401
import peer
import torch_programs

NEEDS = ("openvino", "torch")


def work(job):
    options = {"aot_autograd": True, "config": {"INFERENCE_PRECISION_HINT": "f32"}}
    return torch_programs.measure_compiled(job, backend="openvino", options=options)[1]


if __name__ == "__main__":
    peer.answer(work)
