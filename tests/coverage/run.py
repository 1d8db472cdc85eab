"""Prints how every model of the list comes through import: `make coverage`.

Each model is exported in four spellings, imported by two routes, run with FP32 arithmetic and
compared with eager.

    python tests/coverage/run.py [MODEL ...] [--json FILE] [--docs FILE]
"""

import argparse
import json
import sys
import warnings
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import check
import models

MARKS = {"not applicable": "n/a", "unavailable": "skipped"}
INTRODUCTION = """# Import coverage

Written by `make coverage`. Every model has random weights (those of `../shared/eval` are trained).
It is exported with two samples by `torch.export`; with a dynamic batch it runs with one and three.
`functional` is the dynamic program after `run_decompositions({})`, which is what AOTAutograd hands
a `torch.compile` backend; `core` is it after torch's decompositions into core ATen. A cell is the
largest relative error against eager over all outputs, of the program saved as `.pt2` and read
natively, and of the program in memory; up to 1e-4 is exact. Nodes and time: of the first spelling.
"""


def check_model(name: str, spellings: list[str]) -> list[check.Result]:
    warnings.filterwarnings("ignore")
    row = next(row for row in models.MODELS if row.name == name)
    try:
        module = models.make_model(row)
    except models.Unavailable as error:
        return [
            check.Result(name, spelling, route, "unavailable", str(error))
            for spelling in spellings
            for route in check.ROUTES
        ]
    return [
        result
        for spelling in spellings
        for result in check.check(row, module, check.SPELLINGS[spelling])
    ]


def check_apart(name: str, spellings: list[str]) -> list[check.Result]:
    """In a process of its own: a crash is a row of the table, not the end of it."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        try:
            return pool.submit(check_model, name, spellings).result()
        except BrokenProcessPool:
            return [check.Result(name, spellings[0], check.ROUTES[0], "failed", "it crashed")]


def cell(results: list[check.Result]) -> str:
    texts = []
    for result in results:
        if result.status in MARKS:
            texts.append(MARKS[result.status])
        elif result.status == "failed":
            texts.append("FAILED")
        else:
            texts.append(f"{result.error:.0e}" + ("" if result.status == "exact" else " INEXACT"))
    return texts[0] if len(set(texts)) == 1 else ", ".join(texts)


def table_row(name: str, results: list[check.Result], spellings: list[str]) -> str:
    cells = [cell([r for r in results if r.spelling == spelling]) for spelling in spellings]
    first = results[0]
    return f"| {name} | {' | '.join(cells)} | {first.nodes or ''} | {first.convert_ms:.0f} |"


def reasons(results: Iterable[check.Result]) -> list[str]:
    """One line for what several spellings and routes have in common."""
    places: dict[tuple[str, str], list[str]] = {}
    for result in results:
        if result.reason:
            key = (result.model, result.reason)
            places.setdefault(key, []).append(f"{result.spelling} {result.route}")
    return [f"- {name} ({', '.join(where)}): {why}" for (name, why), where in places.items()]


def main() -> int:
    known = [row.name for row in models.MODELS]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", metavar="MODEL", help=", ".join(known))
    parser.add_argument("--spellings", nargs="+", choices=check.SPELLINGS)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every result as JSON")
    parser.add_argument("--docs", type=Path, metavar="FILE", help="write the table as a page")
    options = parser.parse_args()
    for name in options.models:
        if name not in known:
            parser.error(f"there is no model '{name}'; known: {', '.join(known)}")
    spellings = options.spellings or list(check.SPELLINGS)
    head = f"| model | {' | '.join(spellings)} | nodes | convert ms |"
    lines = [head, "|" + "---|" * (len(spellings) + 3)]
    print("\n".join(lines))
    results: list[check.Result] = []
    for name in options.models or known:
        found = check_apart(name, spellings)
        results += found
        lines.append(table_row(name, found, spellings))
        print(lines[-1], flush=True)
    notes = reasons(results)
    if notes:
        lines += ["", *notes]
        print("\n" + "\n".join(notes))
    if options.json:
        options.json.write_text(json.dumps([asdict(result) for result in results], indent=1) + "\n")
    if options.docs:
        options.docs.write_text(INTRODUCTION + "\n" + "\n".join(lines) + "\n")
    return int(any(result.status in ("failed", "inexact") for result in results))


if __name__ == "__main__":
    sys.exit(main())
