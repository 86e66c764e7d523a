"""System checks of the functions that decide about topics, in `sockets.py`, and of the scopes of views."""

import inspect
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import Error, register
from django.urls import URLPattern, URLResolver

from core.configuration.problems import nearest_name
from core.plugins.checks import TAG
from core.plugins.discovery import Plugin

from .scopes import scopes_of

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@register(TAG)
def check_sockets(app_configs: Sequence[AppConfig] | None, **more: Any) -> list[Error]:
    """Report each `sockets.py` from which nobody can subscribe to a topic or open a socket."""
    labels = None if app_configs is None else {config.label for config in app_configs}
    return [
        Error(
            f"{plugin.layer}/{plugin.name}/sockets.py: {problem}, so nobody can subscribe to a topic of the app.",
            hint="Write def authorize(topic: str, visitor: Visitor) -> bool. docs/how-to/publish-updates.md shows one.",
            obj=plugin.name,
            id="plugins.E004",
        )
        for plugin in settings.PLUGINS
        if (labels is None or plugin.name in labels) and plugin.has("sockets")
        for problem in problems_of(import_module(f"{plugin.module}.sockets"))
    ]


def problems_of(module: Any) -> Iterator[str]:
    authorize = getattr(module, "authorize", None)
    if authorize is None:
        if not hasattr(module, "websocket_urlpatterns"):
            yield "it has no function authorize(topic, visitor)"
    else:
        try:
            inspect.signature(authorize).bind("topic", "visitor")
        except TypeError:
            yield "its function authorize does not take (topic, visitor)"


@register(TAG)
def check_scopes(app_configs: Sequence[AppConfig] | None, **more: Any) -> list[Error]:
    """Report each scope of a view that the app's manifest does not have, and each method that is none."""
    labels = None if app_configs is None else {config.label for config in app_configs}
    return [
        Error(problem, hint=hint, obj=plugin.name, id="plugins.E005")
        for plugin in settings.PLUGINS
        if (labels is None or plugin.name in labels) and plugin.has("urls")
        for view in views_of(patterns_of(plugin))
        for problem, hint in scope_problems(plugin, view)
    ]


def patterns_of(plugin: Plugin) -> Sequence[URLPattern | URLResolver]:
    """Return the URLs of a plugin. Where they cannot be imported, it has none: config/urls.py reports that."""
    try:
        found: Sequence[URLPattern | URLResolver] = import_module(f"{plugin.module}.urls").urlpatterns
    except Exception:
        return ()
    return found


def views_of(patterns: Sequence[URLPattern | URLResolver]) -> Iterator[Any]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from views_of(pattern.url_patterns)
        else:
            yield pattern.callback


def scope_problems(plugin: Plugin, view: Any) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the `scopes` of a view, and what to do."""
    known = plugin.manifest.scopes
    place = f"{plugin.layer}/{plugin.name}: scopes of {getattr(view, 'cls', view).__name__}"
    for method, scope in scopes_of(view).items():
        if method not in METHODS:
            yield f"{place} has the method {method!r}.", f"Use one of {', '.join(METHODS)}."
        if scope not in known:
            do = nearest_name(scope, known) or f"add it to scopes in {plugin.layer}/{plugin.name}/manifest.yaml"
            yield f"{place} has {scope!r}, which is no scope of the manifest.", f"{do[0].upper()}{do[1:]}."
