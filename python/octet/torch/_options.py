"""The options of the backend: `torch.compile(model, backend="octet", options={…})`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from octet._words import did_you_mean
from octet.errors import usage

PRECISIONS = ("f32", "bf16", "f16", "auto")


@dataclass(frozen=True)
class Options:
    """What `options` may hold."""

    #: OpenVINO's name of the device.
    device: str = "CPU"
    #: In which floating point type the parts run that are not quantized: "f32", "bf16", "f16", or
    #: "auto" for OpenVINO's choice, which is bf16 on CPUs that have it.
    precision: str = "f32"
    #: An operation that cannot run on OpenVINO is an error; else it runs in eager, with a warning.
    strict: bool = False
    #: A folder that keeps compiled models for the next process.
    cache_dir: str = ""
    #: OpenVINO's properties, such as {"INFERENCE_NUM_THREADS": 4}.
    config: Mapping[str, str] = field(default_factory=dict)
    #: How many compiled models of one function are kept. Beyond it, the one that was not used for
    #: the longest time is given up, and compiled again when it is needed.
    max_compiled: int = 16

    def __hash__(self) -> int:
        return hash((self.device, self.precision, self.strict, self.cache_dir, self.max_compiled))


def parse(given: Mapping[str, Any] | None, mode: str | None = None) -> Options:
    """Checks what the user gave. Raises `octet.UsageError`."""
    if mode not in (None, "default"):
        raise usage(
            "torch.compile's 'mode'",
            f"'{mode}' means nothing to the backend 'octet'",
            "Leave it out; choose precision or device by 'options'",
        )
    values = dict(given or {})
    known = [item.name for item in fields(Options)]
    for name in values:
        if name not in known:
            raise usage(
                "torch.compile's 'options'",
                f"there is no option '{name}'",
                did_you_mean(name, known),
            )
    return Options(**{name: _checked(name, value) for name, value in values.items()})


def _checked(name: str, value: Any) -> Any:
    where = f"option '{name}'"
    if name == "strict":
        if not isinstance(value, bool):
            raise usage(where, f"{value!r} is not True or False")
    elif name == "max_compiled":
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise usage(where, f"{value!r} is not a number of 1 or more")
    elif name == "config":
        if not isinstance(value, Mapping):
            raise usage(where, f"{value!r} is no dictionary")
        return {str(key): _property_text(item) for key, item in value.items()}
    elif name == "cache_dir":
        if not isinstance(value, (str, os.PathLike)):
            raise usage(where, f"{value!r} is no path")
        return os.fspath(value)
    elif not isinstance(value, str):
        raise usage(where, f"{value!r} is not text")
    elif name == "precision" and value not in PRECISIONS:
        raise usage(
            where,
            f"'{value}' is none of {', '.join(PRECISIONS)}",
            did_you_mean(value, list(PRECISIONS)),
        )
    return value


def _property_text(value: Any) -> str:
    """A property's value as OpenVINO spells it."""
    if isinstance(value, bool):
        return "YES" if value else "NO"
    return str(value)
