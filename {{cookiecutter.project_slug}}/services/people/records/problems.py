"""The problems of a CSV file, by line."""

from collections.abc import Iterable
from dataclasses import dataclass

MAX_QUOTED = 80  # characters of an invalid cell in a message


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem in the row that begins at `line`, counted from 1: what was found, and what is allowed instead."""

    line: int
    column: str
    found: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.line}: {self.column}: {self.found} → {self.allowed}"


class InvalidRecords(Exception):
    """All problems of a CSV file, by line, and the number of rows that could be read. Nothing was written."""

    def __init__(self, problems: Iterable[Problem], *, rows: int = 0):
        self.rows = rows
        self.problems = sorted(problems, key=lambda problem: problem.line)
        super().__init__(f"{len(self.problems)} problems")


def quote(value: object) -> str:
    """Return a value for a message: text in quotes, and everything shortened."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= MAX_QUOTED else text[:MAX_QUOTED] + "…"
