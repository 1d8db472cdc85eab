"""One line on a terminal that says how far a run is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ProgressCallback = Callable[[str, int, int | None], None]


class ProgressLine:
    """Keeps a line on standard error and removes it in the end."""

    def __init__(self) -> None:
        self._stage = ""
        self._begin = 0.0
        self._is_shown = False

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._begin = stage, now
        sys.stderr.write("\r\x1b[K" + progress_text(stage, done, total, now - self._begin))
        sys.stderr.flush()
        self._is_shown = True

    def clear(self) -> None:
        if self._is_shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._is_shown = False


def progress_text(stage: str, done: int, total: int | None, seconds: float) -> str:
    """`calibration  120/300   40 %   35.2/s   0:05 left`"""
    words = [f"{stage}  {done}/{total}" if total else f"{stage}  {done}" if done else stage]
    if total:
        words.append(f"{100 * done // total:3d} %")
    if done and seconds > 0:
        rate = done / seconds
        words.append(f"{rate:.1f}/s")
        if total and total > done:
            minutes, rest = divmod(round((total - done) / rate), 60)
            words.append(f"{minutes}:{rest:02d} left")
    return "   ".join(words)


@contextmanager
def reporting(
    progress: ProgressCallback | bool | None,
) -> Iterator[ProgressCallback | ProgressLine | None]:
    """What the extension calls for the argument `progress` of `octet.quantize`, while it runs."""
    if callable(progress):
        yield progress
        return
    if progress is None:
        progress = sys.stderr is not None and sys.stderr.isatty()
    if not progress:
        yield None
        return
    line = ProgressLine()
    try:
        yield line
    finally:
        line.clear()
