"""The names of core and services that apps may import: docs/reference/python.yaml."""

from pathlib import Path

from core.configuration.yaml import read_yaml

FILE_NAME = "docs/reference/python.yaml"

# Heading of the reference → module → names, and their methods as `name.method`.
PublicNames = dict[str, dict[str, list[str]]]


def read_public_names(base_directory: Path) -> PublicNames:
    """Read the list. It is empty in images, which have no docs."""
    path = base_directory / FILE_NAME
    return read_yaml(path, FILE_NAME) if path.is_file() else {}


def names_by_module(public: PublicNames) -> dict[str, set[str]]:
    """Return module → the names that can be imported from it."""
    return {
        module: {name for name in names if "." not in name}
        for modules in public.values()
        for module, names in modules.items()
    }
