"""The reference of the names that apps may import."""

from collections.abc import Iterator
from pathlib import Path

from core.plugins.public_names import read_public_names

from .errors import MissingDescription
from .sources import Description, Sources


def public_names(base_directory: Path) -> str:
    """Describe every public name. Raises MissingDescription, or UndefinedName for one that does not exist."""
    sources = Sources(base_directory)
    return "\n\n".join(
        part
        for heading, modules in read_public_names(base_directory).items()
        for part in [f"## {heading}", *sections(sources, modules)]
    )


def sections(sources: Sources, modules: dict[str, list[str]]) -> Iterator[str]:
    for module, names in modules.items():
        for name in names:
            description = sources.describe(module, name)
            if not description.text:
                raise MissingDescription(f"{module}.{name} has no docstring")
            yield method(description) if "." in name else section(module, name, description)


def section(module: str, name: str, description: Description) -> str:
    code = f"```python\nfrom {module} import {name}\n\n{description.signature}\n```"
    return "\n\n".join([f"### {name}", code, description.text])


def method(description: Description) -> str:
    return f"- `{one_line(description.signature)}`: {indented(description.text)}"


def one_line(signature: str) -> str:
    return " ".join(signature.split()).replace("( ", "(").replace(", )", ")")


def indented(text: str) -> str:
    """Indent all lines but the first, as in an item of a list."""
    first, *rest = text.splitlines()
    return "\n".join([first, *(f"  {line}" if line else "" for line in rest)])
