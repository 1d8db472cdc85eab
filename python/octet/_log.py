"""Diagnostics of the library as records of `logging`: the logger is named "octet".

Warnings go to standard error unless the program says otherwise, as `logging` does it; notes only
where it asks for INFO. Nothing goes to standard output. A record has the diagnostic as its
attribute `diagnostic`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from octet import _core

logger = logging.getLogger("octet")


def show_one(diagnostic: _core.Diagnostic) -> None:
    level = logging.WARNING if diagnostic.severity == "warning" else logging.INFO
    logger.log(level, "%s", diagnostic, extra={"diagnostic": diagnostic})


def show(diagnostics: Iterable[_core.Diagnostic]) -> None:
    for diagnostic in diagnostics:
        show_one(diagnostic)
