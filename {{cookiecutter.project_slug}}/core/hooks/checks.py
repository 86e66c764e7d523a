"""System check of the functions that the portal calls in `attention.py`, `search.py` and `demo.py`."""

import inspect
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import Error, register

from core.plugins.checks import TAG

# File → its function, and the parameters.
HOOKS = {
    "attention": ("attention", ["visitor"]),
    "search": ("search", ["visitor", "query", "limit"]),
    "demo": ("seed", ["people"]),
}
GUIDES = {"demo": "docs/how-to/make-demo-data.md"}


@register(TAG)
def check_hooks(app_configs: Sequence[AppConfig] | None, **more: Any) -> list[Error]:
    """Report each of these files without its function, or with one of other parameters."""
    labels = None if app_configs is None else {config.label for config in app_configs}
    return [
        Error(
            f"{plugin.layer}/{plugin.name}/{hook}.py has no function {function}({', '.join(parameters)}).",
            hint=f"{GUIDES.get(hook, 'docs/how-to/be-found.md')} describes the function.",
            obj=plugin.name,
            id="plugins.E002",
        )
        for plugin in settings.PLUGINS
        if labels is None or plugin.name in labels
        for hook, (function, parameters) in HOOKS.items()
        if plugin.has(hook) and not takes(getattr(import_module(f"{plugin.module}.{hook}"), function, None), parameters)
    ]


def takes(function: Any, parameters: list[str]) -> bool:
    """Return whether `function` can be called with so many arguments by position."""
    if not callable(function):
        return False
    try:
        inspect.signature(function).bind(*parameters)
    except TypeError:
        return False
    return True
