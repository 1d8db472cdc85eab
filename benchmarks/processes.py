"""How long other processes take."""

import os
import subprocess
import sys
import time

from peer import WrongAnswer


def start(command, times, wanted=""):
    """The best of several runs; what they print must hold `wanted`."""
    seconds, processor = [], []
    for _ in range(times):
        before, begin = os.times(), time.perf_counter()
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        seconds.append(time.perf_counter() - begin)
        after = os.times()
        processor.append(
            after.children_user
            + after.children_system
            - before.children_user
            - before.children_system
        )
        if wanted not in done.stdout:
            raise WrongAnswer(f"it prints '{done.stdout.strip()}', not '{wanted}'")
    return {
        "milliseconds": min(seconds) * 1000,
        "processor_milliseconds": min(processor) * 1000,
    }


def start_import(module, times):
    code = f"import sys, {module}; print('torch' in sys.modules)"
    wanted = "False" if module == "octet" else ""
    return start([sys.executable, "-c", code], times, wanted)
