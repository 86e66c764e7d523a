"""Secrets from files: `<NAME>_FILE` names the file that holds the secret `<NAME>`."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from .problems import Problem

SUFFIX = "_FILE"
LARGEST_BYTES = 64 * 1024


class SecretFiles:
    """The secrets that were read from files. `values` has secret → its text, `paths` secret → its file."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.paths: dict[str, str] = {}

    def read(
        self, variables: Mapping[str, str | None], names: Iterable[str], where: Callable[[str], str]
    ) -> Iterator[Problem]:
        """Read the file of each secret in `names` that `variables` has as `<NAME>_FILE`.

        An empty variable counts as absent. `where` returns the source of a variable. Yields a problem, without the
        secret, for one that is given twice and for a file that cannot be read.
        """
        for name in names:
            variable = name + SUFFIX
            path = variables.get(variable)
            if not path:
                continue
            if variables.get(name):
                found, allowed = f"{name} as well (not shown)", f"either {name} or {variable}"
                yield Problem(where(variable), variable, found, allowed, "remove one of them")
                continue
            try:
                self.values[name] = read_secret(Path(path))
                self.paths[name] = path
            except (OSError, ValueError) as error:
                found = f"{path}, a file that cannot be used: {getattr(error, 'strerror', None) or error}"
                yield Problem(where(variable), variable, found, f"the path of a file with {name} and nothing else")

    def source(self, name: str) -> str:
        """Return where the secret `name` was found, for messages."""
        return f"{name}{SUFFIX} ({self.paths[name]})" if name in self.paths else "the environment"


def read_secret(path: Path) -> str:
    """Return the text of a file, without the line break that editors add at its end.

    Raises OSError when it cannot be read, and ValueError when it is too large or not UTF-8.
    """
    with path.open("rb") as file:
        content = file.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise ValueError(f"it has more than {LARGEST_BYTES} bytes")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text") from None  # the error's own message would show bytes of the secret
    return text.removesuffix("\n").removesuffix("\r")
