"""What is wrong with the configuration, said so that a person can mend it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: `where` is a file (or "the environment"), `key` the dotted path in it."""

    where: str
    key: str
    found: str
    allowed: str
    do: str = ""

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.key}", f"  found    {self.found}", f"  allowed  {self.allowed}"]
        if self.do:
            lines.append(f"  do       {self.do}")
        return "\n".join(lines)


class ConfigurationError(Exception):
    """Everything that is wrong with `.env`, `portal.yaml` and the manifests, in one report."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(problems)
        super().__init__(str(self))

    def __str__(self) -> str:
        count = len(self.problems)
        heading = "The configuration has a problem." if count == 1 else f"The configuration has {count} problems."
        return "\n\n".join([heading, *map(str, self.problems)])


def collect[T](problems: list[Problem], read: Callable[[], T]) -> T | None:
    """Return the result of `read`; when it raises ConfigurationError, add its problems and return None."""
    try:
        return read()
    except ConfigurationError as error:
        problems.extend(error.problems)
        return None


def unknown_key(where: str, key: str, known: Iterable[str], parent: str = "") -> Problem:
    """A key that nobody reads, with the nearest one that somebody does: it is most often a slip of the hand."""
    known = sorted(known)
    nearest = get_close_matches(key, known, n=1)
    return Problem(
        where,
        f"{parent}{key}",
        "a key that the portal does not know",
        ", ".join(known),
        f"rename it to {nearest[0]}" if nearest else "remove it",
    )
