"""Which differences from the peer are decisions: the rows of explained.txt."""

import re
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "explained.txt"


@dataclass
class Row:
    decision: str  #: its number in docs/decisions/placement-differences.md
    models: re.Pattern
    options: re.Pattern
    difference: re.Pattern
    text: str
    is_used: bool = False


class Explanations:
    """A row is `decision | models | options | difference`, three regular expressions, of which the
    first two fit the whole name."""

    def __init__(self, file=FILE):
        self.rows = []
        for line in file.read_text().splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            decision, *patterns = (part.strip() for part in line.split(" | "))
            self.rows.append(Row(decision, *(re.compile(p) for p in patterns), line))

    def sort(self, job, found):
        """The decisions that explain what was found, and what none explains."""
        decisions, rest = set(), []
        for difference in found:
            row = self.find(job, difference)
            if row:
                row.is_used = True
                decisions.add(row.decision)
            else:
                rest.append(difference)
        return sorted(decisions, key=int), rest

    def find(self, job, difference):
        return next(
            (
                row
                for row in self.rows
                if row.models.fullmatch(job.model)
                and row.options.fullmatch(job.label)
                and row.difference.search(difference)
            ),
            None,
        )

    def unused(self):
        return [row.text for row in self.rows if not row.is_used]
