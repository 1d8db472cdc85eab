"""Reports the source files of more than 400 lines, and exits with 1 if one has more than 500.

A file that long has two subjects: divide it. Data (tables, cases, schemas) may be of any length.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ["*.cpp", "*.hpp", "*.py", "*.pyi", "*.cmake", "*.sh", "CMakeLists.txt", "Makefile"]
# The stub is generated as one file for one extension module.
GENERATED = {"python/octet/_core.pyi"}
REPORT, LIMIT = 400, 500


def main() -> int:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *SOURCES],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    names = sorted({n for n in listed if n not in GENERATED and (ROOT / n).is_file()})
    lengths = {name: len((ROOT / name).read_text().splitlines()) for name in names}
    for name, length in sorted(lengths.items(), key=lambda item: -item[1]):
        if length > REPORT:
            print(f"{length:5} lines  {name}")
    longest = max(lengths.values())
    print(f"file sizes: {len(lengths)} files, the longest has {longest} lines (limit {LIMIT})")
    return longest > LIMIT


if __name__ == "__main__":
    sys.exit(main())
