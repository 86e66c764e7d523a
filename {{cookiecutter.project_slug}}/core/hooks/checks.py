"""System check of the functions that the portal calls in `attention.py` and `search.py`."""

import inspect
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import Error, register

from core.plugins.checks import TAG

HOOKS = {"attention": ["visitor"], "search": ["visitor", "query", "limit"]}  # the function and its parameters


@register(TAG)
def check_hooks(app_configs: Sequence[AppConfig] | None, **more: Any) -> list[Error]:
    """Report each `attention.py` and `search.py` without the function of this name, or with other parameters."""
    labels = None if app_configs is None else {config.label for config in app_configs}
    return [
        Error(
            f"{plugin.layer}/{plugin.name}/{hook}.py has no function {hook}({', '.join(parameters)}).",
            hint="docs/how-to/be-found.md describes the function.",
            obj=plugin.name,
            id="plugins.E002",
        )
        for plugin in settings.PLUGINS
        if labels is None or plugin.name in labels
        for hook, parameters in HOOKS.items()
        if plugin.has(hook) and not takes(getattr(import_module(f"{plugin.module}.{hook}"), hook, None), parameters)
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
