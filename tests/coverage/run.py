"""Prints how every model of the list comes through import: `make coverage`.

Each model is exported in four spellings, imported by two routes, run with FP32 arithmetic and
compared with eager; then quantized, and compiled by `torch.compile`.

    python tests/coverage/run.py [MODEL ...] [--json FILE] [--reuse FILE ...] [--docs FILE]
"""

import argparse
import json
import multiprocessing
import resource
import sys
import warnings
from collections.abc import Iterable
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import check
import compiled_call
import models

MARKS = {"not applicable": "n/a", "unavailable": "skipped"}
INTRODUCTION = """# Import coverage

Written by `make coverage`. Every model has random weights (those of `../shared/eval` are trained).
It is exported with two samples by `torch.export`; with a dynamic batch it runs with one and three.
`functional` is the dynamic program after `run_decompositions({})`, which is what AOTAutograd hands
a `torch.compile` backend; `core` is it after torch's decompositions into core ATen. A cell is the
largest relative error against eager over all outputs, of the program saved as `.pt2` and read
natively, and of the program in memory, FP32 arithmetic in both; up to 1e-4 is exact. Nodes and
time: of the first spelling.

`INT8`: the model quantized with default options on eight random inputs; the lowest cosine
similarity of an output to the FP32 model's on another input, and how many layers, of all, are in
INT8. Random weights and inputs say that it works, not what it costs: trained models
are in [accuracy.md](accuracy.md).

`torch.compile`: the model itself, not exported, through `torch.compile(model, backend="octet")`,
with two samples and then with three: the largest relative error against eager.
"""
INT8 = "int8"
#: What is checked of a model besides its spellings.
OTHERS = {INT8: check.check_int8, compiled_call.COLUMN: compiled_call.check_compiled}
#: Of addresses, so that a model that takes all memory ends alone.
LARGEST_PROCESS = 12 << 30


def check_model(name: str, columns: list[str], given: Connection) -> None:
    """Sends each result as soon as it is there."""
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST_PROCESS, LARGEST_PROCESS))
    warnings.filterwarnings("ignore")
    row = next(row for row in models.MODELS if row.name == name)
    try:
        module = models.make_model(row)
    except models.Unavailable as error:
        given.send(
            [
                check.Result(name, column, route, "unavailable", str(error))
                for column in columns
                for route in check.ROUTES
            ]
        )
        return
    reference = check.Reference(row, module)
    for column in columns:
        if column in OTHERS:
            given.send([OTHERS[column](row, module)])
        else:
            given.send(check.check(reference, check.SPELLINGS[column]))


def check_apart(name: str, columns: list[str], seconds: float) -> list[check.Result]:
    """In a process of its own: a crash, or no end, is a row of the table, not the end of it."""
    context = multiprocessing.get_context("spawn")
    taken, given = context.Pipe(duplex=False)
    process = context.Process(target=check_model, args=(name, columns, given))
    process.start()
    given.close()
    results: list[check.Result] = []
    reason = ""
    try:
        while taken.poll(seconds):
            results += taken.recv()
        reason = f"it did not end within {seconds:.0f} s"
        process.kill()
    except EOFError:
        process.join()
        if process.exitcode:
            reason = f"its process ended with {process.exitcode}"
    process.join()
    done = {result.spelling for result in results}
    return results + [
        check.Result(name, column, route, "failed", reason)
        for column in columns
        if column not in done
        for route in check.ROUTES
    ]


def cell(results: list[check.Result]) -> str:
    if not results:
        return "not measured"
    texts = []
    for result in results:
        if result.status in MARKS:
            texts.append(MARKS[result.status])
        elif result.status == "failed":
            texts.append("FAILED")
        elif result.spelling == INT8:
            texts.append(f"{result.cosine:.4f}, {result.quantized} of {result.nodes}")
        else:
            texts.append(f"{result.error:.0e}" + ("" if result.status == "exact" else " INEXACT"))
    return texts[0] if len(set(texts)) == 1 else ", ".join(texts)


def table_row(name: str, results: list[check.Result], columns: list[str]) -> str:
    cells = [cell([r for r in results if r.spelling == column]) for column in columns]
    first = next((r for r in results if r.status == "exact"), results[0])
    return f"| {name} | {' | '.join(cells)} | {first.nodes or ''} | {first.convert_ms:.0f} |"


def reasons(results: Iterable[check.Result]) -> list[str]:
    """One line for what several spellings and routes have in common."""
    places: dict[tuple[str, str], list[str]] = {}
    for result in results:
        if reason := result.reason or result.remark:
            key = (result.model, reason)
            places.setdefault(key, []).append(f"{result.spelling} {result.route}")
    return [f"- {name} ({', '.join(where)}): {why}" for (name, why), where in places.items()]


def main() -> int:
    known = [row.name for row in models.MODELS]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", metavar="MODEL", help=", ".join(known))
    parser.add_argument("--spellings", nargs="+", choices=check.SPELLINGS)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every result as JSON")
    parser.add_argument(
        "--reuse", nargs="+", type=Path, default=[], metavar="FILE",
        help="take results of models from JSON of earlier runs",
    )  # fmt: skip
    parser.add_argument("--reuse-only", action="store_true", help="run nothing")
    parser.add_argument(
        "--seconds", type=float, default=900, help="how long one spelling of a model may take"
    )
    parser.add_argument("--docs", type=Path, metavar="FILE", help="write the table as a page")
    options = parser.parse_args()
    for name in options.models:
        if name not in known:
            parser.error(f"there is no model '{name}'; known: {', '.join(known)}")
    columns = [*(options.spellings or check.SPELLINGS), *OTHERS]
    earlier = [
        check.Result(**item) for file in options.reuse for item in json.loads(file.read_text())
    ]
    head = f"| model | {' | '.join(columns)} | nodes | convert ms |"
    lines = [head.replace(INT8, "INT8"), "|" + "---|" * (len(columns) + 3)]
    print("\n".join(lines))
    results: list[check.Result] = []
    for name in options.models or known:
        found = [result for result in earlier if result.model == name]
        missing = [x for x in columns if x not in {result.spelling for result in found}]
        if options.reuse_only:
            missing = []
        found += check_apart(name, missing, options.seconds) if missing else []
        results += found
        lines.append(table_row(name, found, columns))
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
