"""What is wrong with a list, line by line."""

from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_FOUND = 80  # characters of a bad cell that a message repeats


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend, in the row that begins at `line`, counted from 1."""

    line: int
    column: str
    found: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.line}: {self.column}: {self.found} → {self.allowed}"


class RecordsRefused(Exception):
    """Everything that is wrong with a list. Nothing was written."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = sorted(problems, key=lambda problem: problem.line)
        super().__init__(f"{len(self.problems)} problems")


def quote(value: object) -> str:
    """A cell as a message repeats it: in quotes, and cut short."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= LONGEST_FOUND else text[:LONGEST_FOUND] + "…"
