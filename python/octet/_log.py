"""Diagnostics of the library as records of `logging`: the logger is named "octet"."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from octet import _core

logger = logging.getLogger("octet")


def show(diagnostics: Iterable[_core.Diagnostic]) -> None:
    """Warnings are shown unless the program says otherwise; notes only where it asks for INFO."""
    for diagnostic in diagnostics:
        is_warning = diagnostic.severity == "warning"
        logger.log(logging.WARNING if is_warning else logging.INFO, "%s", diagnostic)
