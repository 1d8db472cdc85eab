"""Checks that every #include points upward in the list of folders, tools/layers.txt.

check_layers.py [FILE...]    by default all C++ files of include/, src/ and python/

Prints each #include that does not, and exits with 1 if there is one.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUFFIXES = {".cpp", ".hpp", ".def", ".in"}
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
# The folders that an #include is looked up in after the file's own.
INCLUDE_FOLDERS = [ROOT / "include", ROOT / "src"]


def read_layers() -> list[str]:
    lines = (ROOT / "tools" / "layers.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def layer_of(path: Path, layers: list[str]) -> int | None:
    folder = path.relative_to(ROOT).parent
    for part in (folder, *folder.parents):
        if str(part) in layers:
            return layers.index(str(part))
    return None


def problems_of(path: Path, layers: list[str]) -> list[str]:
    here = path.relative_to(ROOT)
    own = layer_of(path, layers)
    if own is None:
        return [f"{here}: its folder is not listed in tools/layers.txt"]
    found = []
    text = path.read_text()
    for match in INCLUDE.finditer(text):
        name, line = match.group(1), text.count("\n", 0, match.start(1)) + 1
        folders = [path.parent, *INCLUDE_FOLDERS]
        target = next((f / name for f in folders if (f / name).is_file()), None)
        if target is None:
            found.append(f'{here}:{line}: "{name}" is no file of this project')
            continue
        layer = layer_of(target.resolve(), layers)
        if layer is None or layer > own:
            below = target.resolve().relative_to(ROOT).parent
            found.append(f'{here}:{line}: "{name}" lies below ({below} after {layers[own]})')
    return found


def main() -> int:
    layers = read_layers()
    files = [Path(name).resolve() for name in sys.argv[1:]] or sorted(
        path
        for folder in ("include", "src", "python")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in SUFFIXES
    )
    problems = [problem for path in files for problem in problems_of(path, layers)]
    for problem in problems:
        print(problem)
    print(f"layers: {len(files)} files, {len(problems)} problems")
    return 1 if problems or not files else 0


if __name__ == "__main__":
    sys.exit(main())
