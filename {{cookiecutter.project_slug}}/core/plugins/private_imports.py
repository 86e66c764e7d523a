"""System check of what apps import: only public names of core and services, and nothing of other apps."""

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
COOPERATION = "docs/how-to/let-apps-cooperate.md"


@register(TAG)
def check_imports(app_configs: Sequence[AppConfig] | None, **more: Any) -> list[CheckWarning]:
    """Warn of each import of a private name, or from another app, where the list of public names is."""
    labels = None if app_configs is None else {config.label for config in app_configs}
    base: Path = settings.BASE_DIRECTORY
    public = names_by_module(read_public_names(base))
    return [
        CheckWarning(message, obj=plugin.name, id="plugins.W004")
        for plugin in settings.PLUGINS
        if public and plugin.layer == "apps" and (labels is None or plugin.name in labels)
        for file in sorted(plugin.directory.rglob("*.py"))
        if file.parent.name != "migrations"  # Django writes them
        for message in private_imports(file, str(file.relative_to(plugin.directory.parents[1])), public)
    ]


def private_imports(file: Path, name: str, public: dict[str, set[str]]) -> Iterator[str]:
    """Yield a message for each import of a private name, or from another app, in a file that messages call `name`."""
    layer, _, path = name.partition("/")
    app = path.partition("/")[0] if layer == "apps" else None
    for node in ast.walk(ast.parse(file.read_bytes())):
        match node:
            case ast.ImportFrom(module=str(module), level=0, names=aliases):
                imported = [(module, alias.name) for alias in aliases]
            case ast.Import(names=aliases):
                imported = [(alias.name, "") for alias in aliases]
            case _:
                continue
        for module, imported_name in imported:
            place = f"{name}, line {node.lineno}"
            if app and (other := other_app(module, imported_name, app)):
                yield message_for_other_app(place, module, imported_name, other)
            is_module = f"{module}.{imported_name}".strip(".") in public
            if is_of_portal(module) and not is_module and imported_name not in public.get(module, ()):
                yield message_for(place, module, imported_name, public)


def is_of_portal(module: str) -> bool:
    return module.partition(".")[0] in {"core", "services"}


def other_app(module: str, name: str, app: str) -> str | None:
    """Return the app of `from module import name` when it is another one than `app`."""
    layer, _, rest = f"{module}.{name}".partition(".")
    other = rest.partition(".")[0]
    return other if layer == "apps" and other not in {"", app} else None


def message_for_other_app(place: str, module: str, name: str, other: str) -> str:
    return (
        f"{place}: an app imports nothing from another one, which may be missing.\n"
        f"  found    {statement(module, name)}\n"
        f"  do       let them cooperate without an import of {other}: {COOPERATION}"
    )


def statement(module: str, name: str) -> str:
    return f"from {module} import {name}" if name else f"import {module}"


def message_for(place: str, module: str, name: str, public: dict[str, set[str]]) -> str:
    found = statement(module, name)
    elsewhere = sorted(one for one, names in public.items() if name in names)
    if elsewhere:
        do = f"from {elsewhere[0]} import {name}"
    elif module in public:
        do = f"import only {', '.join(sorted(public[module]))} from {module}"
    else:
        nearest = get_close_matches(module, public, n=1, cutoff=0.85)
        do = " or ".join([*(f"import from {one}," for one in nearest), f"choose a name in {PAGE}"])
    return f"{place}: this is private, and may change at any time.\n  found    {found}\n  do       {do}"
