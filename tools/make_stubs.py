#!/usr/bin/env python3
"""Prints the type stub of the extension octet._core.

    python tools/make_stubs.py > python/octet/_core.pyi

Needs an importable octet and pybind11-stubgen. The output is committed; a test compares.
"""

import subprocess
import sys
import tempfile
from pathlib import Path


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "pybind11_stubgen",
            "octet._core",
            "--exit-code",
            "--output-dir",
            folder,
        ]
        run = subprocess.run(command, check=False, capture_output=True, text=True)
        if run.returncode != 0:
            sys.exit(run.stdout + run.stderr)
        stub = (Path(folder) / "octet" / "_core.pyi").read_text()
    lines = [line.rstrip() for line in stub.splitlines()]
    # The version changes with every release, and the stub should not.
    lines = [line for line in lines if not line.startswith("__version__:")]
    sys.stdout.write("\n".join(["# Made by tools/make_stubs.py", *lines, "__version__: str", ""]))


if __name__ == "__main__":
    main()
