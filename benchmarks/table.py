"""Medians, spreads and ratios of runs that took turns, as text."""

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Column:
    """A number that peers answer with."""

    key: str
    title: str
    digits: int = 1  #: after the point
    ratio: bool = False  #: also shown as a multiple of the task's REFERENCE
    spread: bool = False  #: also shown: least and most of all rounds


def ratios(runs, reference, key):
    """What each run of a peer is to the reference's in the same round."""
    return [
        run[key] / other[key]
        for run, other in zip(runs, reference, strict=False)
        if run.get(key) is not None and other.get(key)
    ]


def cell(column, runs, reference):
    values = [run[column.key] for run in runs if run.get(column.key) is not None]
    if not values:
        return "-"
    text = f"{median(values):.{column.digits}f}"
    if column.spread and len(values) > 1:
        text += f" ({min(values):.{column.digits}f} to {max(values):.{column.digits}f})"
    if column.ratio and (found := ratios(runs, reference, column.key)):
        text += f" x{median(found):.2g}" if median(found) < 9.95 else f" x{median(found):.0f}"
    return text


def why_not(runs):
    """What stands in place of a peer's numbers, if it has none."""
    for run in runs:
        for key, words in (
            ("failed", "failed: "),
            ("wrong", "wrong answer, not timed: "),
            ("not_applicable", "not applicable: "),
        ):
            if key in run:
                return words + run[key]
    return None


def of_job(task, job, runs):
    reference = runs.get(task.REFERENCE, [])
    rows, notes = [["", *(column.title for column in task.COLUMNS)]], []
    for name, of_peer in runs.items():
        reason = why_not(of_peer)
        if reason:
            notes.append(f"  {name}: {reason}")
        elif of_peer:
            rows.append([name, *(cell(column, of_peer, reference) for column in task.COLUMNS)])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        row[0].ljust(widths[0])
        + "".join(f"  {x.rjust(w)}" for x, w in zip(row[1:], widths[1:], strict=True))
        for row in rows
    ]
    if hasattr(task, "conclude"):
        notes += [f"  {line}" for line in task.conclude(job, runs)]
    loads = [
        run["machine_load"] for of_peer in runs.values() for run in of_peer if "machine_load" in run
    ]
    load = f", machine load {min(loads):.1f} to {max(loads):.1f}" if loads else ""
    rounds = max((len(of_peer) for of_peer in runs.values()), default=0)
    title = f"{task.describe(job)}; medians of {rounds}{load}"
    return "\n".join([title, *lines, *notes, ""])


def of_all(task, results):
    machine = results["machine"]
    head = f"{task.TITLE}\n{results['date']}, {machine['cores']} cores of {machine['cpu']}\n\n"
    absent = "".join(f"absent: {name}\n" for name in results["absent"])
    return head + absent + "\n".join(of_job(task, x["job"], x["runs"]) for x in results["jobs"])
