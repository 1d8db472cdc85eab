"""Makes faults and counts what was lost: `make faults`.

python tests/faults/run.py [--rounds N] [FAULT...]
"""

import argparse
import sys
import tempfile
import time
import traceback
from pathlib import Path

from faults import FAULTS
from support import Skipped


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=100, help="times each fault is made")
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=", ".join(FAULTS))
    options = parser.parse_args()
    unknown = set(options.faults) - set(FAULTS)
    if unknown:
        parser.error(f"no such fault: {', '.join(sorted(unknown))}")
    failed = 0
    for name in options.faults or FAULTS:
        begin = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="octet-faults-") as folder:
            try:
                line = f"ok      {FAULTS[name](Path(folder) / 'work', options.rounds)}"
            except Skipped as reason:
                line = f"skipped {reason}"
            except Exception:
                failed += 1
                line = f"FAILED\n{traceback.format_exc()}"
        print(f"{name:<26} {time.perf_counter() - begin:6.1f} s  {line}", flush=True)
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
