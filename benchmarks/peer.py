"""What the files of the peers share. Each is a program that the harness runs in a process of its
own, with a job to do and a file to write the answer to; see README.md."""

import ctypes
import gc
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class NotApplicable(Exception):
    """This peer cannot do this job; the reason is shown in place of numbers."""


class WrongAnswer(Exception):
    """What would be timed does not compute what it should."""


def answer(work: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Does the job of the command line by `work`, which returns numbers by their columns."""
    job, result = (Path(argument) for argument in sys.argv[1:])
    try:
        values = work(json.loads(job.read_text()))
    except NotApplicable as reason:
        values = {"not_applicable": str(reason)}
    except WrongAnswer as reason:
        values = {"wrong": str(reason)}
    result.write_text(json.dumps(values))
    sys.stdout.flush()
    os._exit(0)  # some libraries crash while they are unloaded, which is not measured


def status(field: str) -> float:
    """A field of this process's memory, in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    raise KeyError(field)


@dataclass
class Cost:
    """What an action took."""

    seconds: float
    processor_seconds: float  #: of all threads: what others do on the machine hardly counts
    peak_mb: float  #: most memory at any time, beyond what was there before


def cost_of(action: Callable[[], Any]) -> tuple[Any, Cost]:
    """The action's result and cost."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    before = status("VmRSS")
    processor, begin = time.process_time(), time.perf_counter()
    result = action()
    seconds, processor_seconds = time.perf_counter() - begin, time.process_time() - processor
    return result, Cost(seconds, processor_seconds, status("VmHWM") - before)


def median_seconds(action: Callable[[], Any], seconds: float) -> float:
    """Of one call after another, for about that long; the first two only warm up."""
    action()
    action()
    times = []
    end = time.perf_counter() + seconds
    while len(times) < 5 or time.perf_counter() < end:
        begin = time.perf_counter()
        action()
        times.append(time.perf_counter() - begin)
    return sorted(times)[len(times) // 2]


def calls_per_second(make_action: Callable[[], Callable[[], Any]], seconds: float) -> float:
    """Calls that a thread a core, each with an action of its own, finish in a second."""
    from concurrent.futures import ThreadPoolExecutor

    cores = len(os.sched_getaffinity(0))
    actions = [make_action() for _ in range(cores)]
    for action in actions:
        action()
    begin = time.perf_counter()

    def work(action: Callable[[], Any]) -> int:
        calls = 0
        while time.perf_counter() - begin < seconds:
            action()
            calls += 1
        return calls

    with ThreadPoolExecutor(cores) as pool:
        calls = sum(pool.map(work, actions))
    return calls / (time.perf_counter() - begin)
