"""`octet --version`, the command."""

import shutil
import sys
from pathlib import Path

import octet
import peer
import processes

NEEDS = ("octet",)


def find_command():
    """The installed one, or the one that CMake built beside the package."""
    package = Path(octet.__file__).parent
    for folder in (Path(sys.executable).parent, package.parent.parent):
        if (folder / "octet").is_file():
            return folder / "octet"
    found = shutil.which("octet")
    if found is None:
        raise peer.NotApplicable("the command is not installed")
    return found


if __name__ == "__main__":
    peer.answer(lambda job: processes.start([find_command(), "--version"], job["times"], "octet "))
