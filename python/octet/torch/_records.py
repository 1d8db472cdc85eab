"""What the backend did with each graph that torch gave it, for as long as the graph is in use."""

from __future__ import annotations

import itertools
import sys
import threading
import weakref
from typing import TYPE_CHECKING, Any

import torch

from octet import _core
from octet.torch._options import Options

if TYPE_CHECKING:
    from octet.torch._program import Program

_lock = threading.Lock()
_records: weakref.WeakSet[Record] = weakref.WeakSet()
_limits: weakref.WeakValueDictionary[Any, _core.SessionLimit] = weakref.WeakValueDictionary()
_numbers = itertools.count()


class Record:
    """One graph. What torch calls keeps it alive."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.number = next(_numbers)
        self.program: Program | None = None
        #: Why the whole graph runs in eager.
        self.eager_reason: str | None = None
        #: Seconds from when torch handed the graph over until it could run.
        self.seconds = 0.0
        owner = _calling_compile()
        #: What torch.compile made for the user's call of it, to find the graph by.
        self.owner = weakref.ref(owner) if owner is not None else lambda: None
        compile_id = torch._guards.CompileContext.current_compile_id()
        self.title = f"graph {compile_id or self.number}"
        # Graphs of one function and one call of torch.compile differ in their inputs' shapes.
        function = getattr(compile_id, "frame_id", self.number)
        key = (id(owner), function, options.max_compiled)
        with _lock:
            self.limit = _limits.setdefault(key, _core.SessionLimit(options.max_compiled))


def start(options: Options) -> Record:
    record = Record(options)
    with _lock:
        _records.add(record)
    return record


def _calling_compile() -> Any:
    """The object of torch.compile that calls the backend, which torch does not pass on."""
    frame = sys._getframe()
    while frame is not None:
        caller = frame.f_locals.get("self")
        if isinstance(caller, torch._TorchCompileWrapper):
            return caller
        frame = frame.f_back
    return None


def all_records() -> list[Record]:
    with _lock:
        found = list(_records)
    return sorted(found, key=lambda record: record.number)
