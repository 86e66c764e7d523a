"""Problems of the configuration, reported so that the operator can correct them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

WHOLE_FILE = "(the whole file)"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem. `where` is a file or "the environment", `key` the dotted path in it, `do` the correction."""

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
    """All problems of `.env`, `portal.yaml` and the manifests, in one report."""

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


def nearest_name(name: str, known: Iterable[str]) -> str:
    """Return what to do about a name that is not known: use the nearest one, if there is one."""
    nearest = get_close_matches(name, list(known), n=1)
    return f"write {nearest[0]}" if nearest else ""


def unknown_key(where: str, key: str, known: Iterable[str], parent: str = "") -> Problem:
    """Report a key that the portal does not know, and suggest the nearest one that it knows."""
    known = sorted(known)
    nearest = get_close_matches(key, known, n=1)
    return Problem(
        where,
        f"{parent}{key}",
        "a key that the portal does not know",
        ", ".join(known),
        f"rename it to {nearest[0]}" if nearest else "remove it",
    )
