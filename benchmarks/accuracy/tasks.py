"""The trained models of ../shared/eval, their data, and what an evaluation measures."""

from __future__ import annotations

import importlib.util
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[2]
EVAL = ROOT.parent / "shared" / "eval"
NAMES = ("cifar_resnet20", "effnet_lite0", "ppocr_cls", "crepe_tiny", "minilm_stsb")
TRANSFORMERS = ("minilm_stsb",)
#: A rank correlation has no answers to count: its paired standard error, as
#: ../shared/eval/README.md states it.
STATED_ERRORS = {"minilm_stsb": 0.05}

Infer = Callable[..., np.ndarray]


@dataclass
class Score:
    """What one model came to on a task's evaluation data."""

    metric: float
    #: The place of the largest output, for every call.
    answers: list[int] = field(default_factory=list)


@dataclass
class Task:
    name: str
    module: ModuleType

    @classmethod
    def load(cls, name: str) -> Task:
        folder = EVAL / name
        if str(EVAL) not in sys.path:
            sys.path.insert(0, str(EVAL))
        spec = importlib.util.spec_from_file_location(f"eval_{name}", folder / "load.py")
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return cls(name, module)

    @property
    def is_convolutional(self) -> bool:
        return self.name not in TRANSFORMERS

    @property
    def metric_name(self) -> str:
        return str(self.module.METRIC)

    def capture(self) -> Any:
        """The model as a user would hand it over: exported by torch, or the ONNX file."""
        model = self.module.model()
        if isinstance(model, str):
            return model
        with torch.no_grad():
            return torch.export.export(model, self.module.example())

    def fixed(self, graph: Any) -> Any:
        """`graph` (an openvino.Model) with the shapes of one sample."""
        return self.module.reshape(graph) if hasattr(self.module, "reshape") else graph

    def calibration(self, count: int) -> list[tuple[np.ndarray, ...]]:
        return list(self.module.calib(count))

    def evaluate(self, infer: Infer, limit: int | None = None) -> Score:
        score = Score(0.0)

        def recorded(*inputs: np.ndarray) -> np.ndarray:
            output = infer(*inputs)
            score.answers.append(int(np.argmax(output)))
            return output

        score.metric = float(self.module.evaluate(recorded, limit=limit))
        return score

    def standard_error(self, reference: Score, other: Score) -> float:
        """Of the difference of two models' metrics, in points, on the same data.

        A model that gives another answer to d of n questions can gain or lose with each of them:
        if it does so by chance, its metric moves by sqrt(d) / n.
        """
        if self.name in STATED_ERRORS:
            return STATED_ERRORS[self.name]
        changed = sum(a != b for a, b in zip(reference.answers, other.answers, strict=True))
        return 100.0 * math.sqrt(max(changed, 1)) / len(reference.answers)
