"""How results look in a notebook: the report as its page, tables as they are printed."""

from __future__ import annotations

import html
from typing import Any

from octet import _core
from octet._api import Benchmark, Inspection, ScopePreview


def _table(result: Any) -> str:
    return f"<pre>{html.escape(str(result))}</pre>"


def _page(report: Any) -> str:
    # Within a frame its style and its scripts are its own.
    page = html.escape(report.to_html())
    return (
        f'<iframe srcdoc="{page}" width="100%" height="800" title="Quantization report"></iframe>'
    )


def install() -> None:
    """Gives the results the method that notebooks call."""
    for cls in (
        *(Benchmark, Inspection, ScopePreview, _core.Comparison, _core.QuantizeResult),
        *(_core.Verdict, _core.Verification),
    ):
        cls._repr_html_ = _table  # type: ignore[union-attr]
    _core.Report._repr_html_ = _page  # type: ignore[attr-defined]
