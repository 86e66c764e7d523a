"""System check of what apps import from core and services: only public names."""

import ast
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import Warning as CheckWarning
from django.core.checks import register

from .checks import TAG
from .public_names import names_by_module, read_public_names

PAGE = "docs/reference/python.md"


@register(TAG)
def check_imports(app_configs: Sequence[AppConfig] | None, **more: Any) -> list[CheckWarning]:
    """Warn of each import of a private name in an app, where the list of public names is."""
    labels = None if app_configs is None else {config.label for config in app_configs}
    base: Path = settings.BASE_DIRECTORY
    public = names_by_module(read_public_names(base))
    return [
        CheckWarning(message, obj=plugin.name, id="plugins.W004")
        for plugin in settings.PLUGINS
        if public and plugin.layer == "apps" and (labels is None or plugin.name in labels)
        for file in sorted(plugin.directory.rglob("*.py"))
        if file.parent.name != "migrations"  # Django writes them
        for message in private_imports(file, str(file.relative_to(base)), public)
    ]


def private_imports(file: Path, name: str, public: dict[str, set[str]]) -> Iterator[str]:
    """Yield a message for each import of a private name in a file, which messages call `name`."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        match node:
            case ast.ImportFrom(module=str(module), level=0, names=aliases):
                imported = [(module, alias.name) for alias in aliases]
            case ast.Import(names=aliases):
                imported = [(alias.name, "") for alias in aliases]
            case _:
                continue
        for module, imported_name in imported:
            is_module = f"{module}.{imported_name}".strip(".") in public
            if is_of_portal(module) and not is_module and imported_name not in public.get(module, ()):
                yield message_for(f"{name}, line {node.lineno}", module, imported_name, public)


def is_of_portal(module: str) -> bool:
    return module.partition(".")[0] in {"core", "services"}


def message_for(place: str, module: str, name: str, public: dict[str, set[str]]) -> str:
    found = f"from {module} import {name}" if name else f"import {module}"
    elsewhere = sorted(one for one, names in public.items() if name in names)
    if elsewhere:
        do = f"from {elsewhere[0]} import {name}"
    elif module in public:
        do = f"import only {', '.join(sorted(public[module]))} from {module}"
    else:
        nearest = get_close_matches(module, public, n=1, cutoff=0.85)
        do = " or ".join([*(f"import from {one}," for one in nearest), f"choose a name in {PAGE}"])
    return f"{place}: this is private, and may change at any time.\n  found    {found}\n  do       {do}"
